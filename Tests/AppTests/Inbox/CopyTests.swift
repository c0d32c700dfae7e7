// SPDX-License-Identifier: Apache-2.0
// The copy by mail: at once, then one an hour for each block and employee, with everything in it.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct CopyTests {
    private static let tenant = CallCentre.tenant
    private static let both = [CallCentre.agent, CallCentre.administrator]

    private func open(_ engine: Dialect, _ body: (CallCentre) async throws -> Void) async throws {
        try await CallCentre.open(engine) { centre in
            for (person, language) in [(CallCentre.agent, "ru"), (CallCentre.administrator, "en")] {
                try await centre.change(
                    """
                    UPDATE person SET email = \("p\(person)@centre.example"), language = \(language), time_zone = NULL
                    WHERE tenant_id = \(Self.tenant) AND id = \(person)
                    """)
            }
            try await body(centre)
        }
    }

    /// Messages of runs, one each.
    private func tell(
        _ centre: CallCentre, _ runs: ClosedRange<Int64>, to people: [PersonID], workflow: Int64 = 1,
        block: String = "tell", body: String = "Перезвоните"
    ) async throws {
        let now = centre.clock.now
        let drafts = runs.map { run in
            InternalMessageDraft(
                title: "Сообщение \(run)", body: body, recipients: people, run: RunID(raw: run),
                workflow: WorkflowID(raw: workflow), block: block)
        }
        try await centre.database.write { try centre.inbox.deliver(drafts, of: Self.tenant, in: $0, at: now) }
    }

    private func workCount(_ centre: CallCentre) async throws -> Int {
        try await centre.count("SELECT COUNT(*) FROM work WHERE kind = 'inbox'")
    }

    @Test(arguments: engines) func `the first message is copied at once, each reader in their own language`(
        _ engine: Dialect
    ) async throws {
        try await open(engine) { centre in
            try await tell(centre, 1...1, to: [CallCentre.agent])
            try await tell(centre, 2...3, to: [CallCentre.administrator])
            try await centre.copyDue()
            let copies = centre.heard.copies
            #expect(copies.map(\.recipient.description) == ["p200@centre.example", "p201@centre.example"])
            #expect(copies.map(\.subject) == ["Сообщение 1", "2 internal messages"])
            #expect(copies.map(\.language) == ["ru", "en"])
            #expect(
                copies[0].text == """
                    Сообщение 1
                    02.03.2026 09:00

                    Перезвоните

                    ---

                    Ваши входящие:
                    https://otklik.example.com/inbox

                    """)
            #expect(copies[1].text.contains("Сообщение 2\n2 Mar 2026 09:00") && copies[1].text.contains("Сообщение 3"))
            #expect(try await workCount(centre) == 0)
        }
    }

    @Test(arguments: engines) func `within the hour messages are gathered, then one mail lists them all`(
        _ engine: Dialect
    ) async throws {
        try await open(engine) { centre in
            try await tell(centre, 1...1, to: [CallCentre.agent])
            try await centre.copyDue()
            for run in Int64(2)...4 {
                centre.clock.advance(seconds: 600)
                try await tell(centre, run...run, to: [CallCentre.agent])
                try await centre.copyDue()
            }
            #expect(centre.heard.copies.count == 1)
            centre.clock.advance(seconds: 1799)
            try await centre.copyDue()
            #expect(centre.heard.copies.count == 1)
            centre.clock.advance(seconds: 1)
            try await centre.copyDue()
            #expect(centre.heard.copies.map(\.subject) == ["Сообщение 1", "3 внутренних сообщения"])
            centre.clock.advance(seconds: 7200)
            try await centre.copyDue()
            #expect(centre.heard.copies.count == 2)
            #expect(try await workCount(centre) == 0)
        }
    }

    @Test(arguments: engines) func `blocks, workflows and people wait for their own hour only`(
        _ engine: Dialect
    ) async throws {
        try await open(engine) { centre in
            try await tell(centre, 1...1, to: Self.both)
            try await centre.copyDue()
            try await tell(centre, 2...2, to: [CallCentre.agent], block: "other")
            try await tell(centre, 3...3, to: [CallCentre.agent], workflow: 2)
            try await tell(centre, 4...4, to: [CallCentre.agent])
            try await centre.copyDue()
            #expect(centre.heard.copies.dropFirst(2).map(\.subject) == ["Сообщение 2", "Сообщение 3"])
        }
    }

    @Test(arguments: engines) func `nobody without an address is written to, nor later about old messages`(
        _ engine: Dialect
    ) async throws {
        try await open(engine) { centre in
            try await centre.change("UPDATE person SET email = NULL WHERE id = \(CallCentre.agent)")
            try await centre.change("UPDATE person SET is_active = 0 WHERE id = \(CallCentre.administrator)")
            try await tell(centre, 1...1, to: Self.both)
            try await centre.copyDue()
            try await centre.change("UPDATE person SET email = 'late@centre.example' WHERE id = \(CallCentre.agent)")
            centre.clock.advance(seconds: 3600)
            try await tell(centre, 2...2, to: [CallCentre.agent])
            try await centre.copyDue()
            #expect(centre.heard.copies.map(\.subject) == ["Сообщение 2"])
            #expect(try await centre.inbox.unread(of: CallCentre.agent, of: Self.tenant) == 2)
        }
    }

    @Test(arguments: engines) func `notices of the product are not copied`(_ engine: Dialect) async throws {
        try await open(engine) { centre in
            let now = centre.clock.now
            let notice = AdministratorNotice(key: "mailings.held", arguments: ["reason": "535"], once: "1")
            try await centre.database.write {
                try centre.inbox.notifyAdministrators(notice, of: Self.tenant, in: $0, at: now)
            }
            try await tell(centre, 1...1, to: [CallCentre.administrator])
            try await centre.copyDue()
            #expect(centre.heard.copies.map(\.subject) == ["Сообщение 1"])
        }
    }

    @Test(arguments: engines) func `a flood becomes one mail of bounded length`(_ engine: Dialect) async throws {
        try await open(engine) { centre in
            try await tell(centre, 1...230, to: [CallCentre.agent], body: String(repeating: "ы", count: 3_000))
            try await centre.copyDue()
            let copy = try #require(centre.heard.copies.first)
            #expect(centre.heard.copies.count == 1)
            #expect(copy.subject == "230 внутренних сообщений")
            #expect(copy.text.contains("Сообщение 230\n") && copy.text.contains("Сообщение 181\n"))
            #expect(!copy.text.contains("Сообщение 180\n"))
            #expect(copy.text.contains("и ещё 180 сообщений"))
            #expect(copy.text.count < 60 * 2_100)
        }
    }

    @Test func `what waits is found by an index`() async throws {
        try await open(.sqlite) { centre in
            let group = CopyGroup(person: CallCentre.agent, workflow: WorkflowID(raw: 1), block: "tell")
            let statements: [SQL] = [
                InboxCopyStore.waiting(for: [CallCentre.agent], of: Self.tenant),
                InboxCopyStore.taking([group], of: Self.tenant),
            ]
            for statement in statements {
                let plan = try await centre.database.query("EXPLAIN QUERY PLAN \(statement)")
                    .map { try $0.get("detail", as: String.self) }
                #expect(
                    plan.contains { $0.contains("inbox_uncopied USING PRIMARY KEY (tenant_id=? AND person_id=?") },
                    "\(plan)")
                #expect(!plan.contains { $0.contains("SCAN inbox") }, "\(plan)")
            }
        }
    }
}
