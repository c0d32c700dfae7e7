// SPDX-License-Identifier: Apache-2.0
// Random interleavings of events, alarms, signals and clock jumps on a seed: nobody is asked twice, no run is lost.
import Durable
import Storage
import TestSupport
import Testing

@testable import App

/// A generator whose seed reproduces a failure (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}

@Suite struct RunSimulationTests {
    @Test(arguments: engines, [1, 2, 3] as [UInt64]) func `no interleaving asks a customer twice or loses a run`(
        _ engine: Dialect, _ seed: UInt64
    ) async throws {
        try await CallCentre.open(engine) { centre in
            var random = Seeded(state: seed)
            try await centre.workflow([.mail("a", notSent: [.tell("t")]), .wait("w", 60), .mail("b")], name: "Один")
            try await centre.workflow(
                [.wait("w", 30), .mail("a"), .exit("x")], name: "Два",
                triggers: [.interactionEnds(.any)])
            var events: [InteractionCompleted] = []
            for number in 1...12 {
                try await centre.interaction(Int64(number))
                events.append(centre.event(Int64(number), email: number % 5 == 0 ? "broken" : "c\(number)@example.com"))
            }
            for _ in 0..<150 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    let event = try #require(events.randomElement(using: &random))
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<3 { group.addTask { try await centre.consider(event) } }
                        try await group.waitForAll()
                    }
                case 1: centre.clock.advance(seconds: Int64.random(in: 1...40, using: &random))
                case 2, 3: try await centre.runDue()
                case 4:
                    guard let message = centre.heard.messages.randomElement(using: &random) else { continue }
                    let signals: [RunSignal] = [.mailSent, .mailNotSent(reason: "550"), .notAsked(gate: "reopened")]
                    try await centre.signal(message.run, try #require(signals.randomElement(using: &random)))
                default:
                    // An alarm that rings too early, or twice, changes nothing.
                    let run = try await centre.database.query("SELECT id FROM run ORDER BY id")
                        .randomElement(using: &random)
                    guard let run = try run?.at(0, as: RunID.self) else { continue }
                    let now = centre.clock.now
                    try await centre.database.write {
                        try Work.schedule(
                            Workflows.work, tenant: CallCentre.tenant.raw, subject: run.raw, at: now.milliseconds,
                            in: $0)
                    }
                }
            }
            // Everything that can come to an end does.
            for event in events { try await centre.consider(event) }
            for _ in 0..<4 {
                try await centre.wait(seconds: 3600)
                for message in centre.heard.messages { try await centre.signal(message.run, .mailSent) }
            }
            try await centre.runDue()
            try await check(centre, interactions: events.count)
        }
    }

    private func check(_ centre: CallCentre, interactions: Int) async throws {
        #expect(try await centre.count("SELECT COUNT(*) FROM run") == 2 * interactions)
        let unfinished = try await centre.count(
            "SELECT COUNT(*) FROM run WHERE state IN ('ready', 'waiting', 'sending', 'failed')")
        #expect(unfinished == 0)
        #expect(try await centre.count("SELECT COUNT(*) FROM work WHERE kind = 'run'") == 0)
        let asked = try await centre.database.query(
            "SELECT interaction_id, COUNT(DISTINCT id) AS n FROM invitation GROUP BY interaction_id")
        #expect(try asked.allSatisfy { try $0.get("n", as: Int.self) == 1 })
        #expect(asked.count == interactions - interactions / 5)
        // Each invitation belongs to one run, and each block of it sent at most one mail.
        let mails = centre.heard.messages.map { "\($0.run) \($0.block)" }
        #expect(Set(mails).count == mails.count)
        let runs = Dictionary(grouping: centre.heard.messages, by: \.interaction).mapValues { Set($0.map(\.run)).count }
        #expect(runs.values.allSatisfy { $0 == 1 })
        #expect(centre.heard.changes.filter { $0.from == nil }.count == asked.count)
    }
}
