// SPDX-License-Identifier: Apache-2.0
// What has to be read when interactions have ended: who listens, what has run already, and what variables need. A
// constant number of statements, however many interactions.
import Storage

/// The enabled configurations of one centre, asked by many interactions at once.
struct ListeningStore {
    let tenant: TenantID
    let tx: any Transaction

    /// The enabled configurations of services, in the order of their ids.
    func configurations(of services: Set<ServiceID>) throws -> [ServiceID: [ListeningConfiguration]] {
        guard !services.isEmpty else { return [:] }
        var found: [ServiceID: [ListeningConfiguration]] = [:]
        for row in try tx.query(Self.configurations(of: services.sorted(), tenant: tenant)) {
            let trigger = try WorkflowsStore.trigger(row)
            let id: ConfigurationID = try row.get("id")
            let service: ServiceID = try row.get("service_id")
            if let last = found[service]?.indices.last, found[service]?[last].id == id {
                found[service]?[last].triggers.append(trigger)
            } else {
                found[service, default: []].append(
                    ListeningConfiguration(
                        id: id, name: try row.get("name"), workflow: try row.get("workflow_id"),
                        workflowName: try row.get("workflow_name"), version: try row.get("version_id"),
                        limits: try RunStore.limits(try row.get("limits")), triggers: [trigger]))
            }
        }
        return found
    }

    static func configurations(of services: [ServiceID], tenant: TenantID) -> SQL {
        """
        SELECT c.id, c.name, c.service_id, c.workflow_id, c.limits, w.name AS workflow_name, w.version_id,
            t.event, t.disposition_id, t.any_disposition, t.comparison, t.threshold
        FROM workflow_configuration c
        JOIN workflow w ON w.tenant_id = c.tenant_id AND w.id = c.workflow_id
        JOIN workflow_trigger t ON t.tenant_id = c.tenant_id AND t.configuration_id = c.id
        WHERE c.tenant_id = \(tenant) AND c.service_id IN (\(SQL.list(services))) AND c.is_enabled = 1
            AND w.version_id IS NOT NULL
        ORDER BY c.id, t.position
        """
    }

    /// Which configurations have a run for which interaction already, and for which of its parts. Their interactions
    /// are locked, so no other transaction starts one meanwhile.
    func ran(_ interactions: [InteractionID]) throws -> [InteractionID: [ConfigurationID: Set<String>]] {
        guard !interactions.isEmpty else { return [:] }
        var ran: [InteractionID: [ConfigurationID: Set<String>]] = [:]
        for row in try tx.query(Self.ran(interactions, tenant: tenant)) {
            ran[try row.at(0), default: [:]][try row.at(1), default: []].insert(try row.at(2))
        }
        return ran
    }

    static func ran(_ interactions: [InteractionID], tenant: TenantID) -> SQL {
        """
        SELECT interaction_id, configuration_id, part FROM run
        WHERE tenant_id = \(tenant) AND interaction_id IN (\(SQL.list(interactions)))
        """
    }

    /// What the snapshots of these interactions' variables need beside the interactions.
    func surroundings(of events: [InteractionCompleted]) throws -> RunSurroundings? {
        guard
            let centre = try tx.one("SELECT name, language FROM tenant WHERE id = \(tenant)")
        else { return nil }
        var around = RunSurroundings(tenantName: try centre.at(0), tenantLanguage: try centre.at(1))
        let agents = Set(events.compactMap(\.agent)).sorted()
        if !agents.isEmpty {
            let rows = try tx.query(
                """
                SELECT id, login, first_name, last_name, email FROM person
                WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(agents)))
                """)
            for row in rows {
                around.agents[try row.at(0)] = RunSurroundings.Agent(
                    login: try row.at(1), firstName: try row.at(2), lastName: try row.at(3), email: try row.at(4))
            }
        }
        let teams = Set(events.compactMap(\.team)).sorted()
        if !teams.isEmpty {
            let rows = try tx.query(
                "SELECT id, name FROM team WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(teams)))")
            for row in rows { around.teams[try row.at(0)] = try row.at(1, as: String.self) }
        }
        return around
    }
}
