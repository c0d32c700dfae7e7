// SPDX-License-Identifier: Apache-2.0
// A submit becomes answers: one transaction, in which the first one that is not weak wins (spec 3.5).
import Foundation
import Storage

/// A submit as it came in, checked.
struct Submit: Sendable {
    let link: SurveyLink
    let language: String
    let nonce: SurveyNonce?
    let entries: AnswerEntries
    let check: AnswerCheck
    let weakness: WeakReason?
    let evidence: Evidence
    let fingerprint: [UInt8]
}

/// What became of a submit.
enum SubmitOutcome: Sendable, Equatable {
    /// It counts now, or did before: the same submit may come twice.
    case thanks
    /// The earlier answer was replaced by it.
    case changed
    /// An earlier answer stands; this one is kept beside it and counts nothing.
    case keptBeside
    /// It is kept and does not count; the person is asked to press the button again.
    case weak
    case closed, expired
}

extension Answering {
    /// Stores a submit, whatever it is: all or nothing, and the same again when it is repeated.
    func store(_ submit: Submit, at now: Moment) async throws -> SubmitOutcome {
        try await installation.database.write { tx in
            let known = submit.link.invitation
            // The lock on the invitation is what makes two submits at once wait for each other.
            guard let invitation = try invitations.find(known.id, of: known.tenant, in: tx) else { return .expired }
            return try Deciding(answering: self, submit: submit, invitation: invitation, tx: tx, now: now).decide()
        }
    }
}

/// One submit in its transaction.
private struct Deciding {
    /// How many attempts of one invitation are kept that do not count.
    static let keptAttempts = 20

    let answering: Answering
    let submit: Submit
    /// As it is now, locked.
    let invitation: Invitation
    let tx: any Transaction
    let now: Moment

    func decide() throws -> SubmitOutcome {
        let link = SurveyLink(
            invitation: invitation, form: submit.link.form, version: submit.link.version, centre: submit.link.centre)
        switch link.standing(at: now) {
        case .answered(let changeableUntil): return try decideAgain(isChangeable: changeableUntil != nil)
        case .closed: return .closed
        case .expired: return .expired
        case .open: break
        }
        if let weakness = submit.weakness {
            try quarantine(reason: weakness.rawValue)
            return .weak
        }
        try count(replacing: nil)
        return .thanks
    }

    /// A submit for an invitation that has a counted answer.
    private func decideAgain(isChangeable: Bool) throws -> SubmitOutcome {
        let counted = try tx.one(AnsweringStore.selectCounted(invitation.id, of: invitation.tenant))
            .map(AnsweringStore.counted)
        guard let counted else { return .keptBeside }
        if counted.fingerprint == submit.fingerprint { return .thanks }
        if isChangeable, submit.weakness == nil {
            try count(replacing: counted)
            return .changed
        }
        try quarantine(reason: submit.weakness?.rawValue ?? "answered_before")
        return isChangeable ? .weak : .keptBeside
    }

    private func count(replacing counted: CountedSubmission?) throws {
        var replaced: [AnswersSubmitted.Value] = []
        if let counted {
            replaced = try tx.query(AnsweringStore.selectAnswers(counted.id, of: invitation.tenant))
                .map(AnsweringStore.answer).compactMap(\.value)
            try AnsweringStore.retire(counted.id, of: invitation.tenant, in: tx)
        }
        let fields = try fields()
        let submission = submission(.counted, reason: nil, answeredOn: counted?.answeredOn)
        try insert(submission, fields)
        let scores = submit.check.answers.compactMap { answer -> (String, Double)? in
            guard let key = answer.field, fields[key] != nil, let number = answer.number else { return nil }
            return (key, number)
        }
        let change = try answering.invitations.answered(
            invitation, validDays: submit.link.form.validDays,
            scores: Dictionary(scores, uniquingKeysWith: { first, _ in first }), in: tx, at: now)
        var event = AnswersSubmitted(
            invitation: invitation, submission: submission.id, form: invitation.form, language: submit.language,
            answeredOn: submission.answeredOn, values: submit.check.answers.compactMap { $0.value(fields) },
            fields: replaced.isEmpty
                ? Array(fields.values) : Array(try answering.surveys.series(of: invitation.tenant, in: tx).values))
        event.change = change
        event.replaced = replaced
        event.replacedLanguage = counted?.language
        try answering.submitted(event, tx, now)
    }

    /// Keeps a submit that does not count: each one once, and no more than a few.
    private func quarantine(reason: String) throws {
        let kept = try AnsweringStore.quarantined(
            invitation.id, of: invitation.tenant, limit: Self.keptAttempts, in: tx)
        guard kept.count < Self.keptAttempts, !kept.contains(submit.fingerprint) else { return }
        try insert(submission(.quarantined, reason: reason, answeredOn: nil), try fields())
    }

    private func submission(_ state: SubmissionState, reason: String?, answeredOn: LocalDay?) -> NewSubmission {
        NewSubmission(
            id: tx.new(), invitation: invitation, version: submit.link.version.id, language: submit.language,
            state: state, reason: reason, fingerprint: submit.fingerprint, evidence: submit.evidence,
            submittedAt: now, answeredOn: answeredOn ?? LocalDay(of: now, in: submit.link.centre.zone))
    }

    private func insert(_ submission: NewSubmission, _ fields: [String: SurveyField]) throws {
        try AnsweringStore.insert(submission, in: tx)
        try AnsweringStore.insert(
            submit.check.answers, of: submission.id, fields: fields, tenant: invitation.tenant, in: tx)
    }

    /// The fields that the answers count for; not asked when there are none. An answer to a page whose scale is not
    /// the field's any more counts for none.
    private func fields() throws -> [String: SurveyField] {
        let bound = Set(submit.check.answers.compactMap(\.field))
        guard !bound.isEmpty else { return [:] }
        var known = try answering.surveys.fields(of: invitation.tenant, in: tx)
        let fresh = bound.compactMap { known[$0] }.filter { !$0.hasAnswers }.map(\.id)
        if !fresh.isEmpty {
            try answering.surveys.markAnswered(fresh.sorted(), of: invitation.tenant, in: tx, at: now)
            // Somebody may have deleted one of them meanwhile.
            known = try answering.surveys.fields(of: invitation.tenant, in: tx)
        }
        let blocks = submit.link.version.content.language(submit.language)?.blocks ?? []
        return blocks.reduce(into: [:]) { fields, block in
            guard let key = block.field, bound.contains(key), let field = known[key], !field.isRetired,
                SurveyContentCheck.fits(block, field)
            else { return }
            fields[key] = field
        }
    }
}

extension CheckedAnswer {
    /// What a field counts of this answer; nil when it counts for none.
    func value(_ fields: [String: SurveyField]) -> AnswersSubmitted.Value? {
        guard let key = field, let field = fields[key] else { return nil }
        return AnswersSubmitted.Value(field: field.id, series: field.series, number: number)
    }
}

extension StoredAnswer {
    /// What a field counted of this answer.
    var value: AnswersSubmitted.Value? {
        guard let field, let series else { return nil }
        return AnswersSubmitted.Value(field: field, series: series, number: number)
    }
}
