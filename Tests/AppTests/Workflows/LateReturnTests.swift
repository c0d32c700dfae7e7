// SPDX-License-Identifier: Apache-2.0
// A mail comes back when its run has gone on: the run walks the block's branch *Mail not sent*, once, and is over.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct LateReturnTests {
    private static let reason = "550 5.1.1 <нет такого>"

    private func comeBack(
        _ centre: CallCentre, _ run: RunID, block: String = "mail", elsewhere: Bool = false
    ) async throws {
        let now = centre.clock.now
        try await centre.database.write { tx in
            try centre.workflows.mailBounced(
                run, block: block, reason: Self.reason, hasArrivedElsewhere: elsewhere, of: CallCentre.tenant, in: tx,
                at: now)
        }
    }

    /// A run of a scenario whose first mail was sent.
    private func sent(_ centre: CallCentre, _ blocks: [ScenarioBlock]) async throws -> RunID {
        try await centre.workflow(blocks)
        let run = try #require(try await centre.complete(1).first?.run)
        try await centre.runDue()
        try await centre.signal(run, .mailSent)
        return run
    }

    @Test(arguments: engines) func `a run that waits leaves by the branch with the reason, and does not go on`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            let blocks: [ScenarioBlock] = [
                .mail("mail", notSent: [.tell("tell")]), .wait("wait", 3, .days), .mail("reminder"),
            ]
            let run = try await sent(centre, blocks)
            #expect(try await centre.story(run).state == .waiting)
            try await comeBack(centre, run)
            let story = try await centre.story(run)
            #expect(story.state == .finished)
            #expect(
                story.lines.map(\.outcome) == [.mailDue, .mailSent, .waiting, .mailBounced, .told, .finished])
            #expect(story.lines[3].block == "mail" && story.lines[3].arguments["reason"] == Self.reason)
            let letters = try await centre.inbox.page(of: CallCentre.agent, of: CallCentre.tenant, after: nil)
            #expect(letters.map(\.body) == ["Причина: \(Self.reason)"])
            try await centre.wait(seconds: 4 * 86400)
            #expect(centre.heard.messages.map(\.block) == ["mail"])
        }
    }

    @Test(arguments: engines) func `a run that is over walks the branch once, with the waits that are in it`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            let branch: [ScenarioBlock] = [.wait("pause", 10), .tell("tell"), .wait("rest", 10)]
            let run = try await sent(centre, [.mail("mail", notSent: branch), .tell("good")])
            #expect(try await centre.story(run).state == .finished)
            try await comeBack(centre, run)
            #expect(try await centre.story(run).state == .waiting)
            try await comeBack(centre, run)
            for _ in 0..<3 { try await centre.wait(seconds: 10) }
            let story = try await centre.story(run)
            #expect(story.state == .finished)
            let outcomes = story.lines.map(\.outcome)
            #expect(outcomes.filter { $0 == .told }.count == 2)
            #expect(outcomes.filter { $0 == .mailBounced }.count == 2)
            try await comeBack(centre, run)
            #expect(try await centre.story(run).state == .finished)
            #expect(try await centre.story(run).lines.last?.outcome == .mailBounced)
        }
    }

    @Test(arguments: engines) func `a reminder that is on its way does not keep the run from leaving`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            let run = try await sent(
                centre, [.mail("mail", notSent: [.tell("tell")]), .wait("wait", 5), .mail("reminder")])
            try await centre.wait(seconds: 5)
            #expect(try await centre.story(run).state == .sending)
            try await comeBack(centre, run)
            #expect(try await centre.story(run).state == .finished)
            try await centre.signal(run, .mailSent)
            try await centre.runDue()
            #expect(try await centre.story(run).lines.last?.outcome == .finished)
        }
    }

    @Test(arguments: engines) func `without a branch, or with another recipient who has it, the run goes on`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            let run = try await sent(centre, [.mail("mail"), .wait("wait", 5), .tell("tell")])
            try await comeBack(centre, run)
            #expect(try await centre.story(run).state == .waiting)
            try await centre.wait(seconds: 5)
            #expect(try await centre.story(run).lines.map(\.outcome).suffix(2) == [.told, .finished])
        }
        try await CallCentre.open(engine) { centre in
            let run = try await sent(centre, [.mail("mail", notSent: [.tell("tell")]), .wait("wait", 5)])
            try await comeBack(centre, run, elsewhere: true)
            #expect(try await centre.story(run).state == .waiting)
            #expect(try await centre.story(run).lines.last?.outcome == .mailBounced)
        }
    }

    @Test(arguments: engines) func `a run that was cancelled stays so`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            let run = try await sent(centre, [.mail("mail", notSent: [.tell("tell")]), .wait("wait", 5)])
            let now = centre.clock.now
            let interaction = try await centre.story(run).interaction
            try await centre.database.write { tx in
                try centre.workflows.reopened(interaction, of: CallCentre.tenant, in: tx, at: now)
            }
            try await comeBack(centre, run)
            #expect(try await centre.story(run).state == .cancelled)
        }
    }
}
