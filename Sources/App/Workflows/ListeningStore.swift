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
        for row in try tx.query(Self.configurations(of: services, tenant: tenant)) {
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

    static func configurations(of services: Set<ServiceID>, tenant: TenantID) -> SQL {
        """
        SELECT c.id, c.name, c.service_id, c.workflow_id, c.limits, w.name AS workflow_name, w.version_id,
            t.event, t.disposition_id, t.any_disposition, t.comparison, t.threshold
        FROM workflow_configuration c
        JOIN workflow w ON w.tenant_id = c.tenant_id AND w.id = c.workflow_id
        JOIN workflow_trigger t ON t.tenant_id = c.tenant_id AND t.configuration_id = c.id
        WHERE c.tenant_id = \(tenant) AND c.service_id IN (\(SQL.list(services.sorted()))) AND c.is_enabled = 1
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

    /// What the snapshots of these interactions' variables need beside the interactions: of the centre, the agents and
    /// the teams, in one statement.
    func surroundings(of events: [InteractionCompleted]) throws -> RunSurroundings? {
        var questions: [SQL] = [
            """
            SELECT 0 AS subject, id, name, language, '', CAST(NULL AS TEXT) FROM tenant WHERE id = \(tenant)
            """
        ]
        let agents = Set(events.compactMap(\.agent)).sorted()
        if !agents.isEmpty {
            questions.append(
                """
                SELECT 1, id, login, first_name, last_name, email FROM person
                WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(agents)))
                """)
        }
        let teams = Set(events.compactMap(\.team)).sorted()
        if !teams.isEmpty {
            questions.append(
                """
                SELECT 2, id, name, '', '', NULL FROM team
                WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(teams)))
                """)
        }
        let rows = try tx.query("\(questions.joined(separator: " UNION ALL ")) ORDER BY subject")
        guard let centre = rows.first, try centre.at(0, as: Int.self) == 0 else { return nil }
        var around = RunSurroundings(tenantName: try centre.at(2), tenantLanguage: try centre.at(3))
        for row in rows.dropFirst() {
            if try row.at(0, as: Int.self) == 1 {
                around.agents[try row.at(1)] = RunSurroundings.Agent(
                    login: try row.at(2), firstName: try row.at(3), lastName: try row.at(4), email: try row.at(5))
            } else {
                around.teams[try row.at(1)] = try row.at(2, as: String.self)
            }
        }
        return around
    }
}
