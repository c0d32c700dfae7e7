// SPDX-License-Identifier: Apache-2.0
// A form's answers as rows of a file: one row a submission, one column a question, one more a field.
import Foundation
import Markup

/// The columns of the file, known before its first row.
struct AnswersFile: Sendable {
    /// Keys of questions with the newest words for them.
    let questions: [(key: String, title: String)]
    let fields: [SurveyField]
    let numbers: [FormVersionID: Int]
    let zone: TimeZone
    let t: Localizer

    /// - Parameter versions: The versions whose questions are columns, in the reader's language where they have it.
    init(
        versions: [SurveyVersion], fields: [SurveyField], numbers: [FormVersionID: Int], zone: TimeZone, t: Localizer
    ) {
        var questions: [(key: String, title: String)] = []
        var seen: Set<String> = []
        var bound: Set<String> = []
        for version in versions.sorted(by: { $0.number > $1.number }) {
            let languages = version.content.languages
            let mine = languages.filter { $0.language == t.language }
            for block in (mine + languages.filter { $0.language != t.language }).flatMap(\.blocks)
            where block.kind.isQuestion {
                if seen.insert(block.key).inserted { questions.append((block.key, block.text)) }
                if let field = block.field { bound.insert(field) }
            }
        }
        self.questions = Array(questions.prefix(AnswersLimits.columns))
        self.fields = fields.filter { bound.contains($0.key) }
        self.numbers = numbers
        self.zone = zone
        self.t = t
    }

    var header: String {
        let fixed = ["time", "stateLabel", "reasonLabel", "language", "version", "seconds"].map { t("answers.\($0)") }
        return CSVText.line(
            fixed + questions.map { "\($0.title) [\($0.key)]" } + fields.map { "\($0.name) [\($0.key)]" })
    }

    func line(_ submission: Submission, _ answers: [SubmissionAnswer]) -> String {
        let byBlock = Dictionary(answers.map { ($0.block, $0) }, uniquingKeysWith: { first, _ in first })
        let byField = Dictionary(
            answers.compactMap { answer in answer.field.map { ($0, answer) } }, uniquingKeysWith: { first, _ in first })
        let fixed = [
            t.dateTime(submission.submittedAt.date, in: zone), t("answers.state.\(submission.state.rawValue)"),
            AnswersFrame.reason(of: submission, t) ?? "", submission.language,
            numbers[submission.version].map { String($0) } ?? "",
            submission.evidence.seconds.map { String($0) } ?? "",
        ]
        let given = questions.map { byBlock[$0.key].map(text) ?? "" }
        let values = fields.map { field -> String in
            guard let answer = byField[FieldSeries(field.id, field.series)] else { return "" }
            return answer.number.map(plainNumber) ?? t("answers.na")
        }
        return CSVText.line(fixed + given + values)
    }

    private func text(_ answer: SubmissionAnswer) -> String {
        if let text = answer.content.text { return text }
        if let options = answer.content.options { return options.joined(separator: "; ") }
        return answer.number.map(plainNumber) ?? ""
    }
}
