// SPDX-License-Identifier: Apache-2.0
// Counting, folding, reading, and the proof that all of it equals the raw rows.
import Durable
import Foundation
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct StatisticsTests {
    private static let day = LocalDay(number: 20260302)

    @Test(arguments: engines) func `figures are the same before and after folding`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            try await world.database.write { tx in
                for (nps, fcr) in [(10.0, 1.0), (9, 1), (9, 1), (3, 0)] {
                    let belonging = world.belonging(agent: 5, team: 6, on: Self.day)
                    let interaction = try world.complete(belonging, in: tx)
                    var invitation = try world.invite(interaction, belonging, in: tx)
                    try world.move(&invitation, to: .sent, in: tx)
                    let values: [String: Double?] = ["nps": nps, "fcr": fcr, "csat": nil]
                    _ = try world.answer(&invitation, values, on: Self.day.adding(days: 1), in: tx)
                }
            }
            for isFolded in [false, true] {
                if isFolded { try await world.foldAll() }
                let figures = try await world.figures()
                let row = try #require(figures.rows.first)
                #expect(figures.rows.count == 1 && row.key == 5)
                let nps = try #require(row.field("nps"))
                #expect(nps.n == 4 && nps.value == 50)
                let interval = try #require(nps.interval)
                #expect(interval.low.rounded() == -34 && interval.high.rounded() == 91)
                #expect(row.field("fcr")?.value == 0.75)
                let csat = try #require(row.field("csat"))
                #expect(csat.value == nil && csat.interval == nil && csat.n == 0 && csat.notApplicable == 4)
                #expect(row.funnel.completed == 4 && row.funnel.invited == 4 && row.funnel.answered == 4)
                #expect(row.funnel.delivered == 4 && row.funnel.responseRate == 1)
            }
            let left = try await world.database.query("SELECT count(*) FROM statistic_delta").first?.at(0, as: Int.self)
            #expect(left == 0)
        }
    }

    @Test(arguments: engines) func `an empty centre has no rows and no values`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            let figures = try await world.figures()
            #expect(figures.rows.isEmpty)
            #expect(figures.total.fields.allSatisfy { $0.value == nil && $0.interval == nil })
            #expect(figures.total.funnel.responseRate == nil)
            #expect(try await world.statistics.verify(world.tenant).isEmpty)
        }
    }

    @Test(arguments: engines) func `tests are counted nowhere`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            try await world.database.write { tx in
                let belonging = world.belonging(agent: 5, team: 6, on: Self.day)
                let interaction = try world.complete(belonging, isTest: true, in: tx)
                var invitation = try world.invite(interaction, belonging, isTest: true, in: tx)
                try world.move(&invitation, to: .sent, in: tx)
                _ = try world.answer(&invitation, ["nps": 10], on: Self.day, in: tx)
            }
            #expect(try await world.figures().rows.isEmpty)
            #expect(try await world.statistics.verify(world.tenant).isEmpty)
        }
    }

    @Test(arguments: engines) func `captured mail is delivered only where nobody is real`(
        engine: Dialect
    ) async throws {
        for (kind, delivered) in [(Tenant.Kind.production, 0), (.demo, 1), (.test, 1)] {
            try await CountedWorld.with(engine, kind: kind) { world in
                try await world.database.write { tx in
                    let belonging = world.belonging(agent: nil, team: nil, on: Self.day)
                    var invitation = try world.invite(try world.complete(belonging, in: tx), belonging, in: tx)
                    try world.move(&invitation, to: .captured, in: tx)
                }
                let row = try #require(try await world.figures().rows.first)
                #expect(row.key == 0)
                #expect(row.funnel.captured == 1 && row.funnel.delivered == delivered && row.funnel.invited == 1)
            }
        }
    }

    @Test(arguments: engines) func `replaced answers leave the figures`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            try await world.database.write { tx in
                let belonging = world.belonging(agent: 5, team: 6, on: Self.day)
                var invitation = try world.invite(try world.complete(belonging, in: tx), belonging, in: tx)
                let old = try world.answer(&invitation, ["nps": 2], on: Self.day, in: tx)
                _ = try world.answer(
                    &invitation, ["nps": 9], on: Self.day, replacing: old, language: "en", oldLanguage: "ru", in: tx)
            }
            try await world.foldAll()
            let nps = try #require(try await world.figures().total.field("nps"))
            #expect(nps.n == 1 && nps.value == 100)
            #expect(try await world.figures().total.funnel.answered == 1)
            #expect(try await world.statistics.verify(world.tenant) == [])
        }
    }

    @Test(arguments: engines) func `a filter by teams shows these teams only`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            try await world.database.write { tx in
                for team: Int64 in [1, 2, 3] {
                    _ = try world.complete(world.belonging(agent: team * 10, team: team, on: Self.day), in: tx)
                }
            }
            try await world.foldAll()
            let some = try await world.figures(.team) { $0.teams = [TeamID(raw: 1), TeamID(raw: 3)] }
            #expect(some.rows.map(\.key) == [1, 3])
            #expect(try await world.figures(.team) { $0.teams = [] }.rows.isEmpty)
        }
    }

    @Test(arguments: engines) func `counting schedules one fold, and the job folds until nothing is left`(
        engine: Dialect
    ) async throws {
        try await CountedWorld.with(engine) { world in
            try await world.database.write { tx in
                for _ in 1...20 { _ = try world.complete(world.belonging(agent: 1, team: 1, on: Self.day), in: tx) }
            }
            let due = try await world.database.query("SELECT due_at FROM work").map { try $0.at(0, as: Int64.self) }
            #expect(due.count == 1)
            let workers = Workers(
                database: world.database, node: try await Node.join(world.database),
                handlers: world.statistics.handlers(), clock: { 0 }, logger: world.installation.logger)
            let start = try #require(due.first)
            #expect(try await workers.runDue(now: start - 1) == 0)
            #expect(try await workers.runDue(now: start) == 1)
            #expect(try await world.database.query("SELECT id FROM statistic_delta").isEmpty)
            #expect(try await workers.runDue(now: start + 1000) == 1)
            #expect(try await world.database.query("SELECT due_at FROM work").isEmpty)
            #expect(try await world.figures().total.funnel.completed == 20)
        }
    }

    @Test(arguments: engines) func `a damaged cell is found, and making anew mends it`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            try await world.database.write { tx in
                for _ in 1...5 {
                    let belonging = world.belonging(agent: 1, team: 1, on: Self.day)
                    var invitation = try world.invite(try world.complete(belonging, in: tx), belonging, in: tx)
                    _ = try world.answer(&invitation, ["csat": 4], on: Self.day, in: tx)
                }
            }
            try await world.foldAll()
            #expect(try await world.statistics.verify(world.tenant) == [])
            try await world.database.write { tx in
                _ = try tx.execute("UPDATE statistic_cell SET n = n + 1 WHERE measure LIKE 'value.%'")
            }
            #expect(try await !world.statistics.verify(world.tenant).isEmpty)
            try await world.statistics.rebuild(world.tenant, at: Moment(milliseconds: 0))
            #expect(try await world.statistics.verify(world.tenant) == [])
            #expect(try await world.figures().total.field("csat")?.n == 5)
        }
    }

    @Test(arguments: engines) func `folding waits while cells are made anew`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            let tenant = world.tenant
            try await world.database.write { tx in
                _ = try world.complete(world.belonging(agent: 1, team: 1, on: Self.day), in: tx)
                try StatisticsStore.pause(tenant, until: Moment(milliseconds: 100), in: tx)
            }
            let early = try await world.database.write {
                try StatisticsStore.fold(tenant, limit: 10, in: $0, at: Moment(milliseconds: 99))
            }
            #expect(early == nil)
            let late = try await world.database.write {
                try StatisticsStore.fold(tenant, limit: 10, in: $0, at: Moment(milliseconds: 100))
            }
            #expect(late == 1)
        }
    }

    @Test(arguments: engines) func `folders at once count everything once`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            try await world.database.write { tx in
                for index: Int64 in 1...60 {
                    _ = try world.complete(world.belonging(agent: index % 3, team: 1, on: Self.day), in: tx)
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...4 { group.addTask { try await world.foldAll() } }
                try await group.waitForAll()
            }
            #expect(try await world.figures().total.funnel.completed == 60)
            #expect(try await world.statistics.verify(world.tenant) == [])
        }
    }

    @Test(arguments: engines, [1, 2, 3] as [UInt64]) func `cells and deltas equal the raw rows, whatever happens`(
        engine: Dialect, seed: UInt64
    ) async throws {
        try await CountedWorld.with(engine) { world in
            var story = Story(seed: seed)
            for round in 1...6 {
                let steps = story.steps(25)
                let invitations = story.open
                story.open = try await world.database.write { tx in
                    try Story.play(steps, invitations, in: world, tx)
                }
                if round.isMultiple(of: 2) { try await world.foldAll() }
                #expect(try await world.statistics.verify(world.tenant) == [], "seed \(seed), round \(round)")
            }
            let byDay = try await world.figures(.day)
            let byAgent = try await world.figures(.agent)
            let months = try await world.figures(.team, from: 20250101, to: 20271231)
            #expect(byDay.total.funnel == byAgent.total.funnel)
            #expect(byDay.total.funnel == months.total.funnel)
            for (one, other) in zip(byDay.total.fields, months.total.fields) {
                #expect(one.sum.isClose(to: other.sum) && one.notApplicable == other.notApplicable)
            }
            try await world.statistics.rebuild(world.tenant, at: Moment(milliseconds: 0))
            #expect(try await world.figures(.day).total == byDay.total)
        }
    }
}

/// A random course of events from a seed.
private struct Story {
    struct Step: Sendable {
        let kind: Int
        let agent: Int64?
        let day: LocalDay
        let pick: Int
        let values: [String: Double?]
        let language: String
    }

    struct Open: Sendable {
        var invitation: Invitation
        var values: [AnswersSubmitted.Value] = []
        var day: LocalDay?
        var language: String?
    }

    var random: Seeded
    var open: [Open] = []

    init(seed: UInt64) { random = Seeded(state: seed &* 0x9E37_79B9_7F4A_7C15) }

    mutating func steps(_ count: Int) -> [Step] {
        (0..<count).map { _ in
            let agent = Int64.random(in: 0...4, using: &random)
            var values: [String: Double?] = [:]
            if Bool.random(using: &random) { values["fcr"] = .some(Double(Int.random(in: 0...1, using: &random))) }
            values["nps"] = .some(Double(Int.random(in: 0...10, using: &random)))
            if Int.random(in: 0...3, using: &random) == 0 {
                values["csat"] = .some(nil)
            } else {
                values["csat"] = .some(Double(Int.random(in: 1...5, using: &random)))
            }
            return Step(
                kind: Int.random(in: 0...5, using: &random), agent: agent == 0 ? nil : agent,
                day: LocalDay(number: 20260101).adding(days: Int.random(in: 0...200, using: &random)),
                pick: Int.random(in: 0...1000, using: &random), values: values,
                language: Bool.random(using: &random) ? "ru" : "en")
        }
    }

    /// Plays steps on copies, since a transaction's body may run twice.
    static func play(
        _ steps: [Step], _ before: [Open], in world: CountedWorld, _ tx: any Transaction
    ) throws -> [Open] {
        var open = before
        for step in steps {
            let belonging = world.belonging(agent: step.agent, team: step.agent.map { $0 % 2 + 1 }, on: step.day)
            let index = open.isEmpty ? 0 : step.pick % open.count
            switch step.kind {
            case 0: _ = try world.complete(belonging, isTest: step.pick % 10 == 0, in: tx)
            case 1, 2:
                let isTest = step.pick % 10 == 0
                let interaction = try world.complete(belonging, isTest: isTest, in: tx)
                open.append(Open(invitation: try world.invite(interaction, belonging, isTest: isTest, in: tx)))
            case 3 where !open.isEmpty:
                let states: [InvitationState] = [.sent, .unknown, .notSent, .captured, .bounced, .expired, .optedOut]
                let state = states[step.pick % states.count]
                guard open[index].invitation.state != .answered, open[index].invitation.state != state else { continue }
                try world.move(&open[index].invitation, to: state, in: tx)
            case 4, 5:
                guard !open.isEmpty else { continue }
                let day = open[index].day ?? step.day.adding(days: 2)
                open[index].values = try world.answer(
                    &open[index].invitation, step.values, on: day, replacing: open[index].values,
                    language: step.language, oldLanguage: open[index].language, in: tx)
                open[index].day = day
                open[index].language = step.language
            default: continue
            }
        }
        return open
    }
}

/// A generator whose numbers a seed decides (SplitMix64).
private struct Seeded: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
