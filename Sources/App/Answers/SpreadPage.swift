// SPDX-License-Identifier: Apache-2.0
// How answers are spread over each question: bars with counts and shares, drawn by the server; and notes.
import Foundation
import Markup

/// The spread of a form's answers.
struct SpreadPage {
    let frame: AnswersFrame
    let spread: AnswersSpread

    private var t: Localizer { frame.t }

    var page: Page {
        guard spread.submissions > 0 else {
            return frame.page(emptyState(t("answers.none"), t("answers.noneHint"), icon: .reports))
        }
        let key = spread.isLimited ? "answers.spread.limited" : "answers.spread.all"
        let head: HTML = "<p class=\"note\">\(t(key, count: spread.submissions))</p>"
        return frame.page("\(head)<div class=\"spreads\">\(spread.questions.map(question))</div>")
    }

    private func question(_ question: QuestionSpread) -> HTML {
        let earlier: HTML = question.isEarlier ? " \(tag(t("answers.spread.earlier")))" : .empty
        let field: HTML = question.field.map { " \(tag($0.name))" } ?? .empty
        return """
            <section class="card spread"><h2>\(question.title)\(field)\(earlier)</h2>\
            \(figure(question))\(if: !question.isNotes, bars(question))<p class="note">\(foot(question))</p></section>
            """
    }

    /// The field's figure in the words of reports, or the mean of a slider that counts for none.
    private func figure(_ question: QuestionSpread) -> HTML {
        guard question.n > 0 else { return .empty }
        if let field = question.field {
            let figure = FieldFigure(field: field, sum: question.sum, notApplicable: question.notApplicable)
            let text = FigureText(t: t)
            return """
                <p><span class="figure">\(text.value(figure))</span> <span class="note">\(text.note(figure))</span></p>
                """
        }
        guard question.kind == .slider else { return .empty }
        let mean = t.number(question.sum.total / Double(question.n), places: 2)
        return "<p class=\"note\">\(t("answers.spread.mean", ["mean": mean]))</p>"
    }

    private func bars(_ question: QuestionSpread) -> HTML {
        let rows: [HTML] = question.bars.map { bar in
            let share = question.n > 0 ? Double(bar.count) / Double(question.n) : 0
            let width = String((share * 2000).rounded() / 10)
            return """
                <li><span class="spread-label">\(bar.label)</span>\
                <svg viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">\
                <rect class="ground" width="200" height="12" rx="2"/><rect width="\(width)" height="12" rx="2"/></svg>\
                <span class="spread-value">\(t.number(bar.count)) · \(t.percent(share))</span></li>
                """
        }
        return "<ul class=\"spread-bars\">\(rows)</ul>"
    }

    private func foot(_ question: QuestionSpread) -> String {
        var parts = ["n\u{A0}=\u{A0}\(t.number(question.n))"]
        if question.kind == .checkbox { parts.append(t("answers.spread.several")) }
        if question.notApplicable > 0 {
            parts.append(t("answers.spread.na", ["count": t.number(question.notApplicable)]))
        }
        if let skipped = question.skipped { parts.append(t("answers.spread.skipped", ["count": t.number(skipped)])) }
        return parts.joined(separator: ", ")
    }
}

/// What customers have written.
struct NotesPage {
    let frame: AnswersFrame
    let notes: AnswersNotes

    private var t: Localizer { frame.t }

    var page: Page {
        guard !notes.notes.isEmpty else {
            return frame.page(emptyState(t("answers.noNotes"), t("answers.noneHint"), icon: .form))
        }
        var places: [SubmissionPlace] = []
        for note in notes.notes where places.last != note.place { places.append(note.place) }
        let shown = Set(places.prefix(AnswersLimits.pageRows).map(\.id))
        let last = places.count > AnswersLimits.pageRows ? places[AnswersLimits.pageRows - 1] : nil
        let columns = [
            TableColumn(t("answers.time")), TableColumn(t("answers.question")), TableColumn(t("answers.note")),
        ]
        let rows: [[HTML]] = notes.notes.filter { shown.contains($0.place.id) }.map { note in
            [
                """
                <a href="\(frame.query.address(of: note.place.id))">\
                \(time(note.place.at, in: frame.signedIn.timeZone, t: t))</a>
                """,
                "<span lang=\"\(note.language)\">\(notes.question(of: note))</span>",
                "<span class=\"written\" lang=\"\(note.language)\">\(note.text)</span>",
            ]
        }
        let newest = frame.query.after == nil ? nil : frame.query.address(.notes)
        let older = last.map { frame.query.address(.notes, after: $0) }
        return frame.page(
            "\(table(t("answers.part.notes"), columns, rows))\(pagination(newer: newest, older: older, t: t))")
    }
}
