// SPDX-License-Identifier: Apache-2.0
// What happens to intakes: what is written and said, once, whatever is repeated, and in which order.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct IntakeTests {
    @Test(arguments: engines)
    func `one call writes contact, interaction and part, and says both ends`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            let taken = try await world.interactions.complete(
                world.intake {
                    $0.caseReference = CaseReference(number: "C-1", title: "Возврат")
                    $0.sentiment = 0.4
                    $0.data = ["queue": .string("sales")]
                    $0.customer?.language = "ru"
                }, from: world.sender)
            #expect(taken.isNew)
            #expect(taken.runs.count == 1)
            #expect(taken.interaction.state == .ended)
            #expect(taken.lastDisposition?.name == "Заказ")
            #expect(taken.warnings.map(\.code) == ["unknown_agent"])
            #expect(try await world.said() == ["1 end Заказ"])
            let (tenant, interactions) = (world.tenant, world.interactions)
            let stored = try #require(
                try await world.database.read {
                    try interactions.interaction("pbx-1", source: "pbx", of: tenant, in: $0)
                })
            #expect(stored.interaction == taken.interaction)
            #expect(stored.parts == [taken.part].compactMap(\.self))
            #expect(stored.interaction.data == ["queue": .string("sales")])
            #expect(stored.interaction.completedOn == LocalDay("2026-03-02"))
            #expect(stored.interaction.customerEmail == "ivan@example.com")
        }
    }

    @Test(arguments: engines)
    func `the same again changes nothing and is answered alike`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            let first = try await world.interactions.complete(world.intake(), from: world.sender)
            world.time.advance(seconds: 18000)
            let second = try await world.interactions.complete(world.intake(), from: world.sender)
            #expect(!second.isNew)
            #expect(second.interaction == first.interaction)
            #expect(second.part == first.part)
            #expect(second.runs.map(\.run) == first.runs.map(\.run))
            #expect(try await world.said().count == 1)
        }
    }

    @Test(arguments: engines)
    func `five at once give one interaction and one set of runs`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            let taken = try await withThrowingTaskGroup(of: TakenIntake.self) { group in
                for _ in 0..<5 {
                    group.addTask { try await world.interactions.complete(world.intake(), from: world.sender) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(taken.count { $0.isNew } == 1)
            #expect(Set(taken.map(\.interaction.id)).count == 1)
            #expect(Set(taken.map { $0.runs.map(\.run) }).count == 1)
            #expect(try await world.said().count == 1)
            #expect(try await world.count("SELECT COUNT(*) FROM interaction") == 1)
            #expect(try await world.count("SELECT COUNT(*) FROM interaction_part") == 1)
            #expect(try await world.count("SELECT COUNT(*) FROM contact") == 1)
            #expect(try await world.count("SELECT COUNT(*) FROM person") == 1)
        }
    }

    @Test(arguments: engines)
    func `the same part with other content names what differs`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            _ = try await world.interactions.complete(world.intake(), from: world.sender)
            let changes: [(String, @Sendable (inout Intake) -> Void)] = [
                ("service", { $0.service = "Строгий" }), ("channel", { $0.channel = .voice }),
                ("direction", { $0.direction = .outbound }), ("agent", { $0.completion.agent = "ivanov" }),
                ("disposition", { $0.disposition = DispositionReference(any: "Отказ") }),
                ("note", { $0.completion.note = "x" }), ("final", { $0.completion.isFinal = false }),
                ("startedAt", { $0.startedAt = world.time.now }), ("endedAt", { $0.endedAt = world.time.now }),
                ("customer", { $0.customer?.email = "other@example.com" }),
                ("case", { $0.caseReference = CaseReference(number: "C-9", title: nil) }),
                ("sentiment", { $0.sentiment = 0 }), ("data", { $0.data = [:] }),
            ]
            #expect(changes.map(\.0) == IntakeFingerprint.members)
            for (member, change) in changes {
                let refusals = await #expect(throws: Refusals.self) {
                    _ = try await world.interactions.complete(world.intake("pbx-1", change), from: world.sender)
                }
                #expect(refusals?.all.map(\.field) == [member])
                #expect(refusals?.all.map(\.kind) == [.conflict])
            }
            #expect(try await world.said().count == 1)
        }
    }

    @Test(arguments: engines)
    func `parts come one after the other, and the interaction ends once`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            _ = try await world.interactions.complete(
                world.intake { $0.completion.isFinal = false }, from: world.sender)
            let open = try await world.interactions.complete(
                world.intake {
                    $0.completion.part = "2"
                    $0.completion.isFinal = false
                    $0.disposition = DispositionReference()
                }, from: world.sender)
            #expect(open.interaction.state == .open)
            var end = Intake(externalID: "pbx-1", act: .end)
            end.mayMake = false
            let ended = try await world.interactions.complete(end, from: world.sender)
            #expect(ended.interaction.state == .ended)
            _ = try await world.interactions.complete(end, from: world.sender)
            _ = try await world.interactions.complete(world.intake { $0.completion.part = "3" }, from: world.sender)
            #expect(
                try await world.said() == ["1 Заказ", "2 Статус не выбран", "- end Статус не выбран", "3 Заказ"])
            end.disposition = DispositionReference(any: "Отказ")
            let conflicting = end
            await #expect(throws: Refusals.self) {
                _ = try await world.interactions.complete(conflicting, from: world.sender)
            }
        }
    }

    @Test(arguments: engines)
    func `unknown dispositions and agents are taken with a warning`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            let intake = world.intake { $0.disposition = DispositionReference(any: "Нечто") }
            let taken = try await world.interactions.complete(intake, from: world.sender)
            #expect(taken.partDisposition?.systemType == .dispositionNotFound)
            #expect(taken.part?.dispositionText == "Нечто")
            #expect(taken.warnings.map(\.code) == ["unknown_disposition", "unknown_agent"])
            let again = try await world.interactions.complete(intake, from: world.sender)
            #expect(again.warnings.map(\.code) == ["unknown_disposition"])
            let person = try await world.database.read { [accounts = world.accounts, tenant = world.tenant] in
                try accounts.person(byLogin: "PETROVA", of: tenant, in: $0)
            }
            #expect(person?.needsReview == true)
            #expect(person?.id == taken.part?.agent)
        }
    }

    @Test(arguments: engines)
    func `a service that requires a disposition gets one or refuses`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            let refusals = await #expect(throws: Refusals.self) {
                _ = try await world.interactions.complete(
                    world.intake {
                        $0.service = "Строгий"
                        $0.disposition = DispositionReference()
                    }, from: world.sender)
            }
            #expect(refusals?.all.map(\.code) == ["no_disposition"])
            #expect(try await world.count("SELECT COUNT(*) FROM interaction") == 0)
            #expect(try await world.count("SELECT COUNT(*) FROM contact") == 0)
            let taken = try await world.interactions.complete(
                world.intake("pbx-2") { $0.disposition = DispositionReference() }, from: world.sender)
            #expect(taken.partDisposition?.systemType == .noDisposition)
        }
    }

    @Test(arguments: engines)
    func `two sources and two centres do not collide`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            let ours = try await world.interactions.complete(world.intake(), from: world.sender)
            let other = IntakeSender(tenant: world.tenant, source: "helpdesk", actor: "x")
            let theirs = try await world.interactions.complete(world.intake(), from: other)
            #expect(theirs.isNew)
            #expect(theirs.interaction.id != ours.interaction.id)
            let foreign = IntakeSender(tenant: TenantID(raw: 77), source: "pbx", actor: "x")
            let refusals = await #expect(throws: Refusals.self) {
                _ = try await world.interactions.complete(world.intake(), from: foreign)
            }
            #expect(refusals?.all.map(\.code) == ["unknown_service"])
            let reopening = await #expect(throws: Refusals.self) {
                _ = try await world.interactions.reopen("pbx-1", from: foreign)
            }
            #expect(reopening?.all.map(\.kind) == [.notFound])
        }
    }

    @Test(arguments: engines)
    func `reopening says so, and the next part ends it again`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            _ = try await world.interactions.complete(world.intake(), from: world.sender)
            let reopened = try await world.interactions.reopen("pbx-1", from: world.sender)
            #expect(reopened.interaction.state == .reopened)
            let again = try await world.interactions.complete(
                world.intake { $0.completion.part = "2" }, from: world.sender)
            #expect(again.interaction.state == .ended)
            #expect(try await world.said() == ["1 end Заказ", "reopened", "2 end Заказ"])
        }
    }

    @Test(arguments: engines)
    func `a correction is written and audited, and starts nothing`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            _ = try await world.interactions.complete(world.intake(), from: world.sender)
            var correction = PartCorrection(externalID: "pbx-1", part: "1")
            correction.disposition = DispositionReference(any: "Справка")
            correction.agent = "ivanov"
            let taken = try await world.interactions.correct(correction, from: world.sender)
            #expect(taken.lastDisposition?.name == "Справка")
            #expect(taken.runs.count == 1)
            #expect(try await world.said() == ["1 end Заказ"])
            #expect(
                try await world.count(
                    "SELECT COUNT(*) FROM audit WHERE action = 'interactions.audit.partCorrected'") == 1)
            // The first delivery, late and once more, is still the same delivery.
            let again = try await world.interactions.complete(world.intake(), from: world.sender)
            #expect(!again.isNew)
            #expect(again.partDisposition?.name == "Справка")
            correction.part = "9"
            let missing = correction
            let refusals = await #expect(throws: Refusals.self) {
                _ = try await world.interactions.correct(missing, from: world.sender)
            }
            #expect(refusals?.all.map(\.code) == ["unknown_part"])
        }
    }

    @Test(arguments: engines)
    func `sentiment that arrives within a day of the end is said once`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            _ = try await world.interactions.complete(world.intake("a"), from: world.sender)
            _ = try await world.interactions.complete(world.intake("b"), from: world.sender)
            func update(_ externalID: String, _ sentiment: Double) async throws {
                var intake = Intake(externalID: externalID, act: .update)
                intake.sentiment = sentiment
                _ = try await world.interactions.complete(intake, from: world.sender)
            }
            world.time.advance(seconds: 82800)
            try await update("a", -0.5)
            try await update("a", 0.5)
            world.time.advance(seconds: 7200)
            try await update("b", -0.5)
            #expect(try await world.said() == ["1 end Заказ", "1 end Заказ", "sentiment -0.5"])
        }
    }

    @Test(arguments: engines)
    func `one bad item does not spoil a batch`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            var intakes = (0..<250).map { index in
                world.intake("b-\(index)") {
                    $0.customer?.email = "c\(index % 40)@example.com"
                    $0.completion.agent = "agent\(index % 7)"
                }
            }
            intakes[3].service = "Нет такого"
            intakes[120].channel = .chat
            intakes.append(world.intake("b-0") { $0.completion.part = "2" })
            intakes.append(intakes[1])
            let outcomes = await world.interactions.complete(intakes, from: world.sender)
            #expect(outcomes.count == intakes.count)
            let isTaken = outcomes.map { if case .taken = $0 { true } else { false } }
            #expect(isTaken.enumerated().filter { !$0.element }.map(\.offset) == [3, 120])
            let interactions = try await world.count("SELECT COUNT(*) FROM interaction")
            #expect(interactions == 248)
            #expect(try await world.count("SELECT COUNT(*) FROM interaction_part") == 249)
            #expect(try await world.count("SELECT COUNT(*) FROM contact") == 41)
            #expect(try await world.count("SELECT COUNT(*) FROM person") == 8)
            #expect(try await world.said().count == 249)
        }
    }

    @Test(arguments: engines)
    func `an update makes an interaction and fills it in`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            var update = Intake(externalID: "pbx-1", act: .update)
            update.service = world.chat.id.description
            update.customer = IntakeCustomer(email: "ivan@example.com")
            let made = try await world.interactions.complete(update, from: world.sender)
            #expect(made.isNew)
            #expect(made.interaction.channel == .chat)
            #expect(made.interaction.state == .open)
            update.service = nil
            update.customer = IntakeCustomer(name: "Иван")
            let filled = try await world.interactions.complete(update, from: world.sender)
            #expect(!filled.isNew)
            #expect(filled.interaction.customerEmail == "ivan@example.com")
            #expect(filled.interaction.customerName == "Иван")
            #expect(filled.interaction.contact == made.interaction.contact)
            #expect(try await world.said() == [])
        }
    }

    @Test(arguments: engines)
    func `an interaction that is not there is neither completed nor ended alone`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            for act in [Intake.Act.complete, .end] {
                var intake = Intake(externalID: "nobody", act: act)
                intake.mayMake = false
                let asked = intake
                let refusals = await #expect(throws: Refusals.self) {
                    _ = try await world.interactions.complete(asked, from: world.sender)
                }
                #expect(refusals?.all.map(\.kind) == [.notFound])
            }
        }
    }
}
