// SPDX-License-Identifier: Apache-2.0
// Reads runs for people.
import Storage

/// Runs of one centre as they are shown.
struct RunStoryStore {
    let tenant: TenantID
    let tx: any Transaction

    private static let columns: SQL = """
        r.id, r.interaction_id, r.configuration_id, r.event, r.part, r.state, r.reason, r.block, r.created_at,
        r.changed_at, r.due_at, r.is_test, w.name AS workflow_name, c.name AS configuration_name
        FROM run r
        LEFT JOIN workflow w ON w.tenant_id = r.tenant_id AND w.id = r.workflow_id
        LEFT JOIN workflow_configuration c ON c.tenant_id = r.tenant_id AND c.id = r.configuration_id
        """

    func stories(of interactions: [InteractionID]) throws -> [RunStory] {
        let list = RunStore.list(interactions)
        return try stories(
            tx.query(
                """
                SELECT \(Self.columns) WHERE r.tenant_id = \(tenant) AND r.interaction_id IN (\(list)) ORDER BY r.id
                """))
    }

    func story(_ id: RunID) throws -> RunStory? {
        try stories(tx.query("SELECT \(Self.columns) WHERE r.tenant_id = \(tenant) AND r.id = \(id)")).first
    }

    private func stories(_ rows: [Row]) throws -> [RunStory] {
        let lines = try lines(of: rows.map { try $0.get("id") })
        return try rows.map { row in
            let id: RunID = try row.get("id")
            return RunStory(
                id: id, interaction: try row.get("interaction_id"),
                workflow: try row.get("workflow_name", as: String?.self) ?? "",
                configuration: try row.get("configuration_name", as: String?.self) ?? "",
                configurationID: try row.get("configuration_id"), event: try row.get("event"),
                part: try row.get("part"), state: try row.get("state"), reason: try row.get("reason"),
                block: try row.get("block"), createdAt: try row.get("created_at"),
                changedAt: try row.get("changed_at"), dueAt: try row.get("due_at"), isTest: try row.get("is_test"),
                lines: lines[id] ?? [])
        }
    }

    private func lines(of runs: [RunID]) throws -> [RunID: [RunLine]] {
        guard !runs.isEmpty else { return [:] }
        let rows = try tx.query(
            """
            SELECT run_id, at, block, outcome, details FROM run_step
            WHERE tenant_id = \(tenant) AND run_id IN (\(RunStore.list(runs))) ORDER BY run_id, id
            """)
        var lines: [RunID: [RunLine]] = [:]
        for row in rows {
            let outcome: String = try row.get("outcome")
            guard let known = RunLine.Outcome(rawValue: outcome) else {
                throw StorageError.unexpectedValue(column: "outcome", found: outcome, wanted: "a step's outcome")
            }
            var arguments: [String: String] = [:]
            if case .object(let members) = try JSON(text: row.get("details")) {
                arguments = members.compactMapValues(\.scalarText)
            }
            lines[try row.get("run_id"), default: []].append(
                RunLine(at: try row.get("at"), block: try row.get("block"), outcome: known, arguments: arguments))
        }
        return lines
    }

    /// The titles of the blocks of a run's version, where they have one.
    func titles(of run: RunID) throws -> [String: String] {
        let row = try tx.one(
            """
            SELECT v.scenario FROM run r
            JOIN workflow_version v ON v.tenant_id = r.tenant_id AND v.id = r.version_id
            WHERE r.tenant_id = \(tenant) AND r.id = \(run)
            """)
        guard let row else { return [:] }
        let scenario: Scenario = try fromJSON(row.get("scenario"))
        return Dictionary(
            scenario.allBlocks.filter { !$0.title.isEmpty }.map { ($0.key, $0.title) },
            uniquingKeysWith: { first, _ in first })
    }

    func considered(for interaction: InteractionID, service: ServiceID) throws -> [ConsideredConfiguration] {
        try tx.query(
            """
            SELECT c.id, c.name, c.is_enabled, w.name AS workflow_name, r.id AS run_id, r.state, r.reason
            FROM workflow_configuration c
            JOIN workflow w ON w.tenant_id = c.tenant_id AND w.id = c.workflow_id
            LEFT JOIN run r ON r.tenant_id = c.tenant_id AND r.configuration_id = c.id
                AND r.interaction_id = \(interaction)
            WHERE c.tenant_id = \(tenant) AND c.service_id = \(service) ORDER BY c.id, r.id
            """
        ).map { row in
            ConsideredConfiguration(
                id: try row.get("id"), name: try row.get("name"), workflow: try row.get("workflow_name"),
                isEnabled: try row.get("is_enabled"), run: try row.get("run_id"), state: try row.get("state"),
                reason: try row.get("reason"))
        }
    }
}
