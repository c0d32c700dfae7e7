// SPDX-License-Identifier: Apache-2.0
// Workflows and configurations in the database.
import Storage

/// Workflows of one centre in one transaction.
struct WorkflowsStore {
    let tenant: TenantID
    let tx: any Transaction

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
        try insert(new.triggers, of: id)
    }

    /// Writes a configuration's triggers, in their order.
    func insert(_ triggers: [Trigger], of configuration: ConfigurationID) throws {
        let rows = triggers.enumerated().map { row($1, of: configuration, at: $0) }
        try tx.execute(
            """
            INSERT INTO workflow_trigger (tenant_id, configuration_id, position, id, event, disposition_id,
                any_disposition, comparison, threshold)
            VALUES \(rows.joined(separator: ", "))
            """)
    }

    private func row(_ trigger: Trigger, of configuration: ConfigurationID, at position: Int) -> SQL {
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
        return """
            (\(tenant), \(configuration), \(position), \(tx.newID()), \(trigger.event), \(disposition), \(any),
            \(comparison), \(threshold))
            """
    }

    /// Gives the configuration's name; nil when there is none such.
    func setEnabled(_ isEnabled: Bool, _ configuration: ConfigurationID, at now: Moment) throws -> String? {
        try tx.one(
            """
            UPDATE workflow_configuration SET is_enabled = \(isEnabled), changed_at = \(now)
            WHERE tenant_id = \(tenant) AND id = \(configuration) RETURNING name
            """)?.at(0)
    }
}
