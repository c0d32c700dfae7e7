// SPDX-License-Identifier: Apache-2.0
// Messages arrive once, are counted until they are read, and are paged without gaps.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct InboxTests {
    private let tenant = CallCentre.tenant

    private static func draft(_ block: String, _ recipients: [PersonID]) -> InternalMessageDraft {
        InternalMessageDraft(
            title: block, body: "Текст", recipients: recipients, run: RunID(raw: 1), workflow: WorkflowID(raw: 2),
            block: block)
    }

    @Test(arguments: engines) func `a message arrives once per run, block and person`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            let now = centre.clock.now
            let both = [CallCentre.agent, CallCentre.administrator, CallCentre.agent]
            for _ in 0..<2 {
                try await centre.database.write { [tenant] in
                    try centre.inbox.deliver(
                        [Self.draft("a", both), Self.draft("b", both)], of: tenant, in: $0,
                        at: now)
                }
            }
            let unread = [
                try await centre.inbox.unread(of: CallCentre.agent, of: tenant),
                try await centre.inbox.unread(of: CallCentre.administrator, of: tenant),
                try await centre.inbox.unread(of: CallCentre.agent, of: CallCentre.other),
            ]
            #expect(unread == [2, 2, 0])
        }
    }

    @Test(arguments: engines) func `pages hold every message once, unread first`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            let now = centre.clock.now
            try await centre.database.write { [tenant] in
                let drafts = (0..<120).map { Self.draft(String($0), [CallCentre.agent]) }
                try centre.inbox.deliver(drafts, of: tenant, in: $0, at: now)
            }
            let first = try await centre.inbox.page(of: CallCentre.agent, of: tenant, after: nil)
            for message in first.prefix(30) {
                try await centre.inbox.markRead(message.id, by: CallCentre.agent, of: tenant, at: now)
            }
            var seen: [InternalMessage] = []
            var after: InboxPosition?
            repeat {
                let page = try await centre.inbox.page(of: CallCentre.agent, of: tenant, after: after)
                seen += page.prefix(Inbox.pageSize)
                let last = page.count > Inbox.pageSize ? seen.last : nil
                after = last.flatMap { InboxPosition(InboxPosition(isRead: $0.readAt != nil, id: $0.id).description) }
            } while after != nil
            #expect(seen.count == 120)
            #expect(Set(seen.map(\.id)).count == 120)
            #expect(seen.filter { $0.readAt == nil }.count == 90)
            #expect(seen.prefix(90).allSatisfy { $0.readAt == nil })
            try await centre.inbox.markRead(nil, by: CallCentre.administrator, of: tenant, at: now)
            let before = try await centre.inbox.unread(of: CallCentre.agent, of: tenant)
            try await centre.inbox.markRead(nil, by: CallCentre.agent, of: tenant, at: now)
            let unread = try await centre.inbox.unread(of: CallCentre.agent, of: tenant)
            #expect([before, unread] == [90, 0])
        }
    }

    @Test(arguments: engines) func `administrators are told once of a happening`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            let now = centre.clock.now
            for once in ["held:1", "held:1", "held:2"] {
                let notice = AdministratorNotice(key: "inbox.test", arguments: [:], once: once)
                try await centre.database.write { [tenant] in
                    try centre.inbox.notifyAdministrators(notice, of: tenant, in: $0, at: now)
                }
            }
            let notices = try await centre.inbox.page(of: CallCentre.administrator, of: tenant, after: nil)
            #expect(notices.map(\.run) == [nil, nil])
            let agents = try await centre.inbox.unread(of: CallCentre.agent, of: tenant)
            #expect(agents == 0)
        }
    }

    @Test(arguments: ["", "1", "2-5", "1-x", "1-0", "0--5", "1-5-6"]) func `a page's position is checked`(
        _ text: String
    ) {
        #expect(InboxPosition(text) == nil)
    }
}
