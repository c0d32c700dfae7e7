// SPDX-License-Identifier: Apache-2.0
// The room's face: what customers have answered to one form.
import Foundation
import Storage

/// Answers to the forms of the contact centres.
public struct Answers: Sendable {
    let installation: Installation
    let accounts: Accounts
    let surveys: Surveys
    let answering: Answering

    public init(installation: Installation, accounts: Accounts, surveys: Surveys, answering: Answering) {
        self.installation = installation
        self.accounts = accounts
        self.surveys = surveys
        self.answering = answering
    }

    /// A page of the list: one more line than a page has when there are more.
    func lines(_ span: AnswersSpan, after place: SubmissionPlace?) async throws -> AnswersLines {
        try await installation.database.read { tx in
            let found = try tx.query(AnswersStore.page(span, after: place, limit: AnswersLimits.pageRows + 1))
                .map(AnswersStore.submission)
            let ids = found.map(\.id)
            var scores: [SubmissionAnswer] = []
            if !ids.isEmpty {
                scores = try tx.query(AnswersStore.scores(ids, of: span.tenant)).map(AnswersStore.answer)
            }
            return AnswersLines(
                submissions: found, scores: Dictionary(grouping: scores, by: \.submission),
                fields: try surveys.series(of: span.tenant, in: tx), versions: try versions(span, in: tx))
        }
    }

    /// The versions of a form that can be chosen, the newest first.
    func versions(_ span: AnswersSpan, in tx: any Transaction) throws -> [VersionChoice] {
        try tx.query(AnswersStore.versions(of: span.form, tenant: span.tenant))
            .map { VersionChoice(id: try $0.at(0), number: try $0.at(1)) }
    }

    /// One submission with its history; nil when there is none, or not for these teams.
    func story(_ id: SubmissionID, _ form: SurveyForm, _ span: AnswersSpan) async throws -> SubmissionStory? {
        try await installation.database.read { tx in
            guard let row = try tx.one(AnswersStore.one(id, span)) else { return nil }
            let submission = try AnswersStore.submission(row)
            guard let version = try surveys.version(submission.version, of: span.tenant, in: tx) else { return nil }
            let agent: PersonID? = try row.at(10)
            let answers = try tx.query(AnswersStore.answers([id], of: span.tenant)).map(AnswersStore.answer)
            var story = SubmissionStory(
                form: form, version: version, submission: submission,
                answers: Dictionary(answers.map { ($0.block, $0) }, uniquingKeysWith: { first, _ in first }),
                fields: try surveys.series(of: span.tenant, in: tx),
                history: try tx.query(AnswersStore.history(submission.invitation, of: span.tenant))
                    .map(AnswersStore.submission),
                interaction: try row.at(9),
                agent: try agent.flatMap { try accounts.people([$0], of: span.tenant, in: tx)[$0] })
            story.newer = try tx.one(AnswersStore.newer(span, than: submission.place))?.at(0)
            story.older = try tx.one(AnswersStore.page(span, after: submission.place, limit: 1))?.at(0)
            return story
        }
    }

    /// How the counted answers are spread over the questions.
    func spread(_ span: AnswersSpan, newest: FormVersionID, language: String) async throws -> AnswersSpread {
        try await installation.database.read { tx in
            var source = SpreadSource()
            for row in try tx.query(AnswersStore.shown(span)) {
                source.shown.append((version: try row.at(0), language: try row.at(1), count: try row.at(2)))
            }
            source.groups = try tx.query(AnswersStore.groups(span)).map(AnswersStore.group)
            for row in try tx.query(AnswersStore.noteCounts(span)) {
                let place = QuestionPlace(version: try row.at(1), language: try row.at(2), block: try row.at(0))
                source.notes[place] = try row.at(3)
            }
            let wanted = Set(source.shown.map(\.version) + [newest]).sorted()
            source.versions = try surveys.versions(wanted, of: span.tenant, in: tx)
            source.fields = try surveys.series(of: span.tenant, in: tx)
            source.present = try surveys.fields(of: span.tenant, in: tx)
            let submissions = source.shown.reduce(0) { $0 + $1.count }
            let isCut = source.groups.count >= AnswersLimits.spreadGroups
            var maker = SpreadMaker(source, language: language)
            return AnswersSpread(
                questions: maker.spreads(newest: newest), submissions: submissions,
                isLimited: submissions >= AnswersLimits.spreadSubmissions || isCut,
                versions: try versions(span, in: tx))
        }
    }

    /// Notes of counted answers, the newest first; one more than a page when there are more submissions.
    func notes(_ span: AnswersSpan, after place: SubmissionPlace?) async throws -> AnswersNotes {
        try await installation.database.read { tx in
            let rows = try tx.query(AnswersStore.notes(span, after: place, limit: AnswersLimits.pageRows + 1))
            let notes = try rows.map { row in
                let answer = try AnswersStore.answer(row)
                return NoteLine(
                    place: SubmissionPlace(at: try row.at(7), id: answer.submission), language: try row.at(8),
                    version: try row.at(9), block: answer.block, text: answer.content.text ?? "")
            }
            let contents = try surveys.versions(Set(notes.map(\.version)).sorted(), of: span.tenant, in: tx)
            return AnswersNotes(notes: notes, contents: contents, versions: try versions(span, in: tx))
        }
    }
}

/// A page of the list.
struct AnswersLines: Sendable {
    let submissions: [Submission]
    let scores: [SubmissionID: [SubmissionAnswer]]
    let fields: [FieldSeries: SurveyField]
    let versions: [VersionChoice]
}

/// The spread of a form's answers.
struct AnswersSpread: Sendable {
    let questions: [QuestionSpread]
    let submissions: Int
    /// Whether only the newest are in it.
    let isLimited: Bool
    let versions: [VersionChoice]
}

/// What was written into notes, and which question that was.
struct NoteLine: Sendable {
    let place: SubmissionPlace
    let language: String
    let version: FormVersionID
    let block: String
    let text: String
}

/// A page of notes.
struct AnswersNotes: Sendable {
    let notes: [NoteLine]
    let contents: [FormVersionID: SurveyVersion]
    let versions: [VersionChoice]

    /// The question of a note, as its version asked it.
    func question(of note: NoteLine) -> String {
        let content = contents[note.version]?.content
        let language = content?.language(note.language) ?? content?.languages.first
        return language?.blocks.first { $0.key == note.block }?.text ?? note.block
    }
}
