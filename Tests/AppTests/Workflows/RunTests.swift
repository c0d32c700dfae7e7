// SPDX-License-Identifier: Apache-2.0
// Runs from the trigger to the end, on both engines, with real rows and real work.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct RunTests {
    @Test(arguments: engines) func `wait, mail, and on mail not sent an internal message`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.wait("wait", 5), .mail("mail", notSent: [.tell("tell")])])
            let started = try await centre.complete(1)
            #expect(started.map(\.configuration) == ["Оценка"])
            let run = try #require(started.first?.run)
            try await centre.runDue()
            #expect(try await centre.story(run).state == .waiting)
            #expect(centre.heard.messages.isEmpty)
            try await centre.wait(seconds: 4)
            #expect(try await centre.story(run).state == .waiting)
            try await centre.wait(seconds: 1)
            #expect(try await centre.story(run).state == .sending)
            let message = try #require(centre.heard.messages.first)
            #expect(message.recipients.map(\.description) == ["ivan@example.com"])
            #expect(message.subject == "Оцените нас, Иван")
            #expect(message.html?.contains("href=\"\(MailPlaceholder.surveyLink)\"") == true)
            #expect(message.language == "ru")
            #expect(message.windowEndsAt == centre.clock.now.adding(days: 1))
            let invitation = try #require(message.invitation)
            #expect(centre.heard.changes.map(\.to) == [.queued])
            try await centre.signal(run, .mailNotSent(reason: "550 5.1.1 <нет такого>"))
            try await centre.signal(run, .mailSent)
            try await centre.runDue()
            let story = try await centre.story(run)
            #expect(story.state == .finished)
            #expect(story.lines.map(\.outcome) == [.waiting, .waited, .mailDue, .mailNotSent, .told, .finished])
            let letters = try await centre.inbox.page(of: CallCentre.agent, of: CallCentre.tenant, after: nil)
            #expect(letters.map(\.title) == ["Не отправлено: 1"])
            #expect(letters.map(\.body) == ["Причина: 550 5.1.1 <нет такого>"])
            #expect(letters.map(\.run) == [run])
            #expect(try await centre.gates(run, invitation) == nil)
        }
    }

    @Test(arguments: engines) func `five deliveries at once give one run and one mail`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.interaction(1)
            let event = centre.event(1)
            let started = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 { group.addTask { try await centre.consider(event).count } }
                return try await group.reduce(0, +)
            }
            #expect(started == 1)
            try await centre.runDue()
            #expect(centre.heard.messages.count == 1)
            #expect(try await centre.count("SELECT COUNT(*) FROM run") == 1)
        }
    }

    @Test(arguments: engines) func `two configurations that match ask one customer once`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")], name: "Первый")
            try await centre.workflow([.mail("mail")], name: "Второй")
            let runs = try await centre.complete(1).map(\.run)
            #expect(runs.count == 2)
            try await centre.runDue()
            #expect(centre.heard.messages.count == 1)
            let asked = try #require(centre.heard.messages.first?.run)
            let other = try #require(runs.first { $0 != asked })
            let story = try await centre.story(other)
            #expect(story.state == .notAsked)
            #expect(story.reason == "asked_by_run:\(asked)")
        }
    }

    @Test(arguments: engines) func `a reminder of the same run re-uses the link until it is answered`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("first"), .wait("wait", 3, .days), .mail("second"), .mail("third")])
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            try await centre.signal(run, .mailSent)
            try await centre.runDue()
            try await centre.wait(seconds: 3 * 86400)
            #expect(centre.heard.messages.map(\.block) == ["first", "second"])
            #expect(Set(centre.heard.messages.map(\.invitation)).count == 1)
            let invitation = try #require(centre.heard.messages.first?.invitation)
            _ = try await centre.answer(invitation, ["nps": 9])
            #expect(try await centre.gates(run, invitation) == "answered")
            try await centre.signal(run, .mailSent)
            try await centre.runDue()
            #expect(centre.heard.messages.count == 2)
            let story = try await centre.story(run)
            #expect(story.state == .finished)
            #expect(story.lines.map(\.outcome).suffix(2) == [.skippedAnswered, .finished])
        }
    }

    @Test(
        arguments: engines,
        [
            (nil as String?, "workflows.reason.no_address"),
            (
                "иван",
                "workflows.reason.bad_address"
            ),
        ])
    func `a bad address leaves by mail not sent, without an invitation`(
        _ engine: Dialect, _ given: (email: String?, reason: String)
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([
                .mail(
                    "mail",
                    notSent: [
                        .tell(
                            "tell", users: "nobody",
                            failed: [.exit("exit")])
                    ])
            ])
            let run = try #require(try await centre.complete(1, email: given.email).first?.run)
            try await centre.runDue()
            let story = try await centre.story(run)
            #expect(story.state == .finished)
            #expect(story.lines.first { $0.outcome == .mailNotSent }?.arguments == ["reason": given.reason])
            #expect(story.lines.map(\.outcome).suffix(2) == [.tellingFailed, .exited])
            #expect(try await centre.invitationCount() == 0)
        }
    }

    @Test(arguments: engines) func `an If reads what the customer has answered by now`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            let choice = IfBlock(
                branches: [
                    IfBranch(
                        name: "недоволен",
                        conditions: [Condition(variable: "survey.score.nps", comparison: .less, value: "7")],
                        blocks: [.tell("tell")])
                ])
            try await centre.workflow([
                .mail("mail"), .wait("wait", 1, .hours), ScenarioBlock(key: "if", action: .choose(choice)),
            ])
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            try await centre.signal(run, .mailSent)
            try await centre.runDue()
            let invitation = try #require(centre.heard.messages.first?.invitation)
            _ = try await centre.answer(invitation, ["nps": 3])
            try await centre.wait(seconds: 3600)
            let story = try await centre.story(run)
            #expect(story.lines.first { $0.outcome == .chosen }?.arguments == ["branch": "недоволен"])
            #expect(try await centre.inbox.unread(of: CallCentre.agent, of: CallCentre.tenant) == 1)
        }
    }

    @Test(arguments: engines) func `reopening cancels what waits, and stops a mail that is on its way`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.wait("wait", 5), .mail("mail")])
            try await centre.workflow([.mail("mail")], name: "Сразу")
            let runs = try await centre.complete(1)
            try await centre.runDue()
            let sending = try #require(centre.heard.messages.first)
            let waiting = try #require(runs.first { $0.run != sending.run }?.run)
            centre.clock.advance(seconds: 1)
            let now = centre.clock.now
            try await centre.change(
                "UPDATE interaction SET reopened_at = \(now) WHERE tenant_id = \(CallCentre.tenant) AND id = 1")
            try await centre.database.write {
                try centre.workflows.reopened(InteractionID(raw: 1), of: CallCentre.tenant, in: $0, at: now)
            }
            #expect(try await centre.wait(seconds: 60) == 0)
            #expect(try await centre.story(waiting).state == .cancelled)
            #expect(try await centre.gates(sending.run, try #require(sending.invitation)) == "reopened")
            try await centre.signal(sending.run, .notAsked(gate: "reopened"))
            try await centre.runDue()
            #expect(try await centre.story(sending.run).state == .notAsked)
        }
    }

    @Test(arguments: engines) func `a run finishes on the version it began with`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            let made = try await centre.workflow([.wait("wait", 5), .mail("mail")])
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            let now = centre.clock.now
            try await centre.database.write {
                try centre.workflows.save(
                    Scenario(blocks: [.exit("exit")]), as: made.workflow, of: CallCentre.tenant, by: nil, in: $0,
                    at: now)
            }
            try await centre.wait(seconds: 5)
            #expect(centre.heard.messages.map(\.run) == [run])
            try await centre.complete(2, email: "olga@example.com")
            try await centre.runDue()
            #expect(centre.heard.messages.count == 1)
        }
    }

    @Test(arguments: engines) func `a run takes its first steps in the transaction that starts it`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.workflow([.wait("wait", 5), .mail("mail")], name: "Позже")
            try await centre.complete(1)
            #expect(centre.heard.messages.count == 1)
            #expect(try await centre.count("SELECT COUNT(*) FROM run WHERE state = 'waiting'") == 1)
            // Only the wait is an alarm.
            #expect(try await centre.count("SELECT COUNT(*) FROM work WHERE kind = 'run'") == 1)
            #expect(try await centre.runDue() == 0)
        }
    }

    @Test(arguments: engines) func `more than a hundred at once take their first steps later`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            for number in 1...101 { try await centre.interaction(Int64(number)) }
            let events = (1...101).map { centre.event(Int64($0), email: "c\($0)@example.com") }
            let now = centre.clock.now
            try await centre.database.write { tx in
                _ = try centre.workflows.consider(events, in: tx, at: now)
            }
            #expect(try await centre.count("SELECT COUNT(*) FROM run WHERE state = 'ready'") == 101)
            #expect(try await centre.runDue() == 101)
            #expect(centre.heard.messages.count == 101)
        }
    }

    @Test(arguments: engines) func `a hundred runs are one batch, each with its own mail`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            for number in 1...100 {
                try await centre.complete(Int64(number), email: "c\(number)@example.com", isLater: true)
            }
            #expect(try await centre.runDue() == 100)
            #expect(Set(centre.heard.messages.flatMap(\.recipients).map(\.local)).count == 100)
            #expect(try await centre.count("SELECT COUNT(*) FROM run WHERE state = 'sending'") == 100)
            #expect(try await centre.count("SELECT COUNT(*) FROM link") == 100)
        }
    }

    @Test(arguments: engines) func `another centre's run is not seen`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.wait("wait", 5)])
            let run = try #require(try await centre.complete(1).first?.run)
            let stranger = try await centre.database.read {
                try centre.workflows.run(
                    run, of: CallCentre.other,
                    in: $0)
            }
            #expect(stranger == nil)
            let considered = try await centre.database.read {
                try centre.workflows.considered(
                    for: InteractionID(raw: 1), service: CallCentre.service.id, of: CallCentre.tenant, in: $0)
            }
            #expect(considered.map(\.run) == [run])
        }
    }
}
