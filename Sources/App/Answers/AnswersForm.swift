// SPDX-License-Identifier: Apache-2.0
// Which answers an address asks for, as it was typed.
import Foundation
import Markup

/// The filter of a form's answers as it stands in addresses.
struct AnswersQuery: Sendable {
    let form: FormID
    let from: String
    let to: String
    let language: String
    let version: FormVersionID?
    let state: SubmissionState?
    let isTest: Bool
    let after: SubmissionPlace?

    init(_ input: FormInput, of form: FormID) {
        self.form = form
        from = String(input.text("from").prefix(20))
        to = String(input.text("to").prefix(20))
        language = String(input.text("language").prefix(35))
        version = input.id("version")
        state = SubmissionState(rawValue: input.text("state"))
        isTest = input.flag("test")
        after = SubmissionPlace(input.text("after"))
    }

    /// The filter, and what of the address is no day.
    func filter(teams: Set<TeamID>?) -> (filter: AnswersFilter, refusals: Refusals) {
        var refusals = Refusals()
        func day(_ text: String, _ field: String) -> LocalDay? {
            if text.isEmpty { return nil }
            if let day = LocalDay(text) { return day }
            refusals.add(Refusal(.invalid, code: "bad_day", key: "answers.badDay", field: field))
            return nil
        }
        var filter = AnswersFilter(from: day(from, "from"), to: day(to, "to"))
        filter.language = language.nonEmpty
        filter.version = version
        filter.state = state
        filter.isTest = isTest
        filter.teams = teams
        if let from = filter.from, let to = filter.to, from > to {
            refusals.add(Refusal(.invalid, code: "bad_period", key: "answers.badPeriod", field: "from"))
        }
        return (filter, refusals)
    }

    var isFiltered: Bool {
        !from.isEmpty || !to.isEmpty || !language.isEmpty || version != nil || state != nil || isTest
    }

    /// The values as an address carries them, without the place.
    var pairs: String {
        let values = [
            ("from", from), ("to", to), ("language", language), ("version", version?.description ?? ""),
            ("state", state?.rawValue ?? ""), ("test", isTest ? "1" : ""),
        ]
        return values.filter { !$0.1.isEmpty }.map { $0.0 + "=" + queryValue($0.1) }.joined(separator: "&")
    }

    /// The address of a part of the form's answers, filtered the same way.
    func address(_ part: AnswersPart = .list, after place: SubmissionPlace? = nil) -> String {
        let all = [pairs.nonEmpty, place.map { "after=" + $0.text }].compactMap(\.self).joined(separator: "&")
        return part.path(of: form) + (all.isEmpty ? "" : "?" + all)
    }

    /// The address of one submission, from which the way back leads to the same list.
    func address(of submission: SubmissionID) -> String {
        "/forms/\(form)/answers/\(submission)" + (pairs.isEmpty ? "" : "?" + pairs)
    }
}

/// The parts of a form's answers.
enum AnswersPart: String, CaseIterable, Sendable {
    case list, distribution, notes, export

    func path(of form: FormID) -> String { "/forms/\(form)/answers" + (self == .list ? "" : "/" + rawValue) }
}
