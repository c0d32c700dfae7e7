// SPDX-License-Identifier: Apache-2.0
// Which submissions of a form somebody looks at.
import Foundation

/// A part of a form's submissions.
struct AnswersFilter: Sendable, Equatable {
    var from: LocalDay?
    var to: LocalDay?
    var language: String?
    var version: FormVersionID?
    var state: SubmissionState?
    /// Only those of testers; else all others.
    var isTest = false
    /// Only of customers of these teams; nil: all.
    var teams: Set<TeamID>?

    /// The same for somebody who asks for what counts.
    var counted: AnswersFilter {
        var filter = self
        filter.state = .counted
        return filter
    }
}

/// Where a page of the list begins: behind a submission in the list's order.
struct SubmissionPlace: Sendable, Equatable {
    let at: Moment
    let id: SubmissionID

    /// As it stands in addresses.
    var text: String { "\(at.milliseconds)-\(id)" }

    init(at: Moment, id: SubmissionID) {
        self.at = at
        self.id = id
    }

    init?(_ text: String) {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let at = Int64(parts[0]), let id = SubmissionID(String(parts[1])) else { return nil }
        self.init(at: Moment(milliseconds: at), id: id)
    }
}

/// What this room takes at most.
enum AnswersLimits {
    static let pageRows = 50
    /// The newest submissions that a spread is over.
    static let spreadSubmissions = 50_000
    /// Different answers that a spread reads: combinations of ticked boxes are many.
    static let spreadGroups = 20_000
    /// Submissions of one invitation.
    static let history = 100
    /// Submissions that are read at once for the file.
    static let exportBatch = 500
    /// Versions of a form that are offered, and whose questions the file knows: the newest.
    static let versions = 200
    static let forms = 1_000
    /// Questions that become columns of the file.
    static let columns = 400
}
