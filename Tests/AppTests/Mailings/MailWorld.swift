// SPDX-License-Identifier: Apache-2.0
// A centre with a run that writes mail, and a server that takes it.
import Durable
import Foundation
import Post
import Storage
import TestSupport

@testable import App

/// A centre whose mail is under test.
struct MailWorld {
    let app: TestApp
    let tenant = TenantID(raw: 77)
    let run = RunID(raw: 701)
    let interaction = InteractionID(raw: 601)

    /// Does this room's work only: what runs are told is looked at, and they are not stepped.
    let workers: Workers
    let node: Node

    var mailings: Mailings { app.rooms.mailings }

    /// Does what is due now.
    func deliver() async throws {
        try await node.tend()
        try await workers.runDue(now: app.now.milliseconds)
    }

    /// Makes the centre, an administrator, and runs 701… that are sending.
    init(_ app: TestApp, runs: Int = 1) async throws {
        self.app = app
        node = try await Node.join(app.database)
        workers = Workers(
            database: app.database, node: node,
            handlers: app.rooms.mailings.handlers(pool: SMTPPool()),
            clock: { [clock = app.clock] in clock.now.milliseconds }, logger: app.otklik.installation.logger)
        let (tenant, now) = (tenant, app.now)
        try await app.database.write { tx in
            try tx.execute(
                """
                INSERT INTO tenant (id, key, name, kind, language, time_zone, surveys_enabled,
                    one_survey_per_interaction, ask_within_hours, ask_once_in_days, ask_per_year, ask_share_percent,
                    minimum_n, created_at)
                VALUES (\(tenant), 'mail', 'Mail', 'test', 'ru', 'Europe/Moscow', 1, 1, 72, 0, 0, 100, 5, \(now))
                """)
            try tx.execute(
                """
                INSERT INTO person (tenant_id, id, login, login_folded, first_name, last_name, language, is_active,
                    needs_review, created_at)
                VALUES (\(tenant), 5, 'root', 'root', 'Анна', 'Ильина', 'ru', 1, 0, \(now))
                """)
            try tx.execute(
                "INSERT INTO person_role (tenant_id, person_id, role) VALUES (\(tenant), 5, 'administrator')")
            let mail = ScenarioBlock(key: "mail", action: .email(EmailBlock()))
            try tx.execute(
                """
                INSERT INTO workflow_version (tenant_id, id, workflow_id, number, scenario, created_at)
                VALUES (\(tenant), 1, 1, 1, \(try jsonText(Scenario(blocks: [mail]))), \(now))
                """)
            for number in 0..<runs {
                try tx.execute(
                    """
                    INSERT INTO run (tenant_id, id, workflow_id, version_id, configuration_id, interaction_id, part,
                        event, service_id, completed_on, state, block, variables, created_at, changed_at, is_test)
                    VALUES (\(tenant), \(RunID(raw: 701 + Int64(number))), 1, 1, \(number), 601, '', 'test', 1,
                        20260302, 'sending', 'mail', '{}', \(now), \(now), 0)
                    """)
            }
        }
    }

    /// A mail of a run to some recipients.
    func due(
        _ recipients: [String] = ["ivan@customer.example"], run: Int64 = 701, windowSeconds: Int64 = 86400,
        sender: String = "", html: String? = "<p>Здравствуйте!</p>", subject: String = "Как мы справились?"
    ) -> MessageDue {
        MessageDue(
            tenant: tenant, run: RunID(raw: run), block: "mail", interaction: interaction, invitation: nil,
            recipients: recipients.compactMap { EmailAddress($0) }, senderName: "", senderEmail: sender, replyTo: nil,
            subject: subject, html: html, text: html == nil ? "Здравствуйте!" : nil, language: "ru-RU",
            windowEndsAt: app.now.adding(seconds: windowSeconds), isTest: false)
    }

    func compose(_ due: [MessageDue]) async throws {
        let (mailings, now) = (mailings, app.now)
        try await app.database.write { tx in try mailings.compose(due, in: tx, at: now) }
    }

    /// Ends everything that is due in one transaction, each message as it is judged.
    func conclude(_ judge: @escaping @Sendable (LedgerMessage) -> Verdict) async throws {
        let (mailings, tenant, now) = (mailings, tenant, app.now)
        let handler = WorkHandler(kind: Mailings.messageWork, batch: 100, concurrency: 1) { items, _ in
            try await mailings.installation.database.write { tx in
                let rows = try LedgerStore(tx: tx, tenant: tenant).load(items.map { MessageID(raw: $0.subject) })
                let messages = Dictionary(uniqueKeysWithValues: rows.map { ($0.id.raw, $0) })
                let concluded = items.compactMap { item in
                    messages[item.subject].map {
                        Concluded(item: item, message: $0, attempt: $0.attempt, verdict: judge($0))
                    }
                }
                try mailings.conclude(concluded, of: tenant, in: tx, at: now)
            }
        }
        try await Workers(
            database: app.database, node: node, handlers: [handler],
            clock: { [clock = app.clock] in clock.now.milliseconds },
            logger: app.otklik.installation.logger
        ).runDue(now: now.milliseconds)
    }

    /// Adds a key that nobody can open: mail of its domain fails before anything of it leaves.
    func addBrokenKey(of domain: String) async throws {
        let (tenant, now, sealed) = (tenant, app.now, [UInt8](repeating: 7, count: 80))
        try await app.database.write { tx in
            try tx.execute(
                """
                INSERT INTO dkim_key (tenant_id, id, domain, selector, algorithm, record, secret_sealed, created_at)
                VALUES (\(tenant), 1, \(domain), 's', 'ed25519', 'v=DKIM1', \(sealed), \(now))
                """)
        }
    }

    /// Says how mail leaves.
    func save(
        port: Int, user: String? = nil, password: String? = nil, policy: UnknownPolicy = .retryOnce,
        connections: Int = 4, secure: SecureMode = .none, host: String = "127.0.0.1"
    ) async throws {
        var smtp = SMTPSettings.initial(senderName: "Отклик", senderEmail: "survey@centre.example")
        smtp.host = host
        smtp.port = port
        smtp.secure = secure
        smtp.requiresAuthentication = user != nil
        smtp.userName = user
        smtp.password = password
        smtp.unknownPolicy = policy
        smtp.connections = connections
        let (settings, mailings, tenant, now, fixed) = (app.rooms.settings, mailings, tenant, app.now, smtp)
        try await app.database.write { tx in
            try settings.save(fixed, of: tenant, in: tx, at: now)
            try mailings.settingsChanged(of: tenant, in: tx, at: now)
        }
    }

    /// States and replies of all messages, oldest first.
    func messages() async throws -> [(state: String, reply: String?, attempt: Int)] {
        let tenant = tenant
        return try await app.database.query(
            "SELECT state, reply, attempt FROM message WHERE tenant_id = \(tenant) ORDER BY id"
        ).map { (try $0.at(0), try $0.at(1), try $0.at(2)) }
    }

    func states() async throws -> [String] { try await messages().map(\.state) }

    /// What the runs were told, in their order.
    func signals() async throws -> [RunSignal?] {
        let tenant = tenant
        let rows = try await app.database.query(
            """
            SELECT r.id, s.outcome, s.details FROM run r
            LEFT JOIN run_step s ON s.tenant_id = r.tenant_id AND s.run_id = r.id
                AND s.outcome IN ('mail_sent', 'mail_not_sent', 'not_asked')
            WHERE r.tenant_id = \(tenant) ORDER BY r.id, s.id
            """)
        return try rows.map { row in
            guard let outcome: String = try row.get("outcome") else { return nil }
            let reason = try JSON(text: row.get("details"))["reason"]?.scalarText ?? ""
            switch outcome {
            case "mail_sent": return .mailSent
            case "mail_not_sent": return .mailNotSent(reason: reason)
            default: return .notAsked(gate: reason)
            }
        }
    }

    /// The titles in the administrator's inbox.
    func notices() async throws -> [String] {
        let tenant = tenant
        return try await app.database.query(
            "SELECT title FROM internal_message WHERE tenant_id = \(tenant) ORDER BY id"
        ).map { try $0.at(0) }
    }
}

extension MailWorld {
    /// A world with a server; runs' own work is left alone, since only what they are told is looked at.
    static func run(
        _ engine: Dialect, runs: Int = 1, _ behaviour: ScriptedSMTPServer.Behaviour = .init(),
        _ body: (MailWorld, ScriptedSMTPServer) async throws -> Void
    ) async throws {
        let server = try await ScriptedSMTPServer.start(behaviour)
        try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold"]) { app in
            let world = try await MailWorld(app, runs: runs)
            try await body(world, server)
            try await world.node.leave()
        }
        try await server.stop()
    }
}
