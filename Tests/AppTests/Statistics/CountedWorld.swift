// SPDX-License-Identifier: Apache-2.0
// A centre whose raw rows and events are made together, as the rooms make them, so that figures can be compared.
import Foundation
import Logging
import Markup
import Storage
import TestSupport

@testable import App

/// Writes raw rows and tells Statistics in the same transaction.
struct CountedWorld {
    let tenant: TenantID
    let database: Database
    let statistics: Statistics
    let installation: Installation
    let fields: [String: SurveyField]
    let service: Service
    let form = FormID(raw: 900)

    static let zone = "Europe/Moscow"

    static func with(
        _ engine: Dialect, kind: Tenant.Kind = .production, _ body: (CountedWorld) async throws -> Void
    ) async throws {
        try await withAppDatabase(engine) { database in
            let installation = Installation(
                database: database, clock: TestClock().clock,
                secret: ServerSecret(bytes: Array(repeating: 7, count: 32)),
                catalogue: try TestAssets.shared().catalogue, baseURL: "http://localhost",
                dataFolder: URL(fileURLWithPath: "/nonexistent"), logger: Logger(label: "test"))
            let surveys = Surveys(installation: installation)
            let accounts = Accounts(installation: installation)
            let (tenant, fields) = try await database.write { tx in
                var new = NewTenant(key: "demo", name: "Демо")
                new.kind = kind
                new.timeZone = zone
                let id = try accounts.createTenant(new, in: tx, at: Moment(milliseconds: 0))
                try surveys.welcome(id, language: "ru", in: tx)
                return (id, try surveys.fields(of: id, in: tx))
            }
            try await body(
                CountedWorld(
                    tenant: tenant, database: database, statistics: Statistics(installation: installation),
                    installation: installation, fields: fields, service: Self.service(1)))
        }
    }

    static func service(_ id: Int64) -> Service {
        Service(
            id: ServiceID(raw: id), name: "Продажи", type: .inbound, usesDispositions: true, requiresDisposition: true,
            language: nil, team: nil, isEnabled: true)
    }

    func belonging(agent: Int64?, team: Int64?, on day: LocalDay, service: Int64 = 1) -> Belonging {
        Belonging(
            agent: agent.map { PersonID(raw: $0) }, team: team.map { TeamID(raw: $0) },
            service: ServiceID(raw: service), disposition: nil, channel: .voice, completedOn: day)
    }

    /// An agent's finished part.
    func complete(_ belonging: Belonging, isTest: Bool = false, in tx: any Transaction) throws -> InteractionID {
        let id = tx.new(InteractionID.self)
        // Noon in Moscow on that day.
        let at = Moment(milliseconds: Int64(belonging.completedOn.daysSince1970) * 86_400_000 + 9 * 3_600_000)
        try tx.execute(
            """
            INSERT INTO interaction (
                tenant_id, id, source, external_id, channel, direction, service_id, data, completed_on, is_test,
                created_at, changed_at)
            VALUES (
                \(tenant), \(id), 'test', \(id.description), 'voice', 'inbound', \(belonging.service), '{}',
                \(belonging.completedOn), \(isTest), \(at), \(at))
            """)
        try tx.execute(
            """
            INSERT INTO interaction_part (
                tenant_id, interaction_id, part, id, agent_id, team_id, note, completed_at, fingerprint)
            VALUES (
                \(tenant), \(id), '1', \(tx.newID()), \(belonging.agent), \(belonging.team), '', \(at), \([UInt8]()))
            """)
        let event = InteractionCompleted(
            tenant: tenant, interaction: id, isNew: false, channel: .voice, direction: .inbound,
            service: Self.service(belonging.service.raw), part: .init(part: "1", agent: belonging.agent, note: ""),
            isEnd: true, disposition: nil, disposedText: nil, agent: belonging.agent, team: belonging.team,
            contact: nil, caseID: nil, caseNumber: nil, caseTitle: nil, customerName: nil, customerEmail: nil,
            customerPhone: nil, language: nil, sentiment: nil, data: [:], startedAt: nil, endedAt: at,
            completedOn: belonging.completedOn,
            isTest: isTest)
        try statistics.count([event], in: tx, at: at)
        return id
    }

    /// An invitation in its first state.
    func invite(
        _ interaction: InteractionID, _ belonging: Belonging, isTest: Bool = false, in tx: any Transaction
    ) throws -> Invitation {
        let id = tx.new(InvitationID.self)
        try tx.execute(
            """
            INSERT INTO invitation (
                tenant_id, id, interaction_id, scope_form_id, form_id, run_id, address_folded, agent_id, team_id,
                service_id, disposition_id, channel, completed_on, state, state_at, created_at, scores, fetches,
                is_test)
            VALUES (
                \(tenant), \(id), \(interaction), 0, \(form), 1, 'a@example.org', \(belonging.agent), \(belonging.team),
                \(belonging.service), \(belonging.disposition), 'voice', \(belonging.completedOn), 'queued', 0, 0, '{}',
                0, \(isTest))
            """)
        let invitation = Invitation(
            id: id, tenant: tenant, interaction: interaction, form: form, run: RunID(raw: 1), belonging: belonging,
            addressFolded: "a@example.org", language: nil, state: .queued, createdAt: Moment(milliseconds: 0),
            scores: [:], isTest: isTest)
        let change = InvitationChanged(invitation: invitation, from: nil, to: .queued)
        try statistics.count([change], in: tx, at: Moment(milliseconds: 0))
        return invitation
    }

    func move(_ invitation: inout Invitation, to state: InvitationState, in tx: any Transaction) throws {
        let from = invitation.state
        invitation.state = state
        try tx.execute(
            "UPDATE invitation SET state = \(state) WHERE tenant_id = \(tenant) AND id = \(invitation.id)")
        let change = InvitationChanged(invitation: invitation, from: from, to: state)
        try statistics.count([change], in: tx, at: Moment(milliseconds: 0))
    }

    /// A counted submit; values by field key, nil for N/A.
    func answer(
        _ invitation: inout Invitation, _ values: [String: Double?], on day: LocalDay,
        replacing old: [AnswersSubmitted.Value] = [], language: String = "ru", oldLanguage: String? = nil,
        in tx: any Transaction
    ) throws -> [AnswersSubmitted.Value] {
        let submission = tx.new(SubmissionID.self)
        try tx.execute(
            """
            UPDATE submission SET state = 'replaced'
            WHERE tenant_id = \(tenant) AND invitation_id = \(invitation.id) AND state = 'counted'
            """)
        try tx.execute(
            """
            INSERT INTO submission (
                tenant_id, id, invitation_id, form_id, version_id, language, state, fingerprint, evidence, submitted_at,
                answered_on, is_test)
            VALUES (
                \(tenant), \(submission), \(invitation.id), \(form), 1, \(language), 'counted', \([UInt8]()), '{}', 0,
                \(day), \(invitation.isTest))
            """)
        var counted: [AnswersSubmitted.Value] = []
        for (key, number) in values.sorted(by: { $0.key < $1.key }) {
            guard let field = fields[key] else { continue }
            try tx.execute(
                """
                INSERT INTO answer (
                    tenant_id, submission_id, block, field_id, series, number, is_not_applicable, content)
                VALUES (
                    \(tenant), \(submission), \(key), \(field.id), \(field.series), \(number), \(number == nil), '{}')
                """)
            counted.append(AnswersSubmitted.Value(field: field.id, series: field.series, number: number))
        }
        if invitation.state != .answered { try move(&invitation, to: .answered, in: tx) }
        var event = AnswersSubmitted(
            invitation: invitation, submission: submission, form: form, language: language, answeredOn: day,
            values: counted, fields: Array(fields.values))
        event.replaced = old
        event.replacedLanguage = oldLanguage
        try statistics.count(event, in: tx, at: Moment(milliseconds: 0))
        return counted
    }

    /// Folds until no delta is left.
    func foldAll() async throws {
        let tenant = self.tenant
        while try await database.write({ tx in
            try StatisticsStore.fold(tenant, limit: 7, in: tx, at: Moment(milliseconds: 0))
        }) ?? 0 > 0 {}
    }

    func figures(
        _ grouping: FigureGrouping = .agent, from: Int = 20260101, to: Int = 20261231,
        _ change: (inout FigureFilter) -> Void = { _ in }
    ) async throws -> Figures {
        var filter = FigureFilter(from: LocalDay(number: from), to: LocalDay(number: to))
        change(&filter)
        return try await statistics.figures(of: tenant, filter, by: grouping)
    }
}
