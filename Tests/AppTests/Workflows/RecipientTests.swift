// SPDX-License-Identifier: Apache-2.0
// A mail to several recipients: a gate about addresses leaves out those it refuses, and asks the others.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct RecipientTests {
    private static let tenant = CallCentre.tenant

    private static func suppress(_ address: String) -> SQL {
        """
        INSERT INTO suppression (tenant_id, address_folded, reason, created_at)
        VALUES (\(tenant), \(address), 'manual', 1)
        """
    }

    /// The recipients of everything that was handed over.
    private func recipients(_ centre: CallCentre) -> [[String]] {
        centre.heard.messages.map { $0.recipients.map(\.description) }
    }

    @Test(arguments: engines) func `a refused recipient is left out and the others are asked by one link`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            let to = "gone@example.com, ivan@example.com; Staff@example.com; second@example.com"
            try await centre.workflow([.mail("mail", to: to)])
            try await centre.change(Self.suppress("gone@example.com"))
            try await centre.change("UPDATE person SET email_folded = 'staff@example.com' WHERE login = 'admin'")
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            #expect(recipients(centre) == [["ivan@example.com", "second@example.com"]])
            #expect(try await centre.invitationCount() == 1)
            let story = try await centre.story(run)
            #expect(story.state == .sending)
            #expect(story.lines.map(\.outcome) == [.recipientLeftOut, .recipientLeftOut, .mailDue])
            #expect(story.lines.map { $0.arguments["address"] } == ["gone@example.com", "Staff@example.com", nil])
            #expect(story.lines.map { $0.arguments["reason"] } == ["suppressed", "person_of_tenant", nil])
            #expect(story.lines.last?.arguments["count"] == "2")
        }
    }

    @Test(arguments: engines) func `when nobody is left the run ends as not asked with the first reason`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail", to: "gone@example.com; staff@example.com")])
            try await centre.change(Self.suppress("gone@example.com"))
            try await centre.change("UPDATE person SET email_folded = 'staff@example.com' WHERE login = 'admin'")
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            let story = try await centre.story(run)
            #expect(story.state == .notAsked)
            #expect(story.reason == "suppressed")
            #expect(story.lines.map(\.outcome) == [.recipientLeftOut, .recipientLeftOut, .notAsked])
            #expect(centre.heard.messages.isEmpty)
            #expect(try await centre.invitationCount() == 0)
        }
    }

    @Test(arguments: engines) func `every recipient counts as asked`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.change("UPDATE tenant SET ask_once_in_days = 30")
            for (number, to) in ["a@x.example; b@x.example", "b@x.example; c@x.example", "c@x.example"].enumerated() {
                try await centre.workflow(
                    [.mail("mail", to: to)], name: to,
                    triggers: [.agentCompletes(.one(number == 0 ? CallCentre.order.id : CallCentre.enquiry.id))])
            }
            try await centre.complete(1)
            try await centre.runDue()
            try await centre.interaction(2)
            try await centre.consider(centre.event(2, disposition: CallCentre.enquiry))
            // One survey per interaction: of the two runs the first asks, whoever the second would write to.
            try await centre.runDue()
            #expect(recipients(centre) == [["a@x.example", "b@x.example"], ["c@x.example"]])
            try await centre.wait(seconds: 31 * 86400)
            try await centre.complete(3)
            try await centre.runDue()
            #expect(recipients(centre).last == ["a@x.example", "b@x.example"])
        }
    }

    @Test(arguments: engines) func `one batch asks an address once, beside whomever`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.change("UPDATE tenant SET ask_per_year = 1")
            try await centre.workflow([.mail("mail", to: "${contact.emails[0].email_address}; shared@x.example")])
            for number in 1...3 {
                try await centre.interaction(Int64(number))
                try await centre.consider(centre.event(Int64(number), email: "c\(number)@x.example"))
            }
            try await centre.runDue()
            #expect(
                recipients(centre) == [
                    ["c1@x.example", "shared@x.example"], ["c2@x.example"], ["c3@x.example"],
                ])
        }
    }

    @Test(arguments: engines) func `the gates are asked for each recipient when the mails leave`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail", to: "a@x.example; b@x.example")])
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            let invitation = try #require(centre.heard.messages.first?.invitation)
            try await centre.change(Self.suppress("b@x.example"))
            #expect(try await centre.gates(run, invitation, to: "a@x.example") == nil)
            #expect(try await centre.gates(run, invitation, to: "b@x.example") == "suppressed")
        }
    }

    @Test(arguments: engines) func `a reminder goes to those who may still be asked`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            let to = "a@x.example; b@x.example"
            try await centre.workflow([.mail("mail", to: to), .wait("wait", 5), .mail("again", to: to)])
            try await centre.change("UPDATE tenant SET ask_once_in_days = 30")
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            try await centre.signal(run, .mailSent)
            try await centre.runDue()
            try await centre.change(Self.suppress("a@x.example"))
            try await centre.wait(seconds: 5)
            #expect(recipients(centre) == [["a@x.example", "b@x.example"], ["b@x.example"]])
            #expect(Set(centre.heard.messages.map(\.invitation)).count == 1)
        }
    }

    @Test(arguments: engines) func `a run that has gone on hears nothing of an earlier block`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail"), .mail("again")])
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            let now = centre.clock.now
            for _ in 0..<2 {
                let said = [MailSignal(run: run, block: "mail", .mailSent)]
                try await centre.database.write {
                    try centre.workflows.signal(said, of: Self.tenant, in: $0, at: now)
                }
                try await centre.runDue()
            }
            let story = try await centre.story(run)
            #expect(story.state == .sending)
            #expect(story.block == "again")
        }
    }
}
