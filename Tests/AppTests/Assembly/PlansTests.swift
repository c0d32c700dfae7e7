// SPDX-License-Identifier: Apache-2.0
// What is asked at every request or shown in lists is found by indexes: no table is read through.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct PlansTests {
    private static let tenant = TenantID(raw: 1)
    private static let now = Moment(milliseconds: 1)

    /// A statement that everybody waits for, and what it is for.
    struct Asked: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statement: SQL

        init(_ testDescription: String, _ statement: SQL) {
            self.testDescription = testDescription
            self.statement = statement
        }
    }

    private static let secret = ServerSecret(bytes: Array(repeating: 1, count: 32))
    private static let asked: [Asked] = [
        Asked("a session", SessionsStore.holder(hash: [1], at: now)),
        Asked("an API key", APIKeysStore.holders([[1], [2]])),
        Asked(
            "a link's invitation",
            InvitationStore.byToken(InvitationToken(of: InvitationID(raw: 1), secret: secret))),
        Asked("a form", SurveyStore.selectForm(FormID(raw: 1), of: tenant)),
        Asked("a form's version", SurveyStore.selectVersion(FormVersionID(raw: 1), of: tenant)),
        Asked("the answer that counts", AnsweringStore.selectCounted(InvitationID(raw: 1), of: tenant)),
        Asked("an answer's values", AnsweringStore.selectAnswers(SubmissionID(raw: 1), of: tenant)),
        Asked("the unread count", InboxStore.unread(of: PersonID(raw: 1), of: tenant)),
        Asked("a page of the inbox", InboxStore.page(of: PersonID(raw: 1), of: tenant, after: nil, limit: 50)),
        Asked("why mail is held", HoldStore.query(tenant)),
        Asked("how much mail is held", OutboxStore.countHeld(of: tenant)),
        Asked("a page of the outbox", OutboxStore.page(OutboxFilter(), of: tenant, limit: 50)),
        Asked("messages in a state", OutboxStore.page(OutboxFilter(state: .held), of: tenant, limit: 50)),
        Asked(
            "an interaction's messages",
            OutboxStore.page(OutboxFilter(interaction: InteractionID(raw: 1)), of: tenant, limit: 50)),
        Asked(
            "messages by the beginning of an address",
            OutboxStore.page(OutboxFilter(search: .recipient("ivan@")), of: tenant, limit: 50)),
        Asked(
            "messages by the beginning of an address or a subject",
            OutboxStore.page(OutboxFilter(search: .words("как")), of: tenant, limit: 50)),
        Asked("a message's history", EventStore.newest(of: MessageID(raw: 1), tenant: tenant, limit: 50)),
        Asked("captured mail", OutboxStore.captured(of: tenant, limit: 50)),
        Asked("mail settings", SMTPSettingsStore.query(tenant)),
        Asked("a new centre's first steps", HomeStore.firstSteps(of: tenant)),
        Asked("what needs attention", HomeStore.attention(of: tenant, since: now)),
        Asked("whom a person field offers", PersonChoicesStore.choices(of: tenant, teams: nil)),
    ]

    @Test(arguments: asked) func `it is found by an index`(_ asked: Asked) async throws {
        try await withAppDatabase(.sqlite) { database in
            let plan = try await database.query("EXPLAIN QUERY PLAN \(asked.statement)")
                .map { try $0.get("detail", as: String.self) }
            #expect(!plan.isEmpty)
            // What is read through may only be a part that was found before.
            let found = ["CONSTANT", "messages", "counted"]
            #expect(plan.filter { step in step.hasPrefix("SCAN") && !found.contains { step.contains($0) } } == [])
        }
    }

    @Test(.enabled(if: engines.contains(.postgres)), arguments: ["run", "invitation"])
    func `its changes of state find room beside it and touch no index`(_ table: String) async throws {
        try await withAppDatabase(.postgres) { database in
            let options = try await database.query(
                """
                SELECT array_to_string(reloptions, ' ') AS options FROM pg_class
                WHERE oid = CAST(\(table) AS regclass)
                """)
            #expect(try options[0].get("options", as: String?.self) == "fillfactor=60")
            let indexed = try await database.query(
                """
                SELECT DISTINCT CAST(a.attname AS TEXT) AS name FROM pg_index i
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
                WHERE i.indrelid = CAST(\(table) AS regclass)
                """
            ).map { try $0.get("name", as: String.self) }
            #expect(indexed.contains("interaction_id"))
            // What an index is limited to, or computed from, would count as well.
            let plain = try await database.query(
                """
                SELECT COUNT(*) AS others FROM pg_index
                WHERE indrelid = CAST(\(table) AS regclass) AND (indpred IS NOT NULL OR indexprs IS NOT NULL)
                """)
            #expect(try plain[0].get("others", as: Int.self) == 0)
            #expect(Set(indexed).isDisjoint(with: ["state", "block", "due_at", "first_sent_at", "expires_at"]))
        }
    }
}
