// SPDX-License-Identifier: Apache-2.0
// A centre with two services, and an ear that keeps what Interactions says.
import Foundation
import Logging
import Markup
import Storage
import TestSupport

@testable import App

/// An installation around a test's database, with a clock that the test moves.
func testInstallation(_ database: Database, clock: TestClock = TestClock()) -> Installation {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return Installation(
        database: database, clock: clock.clock, secret: ServerSecret(bytes: Array(repeating: 7, count: 32)),
        catalogue: Catalogue(), baseURL: "http://localhost", dataFolder: FileManager.default.temporaryDirectory,
        logger: logger)
}

/// What Interactions has said, kept in a table of the same transaction: what is rolled back was never said.
struct InteractionsWorld {
    let database: Database
    let time = TestClock()
    let tenant: TenantID
    let interactions: Interactions
    let accounts: Accounts
    let sales: Service
    let strict: Service
    let chat: Service

    var sender: IntakeSender { IntakeSender(tenant: tenant, source: "pbx", actor: "api-key:pbx") }

    init(_ database: Database) async throws {
        self.database = database
        let installation = testInstallation(database, clock: time)
        accounts = Accounts(installation: installation)
        let services = Services(installation: installation)
        interactions = Interactions(
            installation: installation, accounts: accounts, services: services,
            contacts: Contacts(installation: installation), events: Self.events)
        let (accounts, now) = (accounts, time.now)
        (tenant, sales, strict, chat) = try await database.write { tx in
            try tx.execute("CREATE TABLE said (id BIGINT PRIMARY KEY, interaction_id BIGINT, what TEXT)")
            let tenant = try accounts.createTenant(NewTenant(key: "demo", name: "Демо"), in: tx, at: now)
            var strict = NewService(name: "Строгий", type: .inbound)
            strict.requiresDisposition = true
            return (
                tenant,
                try services.create(NewService(name: "Продажи", type: .inbound), language: "ru", for: tenant, in: tx),
                try services.create(strict, language: "ru", for: tenant, in: tx),
                try services.create(NewService(name: "Чат", type: .chat), language: "ru", for: tenant, in: tx)
            )
        }
    }

    private static let events = InteractionEvents(
        completed: { events, _, tx, _ in
            try events.map { event in
                let part = event.part?.part ?? "-"
                let what = "\(part)\(event.isEnd ? " end" : "") \(event.disposition?.name ?? "-")"
                return [try say(what, event.interaction, tx)]
            }
        },
        reopened: { _, interaction, tx, _ in _ = try say("reopened", interaction, tx) },
        sentimentArrived: { event, _, tx, _ in
            [try say("sentiment \(event.sentiment ?? 0)", event.interaction, tx)]
        },
        runsStarted: { _, interactions, tx in
            var runs: [InteractionID: [RunStarted]] = [:]
            for row in try tx.query("SELECT id, interaction_id FROM said WHERE what <> 'reopened' ORDER BY id") {
                let interaction: InteractionID = try row.at(1)
                guard interactions.contains(interaction) else { continue }
                runs[interaction, default: []].append(
                    RunStarted(run: try row.at(0), workflow: "w", configuration: "c"))
            }
            return runs
        })

    private static func say(
        _ what: String, _ interaction: InteractionID, _ tx: any Transaction
    ) throws -> RunStarted {
        let run: RunID = RunID(raw: tx.newID())
        try tx.execute("INSERT INTO said (id, interaction_id, what) VALUES (\(run), \(interaction), \(what))")
        return RunStarted(run: run, workflow: "w", configuration: "c")
    }

    /// What was said so far, in order.
    func said() async throws -> [String] {
        try await database.query("SELECT what FROM said ORDER BY id").map { try $0.at(0) }
    }

    func count(_ sql: SQL) async throws -> Int { try await database.query(sql)[0].at(0) }

    /// An intake as a PBX would send it.
    func intake(_ externalID: String = "pbx-1", _ change: (inout Intake) -> Void = { _ in }) -> Intake {
        var intake = Intake(externalID: externalID, act: .complete)
        intake.service = "Продажи"
        intake.completion.agent = "petrova"
        intake.disposition = DispositionReference(any: "Заказ")
        intake.customer = IntakeCustomer(name: "Иван Смирнов", email: "ivan@example.com", phone: "+7495")
        change(&intake)
        return intake
    }
}

func withInteractions(_ engine: Dialect, _ body: (InteractionsWorld) async throws -> Void) async throws {
    try await withAppDatabase(engine) { try await body(InteractionsWorld($0)) }
}
