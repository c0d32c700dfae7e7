// SPDX-License-Identifier: Apache-2.0
// The list of a form's answers, with what all its parts have in common: tabs, filter, the file.
import Foundation
import Markup

/// What stands around each part of a form's answers.
struct AnswersFrame {
    let form: SurveyForm
    let languages: [String]
    let versions: [VersionChoice]
    let query: AnswersQuery
    let part: AnswersPart
    let isLimited: Bool
    let signedIn: SignedIn
    var errors = FieldErrors.none
    let t: Localizer

    func page(_ content: HTML) -> Page {
        let limit: HTML = isLimited ? "<p class=\"note\">\(t("answers.ownTeams"))</p>" : .empty
        var page = Page(
            title: t("answers.of", ["form": form.name]), current: .answers,
            body: "\(errors.summary(t))\(parts)\(filters)\(limit)\(content)",
            actions: linkButton(t("answers.export"), to: query.address(.export)), hasErrors: !errors.isEmpty)
        page.path = [(t("answers.navigation"), "/answers")]
        page.isWide = true
        return page
    }

    private var parts: HTML {
        tabs(
            t("answers.parts"),
            [AnswersPart.list, .distribution, .notes].map {
                Tab(t("answers.part.\($0.rawValue)"), path: query.address($0), isCurrent: $0 == part)
            }, t: t)
    }

    private var filters: HTML {
        let all = FieldOption("", t("answers.all"))
        let shown = Set(languages + [query.language].filter { !$0.isEmpty }).sorted()
        let languages = [all] + shown.map { FieldOption($0, SurveyPage.name(of: $0)) }
        let versions =
            [all]
            + versions.map {
                FieldOption($0.id.description, t("answers.versionNumber", ["number": t.number($0.number)]))
            }
        let states = [SubmissionState.counted, .quarantined, .replaced].map {
            FieldOption($0.rawValue, t("answers.state.\($0.rawValue)"))
        }
        let tests = [FieldOption("", t("answers.tests.without")), FieldOption("1", t("answers.tests.only"))]
        let state: HTML =
            part == .list
            ? selectField(
                FieldLabel("state", t("answers.stateLabel")), [all] + states, selected: query.state?.rawValue ?? "")
            : .empty
        return filterBar(
            to: part.path(of: form.id), isFiltered: query.isFiltered,
            """
            \(dateRangeField(t("answers.period"), from: query.from, to: query.to, errors: errors, t: t))\
            \(selectField(FieldLabel("language", t("answers.language")), languages, selected: query.language))\
            \(selectField(FieldLabel("version", t("answers.version")), versions,
                selected: query.version?.description ?? ""))\(state)\
            \(selectField(FieldLabel("test", t("answers.tests")), tests, selected: query.isTest ? "1" : ""))
            """, t: t)
    }

    /// A state in words and colour, with the reason of a quarantined one.
    static func badge(of submission: Submission, _ t: Localizer) -> HTML {
        let tone: Tone =
            switch submission.state {
            case .counted: .good
            case .quarantined: .warning
            case .replaced: .neutral
            }
        let test: HTML = submission.isTest ? " \(tag(t("answers.test")))" : .empty
        return "\(App.badge(t("answers.state.\(submission.state.rawValue)"), tone))\(test)"
    }

    /// Why a submission is quarantined; nil when it is not.
    static func reason(of submission: Submission, _ t: Localizer) -> String? {
        guard submission.state == .quarantined, let reason = submission.reason else { return nil }
        let key = "answers.reason.\(reason)"
        return t.knows(key) ? t(key) : reason
    }
}

/// The list.
struct AnswersPage {
    let frame: AnswersFrame
    let lines: AnswersLines

    private var t: Localizer { frame.t }

    var page: Page {
        let shown = lines.submissions.prefix(AnswersLimits.pageRows)
        guard !shown.isEmpty else {
            return frame.page(emptyState(t("answers.none"), t("answers.noneHint"), icon: .form))
        }
        let columns = [
            TableColumn(t("answers.time")), TableColumn(t("answers.stateLabel")), TableColumn(t("answers.scores")),
            TableColumn(t("answers.language")), TableColumn(t("answers.version"), isNumeric: true),
            TableColumn(t("answers.seconds"), isNumeric: true),
        ]
        let more = lines.submissions.count > AnswersLimits.pageRows ? shown.last : nil
        let older = more.map { frame.query.address(after: $0.place) }
        let newest = frame.query.after == nil ? nil : frame.query.address()
        let list = table(t("answers.part.list"), columns, shown.map(row))
        return frame.page("\(list)\(pagination(newer: newest, older: older, t: t))")
    }

    private func row(_ submission: Submission) -> [HTML] {
        let zone = frame.signedIn.timeZone
        let number = lines.versions.first { $0.id == submission.version }?.number
        let reason: HTML =
            AnswersFrame.reason(of: submission, t).map { "<br><span class=\"note\">\($0)</span>" } ?? .empty
        return [
            "<a href=\"\(frame.query.address(of: submission.id))\">\(time(submission.submittedAt, in: zone, t: t))</a>",
            "\(AnswersFrame.badge(of: submission, t))\(reason)", HTML(scores(of: submission).nonEmpty ?? "–"),
            HTML(SurveyPage.name(of: submission.language)), HTML(number.map { t.number($0) } ?? "–"),
            HTML(submission.evidence.seconds.map { t.duration(seconds: $0) } ?? "–"),
        ]
    }

    private func scores(of submission: Submission) -> String {
        let given = (lines.scores[submission.id] ?? []).compactMap { answer -> (SurveyField, String)? in
            guard let field = answer.field.flatMap({ lines.fields[$0] }) else { return nil }
            let value = answer.number.map { SurveyFieldText(t: t).number($0) } ?? t("answers.na")
            return (field, "\(field.name)\u{A0}\(value)")
        }
        return given.sorted { ($0.0.isBuiltIn ? 0 : 1, $0.0.id) < ($1.0.isBuiltIn ? 0 : 1, $1.0.id) }.map(\.1)
            .joined(separator: ", ")
    }
}

/// The forms whose answers can be looked at.
struct AnsweredFormsPage {
    let forms: [AnsweredForm]
    /// Whether the times are those of all customers: a supervisor is shown none.
    let showsTimes: Bool
    let zone: String
    let t: Localizer

    var page: Page {
        let columns =
            [TableColumn(t("answers.form"))] + (showsTimes ? [TableColumn(t("answers.last"))] : [])
        let rows: [[HTML]] = forms.map { form in
            let archived: HTML = form.isArchived ? " \(tag(t("answers.archived")))" : .empty
            let name: HTML = "<a href=\"/forms/\(form.id.description)/answers\">\(form.name)</a>\(archived)"
            let last: HTML = form.lastAt.map { time($0, in: zone, t: t) } ?? "–"
            return showsTimes ? [name, last] : [name]
        }
        let body =
            forms.isEmpty
            ? emptyState(t("answers.noForms"), t("answers.noFormsHint"), icon: .form)
            : table(t("answers.title"), columns, rows)
        return Page(title: t("answers.title"), current: .answers, body: body)
    }
}
