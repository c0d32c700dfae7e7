// SPDX-License-Identifier: Apache-2.0
// Teams in the database.
import Storage

/// The table `team` of one centre.
struct TeamsStore {
    let tx: any Transaction
    let tenant: TenantID

    /// All teams in order of their names, the archived ones included.
    func all() throws -> [Team] {
        try tx.query(
            "SELECT id, name, archived_at FROM team WHERE tenant_id = \(tenant) ORDER BY name_folded"
        ).map(Self.team)
    }

    func team(_ id: TeamID) throws -> Team? {
        try tx.one("SELECT id, name, archived_at FROM team WHERE tenant_id = \(tenant) AND id = \(id)")
            .map(Self.team)
    }

    func team(named name: String) throws -> Team? {
        try tx.one(
            "SELECT id, name, archived_at FROM team WHERE tenant_id = \(tenant) AND name_folded = \(name.folded)"
        ).map(Self.team)
    }

    private static func team(_ row: Row) throws -> Team {
        Team(id: try row.at(0), name: try row.at(1), isArchived: try row.at(2, as: Int64?.self) != nil)
    }

    /// How many active people are in each team that has any.
    func sizes() throws -> [TeamID: Int] {
        let rows = try tx.query(
            """
            SELECT team_id, COUNT(*) FROM person
            WHERE tenant_id = \(tenant) AND team_id IS NOT NULL AND is_active = 1 GROUP BY team_id
            """)
        return Dictionary(try rows.map { (try $0.at(0), try $0.at(1)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Makes a team; nil when the name is taken.
    func insert(_ name: String) throws -> TeamID? {
        let id: TeamID = tx.new()
        let changed = try tx.execute(
            """
            INSERT INTO team (tenant_id, id, name, name_folded) VALUES (\(tenant), \(id), \(name), \(name.folded))
            ON CONFLICT (tenant_id, name_folded) DO NOTHING
            """)
        return changed == 1 ? id : nil
    }

    /// The team of a name, made when there is none.
    func findOrMake(_ name: String) throws -> TeamID {
        if let id = try insert(name) { return id }
        guard let team = try team(named: name) else { throw Refusal.notFound }
        return team.id
    }

    /// Gives a team another name; false when another team has it.
    func rename(_ team: TeamID, to name: String) throws -> Bool {
        try tx.execute(
            """
            UPDATE team SET name = \(name), name_folded = \(name.folded)
            WHERE tenant_id = \(tenant) AND id = \(team) AND NOT EXISTS (
                SELECT 1 FROM team o
                WHERE o.tenant_id = \(tenant) AND o.name_folded = \(name.folded) AND o.id <> \(team))
            """) == 1
    }

    /// Puts a team away at a moment; nil takes it up again. False when it was so already.
    func setArchived(_ moment: Moment?, _ team: TeamID) throws -> Bool {
        let condition: SQL = moment == nil ? "archived_at IS NOT NULL" : "archived_at IS NULL"
        return try tx.execute(
            """
            UPDATE team SET archived_at = CAST(\(moment) AS BIGINT)
            WHERE tenant_id = \(tenant) AND id = \(team) AND \(condition)
            """) == 1
    }
}
