// SPDX-License-Identifier: Apache-2.0
// A small call centre in a database: one service, one form, an agent, an administrator, and the rooms from Invitations
// to Workflows with everything that they say kept.
import Durable
import Foundation
import Logging
import Markup
import Storage
import Synchronization
import TestSupport
import Testing

@testable import App

/// What the rooms have said; only what was committed.
final class Heard: Sendable {
    private let state = Mutex<(messages: [MessageDue], changes: [InvitationChanged], copies: [StaffMailDue])>(
        ([], [], []))

    var messages: [MessageDue] { state.withLock { $0.messages } }
    var changes: [InvitationChanged] { state.withLock { $0.changes } }
    var copies: [StaffMailDue] { state.withLock { $0.copies } }

    func hear(_ messages: [MessageDue], _ tx: any Transaction) {
        tx.afterCommit { self.state.withLock { $0.messages += messages } }
    }
    func hear(_ copies: [StaffMailDue], _ tx: any Transaction) {
        tx.afterCommit { self.state.withLock { $0.copies += copies } }
    }
    func hear(_ changes: [InvitationChanged], _ tx: any Transaction) {
        tx.afterCommit { self.state.withLock { $0.changes += changes } }
    }
}

/// The call centre.
struct CallCentre: Sendable {
    static let tenant = TenantID(raw: 7)
    static let other = TenantID(raw: 8)
    static let form = FormID(raw: 100)
    static let secondForm = FormID(raw: 101)
    static let agent = PersonID(raw: 200)
    static let administrator = PersonID(raw: 201)
    static let service = Service(
        id: ServiceID(raw: 300), name: "Входящий продажи", type: .inbound, usesDispositions: true,
        requiresDisposition: false, language: nil, team: nil, isEnabled: true)
    static let order = disposition(400, "Заказ")
    static let enquiry = disposition(401, "Справка")

    let database: Database
    let clock: TestClock
    let heard: Heard
    let invitations: Invitations
    let inbox: Inbox
    let workflows: Workflows
    let node: Node

    static func disposition(
        _ id: Int64, _ name: String, system: SystemType? = nil, type: DispositionType = .success, doNotAsk: Bool = false
    ) -> Disposition {
        Disposition(
            id: DispositionID(raw: id), service: service.id, folder: DispositionFolderID(raw: 1), name: name,
            description: "", code: nil, type: type, systemType: system, agentSelects: true, doNotAsk: doNotAsk,
            isRetired: false)
    }

    static func open(_ engine: Dialect, _ body: (CallCentre) async throws -> Void) async throws {
        try await withAppDatabase(engine) { database in
            let clock = TestClock()
            let heard = Heard()
            let installation = Installation(
                database: database, clock: clock.clock, secret: ServerSecret(bytes: Array(repeating: 7, count: 32)),
                catalogue: try TestAssets.shared().catalogue, baseURL: "https://otklik.example.com",
                dataFolder: URL(fileURLWithPath: "/nonexistent"), logger: Logger(label: "test"))
            let invitations = Invitations(installation: installation) { changes, tx, _ in heard.hear(changes, tx) }
            let inbox = Inbox(installation: installation) { copies, tx, _ in heard.hear(copies, tx) }
            let workflows = Workflows(
                installation: installation, surveys: Surveys(installation: installation), invitations: invitations,
                inbox: inbox
            ) { messages, tx, _ in heard.hear(messages, tx) }
            let centre = CallCentre(
                database: database, clock: clock, heard: heard, invitations: invitations, inbox: inbox,
                workflows: workflows, node: try await Node.join(database))
            try await centre.furnish()
            try await body(centre)
            try await centre.node.leave()
        }
    }

    private func furnish() async throws {
        let now = clock.now
        try await database.write { tx in
            for (id, name) in [(Self.tenant, "demo"), (Self.other, "other")] {
                try tx.execute(
                    """
                    INSERT INTO tenant (id, key, name, kind, language, time_zone, surveys_enabled,
                        one_survey_per_interaction, ask_within_hours, ask_once_in_days, ask_per_year,
                        ask_share_percent, minimum_n, created_at)
                    VALUES (\(id), \(name), \(name), 'live', 'ru', 'UTC', 1, 1, 72, 0, 0, 100, 30, \(now))
                    """)
            }
            for form in [Self.form, Self.secondForm] {
                try tx.execute(
                    """
                    INSERT INTO survey_form (tenant_id, id, name, name_folded, version_id, valid_days, edit_hours,
                        revision, changed_at)
                    VALUES (\(Self.tenant), \(form), \(form.description), \(form.description), 1, 14, 24, 1, \(now))
                    """)
            }
            for (id, login, role) in [
                (Self.agent, "petrova", "agent"), (Self.administrator, "admin", "administrator"),
            ] {
                try tx.execute(
                    """
                    INSERT INTO person (tenant_id, id, login, login_folded, first_name, last_name, email, email_folded,
                        language, is_active, needs_review, created_at)
                    VALUES (\(Self.tenant), \(id), \(login), \(login), 'Анна', 'Петрова', \(login + "@centre.example"),
                        \(login + "@centre.example"), 'ru', 1, 0, \(now))
                    """)
                try tx.execute(
                    """
                    INSERT INTO person_role (tenant_id, person_id, role) VALUES (\(Self.tenant), \(id), \(role))
                    """)
            }
            try tx.execute(
                """
                INSERT INTO service (tenant_id, id, name, name_folded, type, uses_dispositions, requires_disposition,
                    is_enabled)
                VALUES (\(Self.tenant), \(Self.service.id), 'Sales', 'sales', 'inbound', 1, 0, 1)
                """)
            for disposition in [Self.order, Self.enquiry] {
                try tx.execute(
                    """
                    INSERT INTO disposition (tenant_id, id, service_id, folder_id, name, name_folded, description, type,
                        agent_selects, do_not_ask, is_inbound, is_outbound, is_preview, position)
                    VALUES (\(Self.tenant), \(disposition.id), \(Self.service.id), 1, \(disposition.name),
                        \(disposition.name.folded), '', 'SUCCESS', 1, 0, 1, 1, 1, 0)
                    """)
            }
        }
    }

    /// Changes a setting of the centre or a row of it.
    func change(_ sql: SQL) async throws { _ = try await database.write { try $0.execute(sql) } }

    /// Stores an interaction that has just ended.
    func interaction(_ id: Int64, endedSecondsAgo: Int64 = 0) async throws {
        let ended = clock.now.adding(seconds: -endedSecondsAgo)
        try await change(
            """
            INSERT INTO interaction (tenant_id, id, source, external_id, channel, direction, service_id, ended_at, data,
                is_test, created_at, changed_at)
            VALUES (\(Self.tenant), \(id), 'test', \(String(id)), 'voice', 'inbound', \(Self.service.id),
                \(ended), '{}',
                0, \(ended), \(ended))
            """)
    }

    /// A workflow of these blocks with one configuration.
    @discardableResult func workflow(
        _ blocks: [ScenarioBlock], name: String = "Оценка", triggers: [Trigger] = [.agentCompletes(.one(order.id))]
    ) async throws -> (workflow: WorkflowID, configuration: ConfigurationID) {
        let now = clock.now
        return try await database.write { tx in
            let workflow = try workflows.create(
                name: name, scenario: Scenario(blocks: blocks), of: Self.tenant, by: nil, in: tx, at: now)
            let configuration = try workflows.addConfiguration(
                NewConfiguration(workflow: workflow, service: Self.service.id, name: name, triggers: triggers),
                of: Self.tenant, in: tx, at: now)
            return (workflow, configuration)
        }
    }

    /// - Parameter isLater: leaves the first steps to ``runDue()``.
    @discardableResult func consider(
        _ event: InteractionCompleted, isLater: Bool = false
    ) async throws -> [RunStarted] {
        let now = clock.now
        return try await database.writeRepeatedly {
            try workflows.consider([event], isLater: isLater, in: $0, at: now)[0]
        }
    }

    /// Stores an interaction and considers it.
    @discardableResult func complete(
        _ id: Int64, email: String? = "ivan@example.com", isLater: Bool = false
    ) async throws -> [RunStarted] {
        try await interaction(id)
        return try await consider(event(id, email: email), isLater: isLater)
    }

    func event(
        _ id: Int64, disposition: Disposition? = CallCentre.order, email: String? = "ivan@example.com",
        part: String? = "1", isEnd: Bool = true
    ) -> InteractionCompleted {
        Self.sample(id, disposition: disposition, email: email, part: part, isEnd: isEnd, at: clock.now)
    }

    static func sample(
        _ id: Int64 = 1, disposition: Disposition?, email: String? = "ivan@example.com", part: String?, isEnd: Bool,
        sentiment: Double? = nil, at now: Moment = Moment(milliseconds: 1_772_442_000_000)
    ) -> InteractionCompleted {
        InteractionCompleted(
            tenant: tenant, interaction: InteractionID(raw: id), isNew: false, channel: .voice, direction: .inbound,
            service: service, part: part.map { .init(part: $0, agent: agent, note: "позвонить") },
            isEnd: isEnd, disposition: disposition, disposedText: nil, agent: agent, team: nil, contact: nil,
            caseID: nil, caseNumber: "C-1001", caseTitle: nil, customerName: "Иван Смирнов", customerEmail: email,
            customerPhone: "+74950000000", language: nil, sentiment: sentiment,
            data: ["queue": .string("sales")], startedAt: now.adding(seconds: -250), endedAt: now,
            completedOn: LocalDay(number: 20_260_302), isTest: false)
    }

    @discardableResult func runDue() async throws -> Int {
        try await Workers(
            database: database, node: node, handlers: [workflows.handler], clock: { clock.now.milliseconds },
            logger: Logger(label: "test")
        ).runDue(now: clock.now.milliseconds)
    }

    /// Copies what is due to people's mail.
    @discardableResult func copyDue() async throws -> Int {
        try await Workers(
            database: database, node: node, handlers: [inbox.handler], clock: { clock.now.milliseconds },
            logger: Logger(label: "test")
        ).runDue(now: clock.now.milliseconds)
    }

    @discardableResult func wait(seconds: Int64) async throws -> Int {
        clock.advance(seconds: seconds)
        return try await runDue()
    }

    func signal(_ run: RunID, _ signal: RunSignal) async throws {
        let now = clock.now
        let said = [MailSignal(run: run, block: nil, signal)]
        try await database.write { try workflows.signal(said, of: Self.tenant, in: $0, at: now) }
    }

    func move(_ invitation: InvitationID, to state: InvitationState) async throws {
        let now = clock.now
        try await database.write { try invitations.move(invitation, of: Self.tenant, to: state, in: $0, at: now) }
    }

    func gates(
        _ run: RunID, _ invitation: InvitationID, to address: String = "ivan@example.com"
    ) async throws -> String? {
        let now = clock.now
        let mail = LeavingMail(run: run, invitation: invitation, addressFolded: address)
        return try await database.write { try workflows.gates([mail], of: Self.tenant, in: $0, at: now)[mail] }
    }

    func story(_ run: RunID) async throws -> RunStory {
        try #require(await database.read { try workflows.run(run, of: Self.tenant, in: $0) })
    }

    func count(_ sql: SQL) async throws -> Int { try await database.query(sql)[0].at(0) }
    func invitationCount() async throws -> Int { try await count("SELECT COUNT(*) FROM invitation") }
}

extension ScenarioBlock {
    static func wait(_ key: String, _ duration: Int64, _ unit: WaitBlock.Unit = .seconds) -> ScenarioBlock {
        ScenarioBlock(key: key, action: .wait(WaitBlock(duration: duration, unit: unit)))
    }

    static func mail(
        _ key: String, to: String = "${contact.emails[0].email_address}",
        body: String = "<a href=\"$(survey.link:100)\">Оцените</a>", notSent: [ScenarioBlock] = []
    ) -> ScenarioBlock {
        var email = EmailBlock()
        email.to = to
        email.templates = [
            EmailTemplate(language: "ru", subject: "Оцените нас, $(item.firstName)", format: .html, body: body),
            EmailTemplate(language: "en-GB", subject: "Rate us", format: .plain, body: body),
        ]
        email.defaultLanguage = "ru"
        email.notSent = notSent
        return ScenarioBlock(key: key, action: .email(email))
    }

    static func tell(_ key: String, users: String = "petrova", failed: [ScenarioBlock] = []) -> ScenarioBlock {
        ScenarioBlock(
            key: key,
            action: .internalMessage(
                InternalMessageBlock(
                    title: "Не отправлено: $(item.id)", users: users, message: "Причина: $(error.reason)",
                    failed: failed)))
    }

    static func exit(_ key: String) -> ScenarioBlock { ScenarioBlock(key: key, action: .exit) }
}
