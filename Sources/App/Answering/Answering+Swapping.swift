// SPDX-License-Identifier: Apache-2.0
// A supervisor lets a quarantined submission count instead of the counted one (spec 3.5). Figures follow in the same
// transaction.
import Storage

extension Answering {
    /// Lets a quarantined submission count; the one that counted is put aside, and can be taken back the same way.
    /// - Returns: the submission that counted so far.
    /// - Throws: ``Refusals`` when it is not quarantined, or when nothing counts that it could take the place of.
    func count(
        _ id: SubmissionID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> SubmissionID {
        guard let known = try tx.one(AnsweringStore.selectHead(id, of: tenant)).map(AnsweringStore.head),
            // The lock makes two such decisions, and a submit meanwhile, wait for each other.
            let invitation = try invitations.find(known.invitation, of: tenant, in: tx),
            let head = try tx.one(AnsweringStore.selectHead(id, of: tenant)).map(AnsweringStore.head),
            let form = try surveys.form(invitation.form, of: tenant, in: tx)
        else { throw Refusal.notFound }
        let counted = try tx.one(AnsweringStore.selectCounted(invitation.id, of: tenant)).map(AnsweringStore.counted)
        guard head.state == .quarantined, let counted else {
            throw Refusals([Refusal(.conflict, code: "cannot_count", key: "answering.cannotCount")])
        }
        try AnsweringStore.putAside(counted.id, of: tenant, in: tx)
        // An answer stays on the day of the first one, as a changed answer does.
        try AnsweringStore.letCount(id, answeredOn: counted.answeredOn, of: tenant, in: tx)
        func values(_ submission: SubmissionID) throws -> [AnswersSubmitted.Value] {
            try tx.query(AnsweringStore.selectAnswers(submission, of: tenant)).map(AnsweringStore.answer)
                .compactMap(\.value)
        }
        let fields = try surveys.series(of: tenant, in: tx)
        var event = AnswersSubmitted(
            invitation: invitation, submission: id, form: invitation.form, language: head.language,
            answeredOn: counted.answeredOn, values: try values(id), fields: Array(fields.values))
        event.replaced = try values(counted.id)
        event.replacedLanguage = counted.language
        let scores = event.values.compactMap { value -> (String, Double)? in
            guard let number = value.number, let field = fields[FieldSeries(value.field, value.series)] else {
                return nil
            }
            return (field.key, number)
        }
        event.change = try invitations.answered(
            invitation, validDays: form.validDays, scores: Dictionary(scores, uniquingKeysWith: { first, _ in first }),
            in: tx, at: now)
        try submitted(event, tx, now)
        return counted.id
    }
}
