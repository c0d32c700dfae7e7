// SPDX-License-Identifier: Apache-2.0
// Workflows and configurations in the database.
import Storage

/// Workflows of one centre in one transaction.
struct WorkflowsStore {
    let tenant: TenantID
    let tx: any Transaction

    /// The enabled configurations of an interaction's service, and what the snapshot of variables needs: one statement.
    func listening(
        to event: InteractionCompleted
    ) throws -> (configurations: [ListeningConfiguration], around: RunSurroundings?) {
        let rows = try tx.query(Self.listening(to: event, of: tenant))
        var configurations: [ListeningConfiguration] = []
        for row in rows {
            let trigger = try Self.trigger(row)
            let id: ConfigurationID = try row.get("id")
            if configurations.last?.id == id {
                configurations[configurations.count - 1].triggers.append(trigger)
            } else {
                configurations.append(
                    ListeningConfiguration(
                        id: id, name: try row.get("name"), workflow: try row.get("workflow_id"),
                        workflowName: try row.get("workflow_name"), version: try row.get("version_id"),
                        hasRun: try row.get("has_run"), triggers: [trigger]))
            }
        }
        let around = try rows.first.map { row in
            RunSurroundings(
                agentLogin: try row.get("login"), agentFirstName: try row.get("first_name"),
                agentLastName: try row.get("last_name"), agentEmail: try row.get("email"),
                teamName: try row.get("team_name"), tenantName: try row.get("tenant_name"),
                tenantLanguage: try row.get("tenant_language"))
        }
        return (configurations, around)
    }

    static func listening(to event: InteractionCompleted, of tenant: TenantID) -> SQL {
        """
        SELECT c.id, c.name, c.workflow_id, w.name AS workflow_name, w.version_id,
            t.event, t.disposition_id, t.any_disposition, t.comparison, t.threshold,
            n.name AS tenant_name, n.language AS tenant_language,
            p.login, p.first_name, p.last_name, p.email, m.name AS team_name,
            CASE WHEN EXISTS (
                SELECT 1 FROM run r WHERE r.tenant_id = c.tenant_id AND r.interaction_id = \(event.interaction)
                    AND r.configuration_id = c.id
            ) THEN 1 ELSE 0 END AS has_run
        FROM workflow_configuration c
        JOIN workflow w ON w.tenant_id = c.tenant_id AND w.id = c.workflow_id
        JOIN workflow_trigger t ON t.tenant_id = c.tenant_id AND t.configuration_id = c.id
        JOIN tenant n ON n.id = c.tenant_id
        LEFT JOIN person p ON p.tenant_id = c.tenant_id AND p.id = \(event.agent.sqlValue)
        LEFT JOIN team m ON m.tenant_id = c.tenant_id AND m.id = \(event.team.sqlValue)
        WHERE c.tenant_id = \(tenant) AND c.service_id = \(event.service.id) AND c.is_enabled = 1
            AND w.version_id IS NOT NULL
        ORDER BY c.id, t.position
        """
    }

    static func trigger(_ row: Row) throws -> Trigger {
        let disposition: DispositionID? = try row.get("disposition_id")
        let any: String? = try row.get("any_disposition")
        let choice = disposition.map { DispositionChoice.one($0) } ?? (any == "with_system" ? .anyWithSystem : .any)
        switch try row.get("event", as: Trigger.Event.self) {
        case .agentCompletes: return .agentCompletes(choice)
        case .interactionEnds: return .interactionEnds(choice)
        case .averageSentiment: return .averageSentiment(try row.get("comparison"), try row.get("threshold"))
        }
    }

    /// False when the name is taken.
    func insert(_ id: WorkflowID, name: String, by person: PersonID?, at now: Moment) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO workflow (tenant_id, id, name, name_folded, version_id, revision, changed_by, changed_at)
            VALUES (\(tenant), \(id), \(name), \(name.folded), NULL, 1, \(person.sqlValue), \(now))
            ON CONFLICT DO NOTHING
            """) > 0
    }

    /// Adds the next version, and makes it the one for new runs. The caller has locked the workflow.
    func insertVersion(of workflow: WorkflowID, scenario: String, by person: PersonID?, at now: Moment) throws {
        let id = tx.new(WorkflowVersionID.self)
        try tx.execute(
            """
            INSERT INTO workflow_version (tenant_id, id, workflow_id, number, scenario, created_by, created_at)
            SELECT \(tenant), \(id), \(workflow), COALESCE(MAX(number), 0) + 1, \(scenario),
                CAST(\(person.sqlValue) AS BIGINT), \(now)
            FROM workflow_version WHERE tenant_id = \(tenant) AND workflow_id = \(workflow)
            """)
        try tx.execute("UPDATE workflow SET version_id = \(id) WHERE tenant_id = \(tenant) AND id = \(workflow)")
    }

    /// Notes a change of a workflow and locks it; false when there is none.
    func touch(_ workflow: WorkflowID, by person: PersonID?, at now: Moment) throws -> Bool {
        try tx.execute(
            """
            UPDATE workflow SET revision = revision + 1, changed_by = \(person.sqlValue), changed_at = \(now)
            WHERE tenant_id = \(tenant) AND id = \(workflow)
            """) > 0
    }

    func exists(_ workflow: WorkflowID) throws -> Bool {
        try tx.one("SELECT id FROM workflow WHERE tenant_id = \(tenant) AND id = \(workflow)") != nil
    }

    func hasService(_ service: ServiceID) throws -> Bool {
        try tx.one("SELECT id FROM service WHERE tenant_id = \(tenant) AND id = \(service)") != nil
    }

    func dispositions(of service: ServiceID) throws -> Set<DispositionID> {
        Set(
            try tx.query(
                """
                SELECT id FROM disposition
                WHERE tenant_id = \(tenant) AND service_id = \(service) AND retired_at IS NULL
                """
            ).map { try $0.get("id") })
    }

    func insert(_ new: NewConfiguration, as id: ConfigurationID, at now: Moment) throws {
        try tx.execute(
            """
            INSERT INTO workflow_configuration
                (tenant_id, id, workflow_id, service_id, name, is_enabled, limits, changed_at)
            VALUES (\(tenant), \(id), \(new.workflow), \(new.service), \(new.name.trimmed), \(new.isEnabled),
                \(jsonText(new.limits)), \(now))
            """)
        for (position, trigger) in new.triggers.enumerated() { try insert(trigger, of: id, at: position) }
    }

    private func insert(_ trigger: Trigger, of configuration: ConfigurationID, at position: Int) throws {
        var disposition: DispositionID?
        var any: String?
        var comparison: SentimentComparison?
        var threshold: Double?
        switch trigger {
        case .agentCompletes(let choice), .interactionEnds(let choice):
            switch choice {
            case .one(let id): disposition = id
            case .any: any = "any"
            case .anyWithSystem: any = "with_system"
            }
        case .averageSentiment(let given, let number): (comparison, threshold) = (given, number)
        }
        try tx.execute(
            """
            INSERT INTO workflow_trigger (tenant_id, configuration_id, position, id, event, disposition_id,
                any_disposition, comparison, threshold)
            VALUES (\(tenant), \(configuration), \(position), \(tx.newID()), \(trigger.event),
                \(disposition.sqlValue), \(any.sqlValue), \(comparison.sqlValue), \(threshold.sqlValue))
            """)
    }

    /// False when there is no such configuration.
    func setEnabled(_ isEnabled: Bool, _ configuration: ConfigurationID, at now: Moment) throws -> Bool {
        try tx.execute(
            """
            UPDATE workflow_configuration SET is_enabled = \(isEnabled), changed_at = \(now)
            WHERE tenant_id = \(tenant) AND id = \(configuration)
            """) > 0
    }
}
