// SPDX-License-Identifier: Apache-2.0
// People as a list asks for them: by words, role, team and state, a page after the other.
import Storage

extension PeopleStore {
    /// People who pass a filter, in order of their login names, after one of them.
    func page(_ filter: PeopleFilter = PeopleFilter(), after: String?, limit: Int) throws -> [Person] {
        var conditions: [SQL] = ["p.tenant_id = \(tenant)", "p.login_folded > \(after ?? "")"]
        conditions += filter.words.map(Self.holds)
        if let role = filter.role {
            conditions.append(
                """
                EXISTS (SELECT 1 FROM person_role r
                    WHERE r.tenant_id = p.tenant_id AND r.person_id = p.id AND r.role = \(role.rawValue))
                """)
        }
        switch filter.team {
        case .any: break
        case .none: conditions.append("p.team_id IS NULL")
        case .one(let team): conditions.append("p.team_id = \(team)")
        }
        if let state = filter.state { conditions.append(Self.isIn(state)) }
        let rows = try tx.query(
            """
            SELECT \(Self.columns) FROM person p WHERE \(conditions.joined(separator: " AND "))
            ORDER BY p.login_folded LIMIT \(limit)
            """)
        return try withRoles(try rows.map(Self.person))
    }

    /// A word stands somewhere in the login name, the names or the address.
    private static func holds(_ word: String) -> SQL {
        var pattern = "%"
        for character in word.folded {
            if "!%_".contains(character) { pattern.append("!") }
            pattern.append(character)
        }
        pattern += "%"
        return """
            (p.login_folded LIKE \(pattern) ESCAPE '!' OR p.name_folded LIKE \(pattern) ESCAPE '!'
                OR p.email_folded LIKE \(pattern) ESCAPE '!')
            """
    }

    private static func isIn(_ state: PersonState) -> SQL {
        switch state {
        case .active: "p.is_active = 1 AND p.password_hash IS NOT NULL"
        case .noPassword: "p.is_active = 1 AND p.password_hash IS NULL"
        case .needsReview: "p.is_active = 1 AND p.needs_review = 1"
        case .inactive: "p.is_active = 0"
        }
    }

    /// Whom a login name or an address means.
    func people(meantBy folded: String, limit: Int) throws -> [Person] {
        let rows = try tx.query(
            """
            SELECT \(Self.columns) FROM person p
            WHERE p.tenant_id = \(tenant) AND (p.login_folded = \(folded) OR p.email_folded = \(folded))
            ORDER BY p.id LIMIT \(limit)
            """)
        return try withRoles(try rows.map(Self.person))
    }

    /// Takes people into a team, or out of theirs.
    func setTeam(of person: PersonID, to team: TeamID?) throws {
        try tx.execute(
            """
            UPDATE person SET team_id = CAST(\(team) AS BIGINT), needs_review = 0
            WHERE tenant_id = \(tenant) AND id = \(person)
            """)
    }

    /// Lets somebody see a team's figures and records; twice is as good as once.
    func supervise(_ team: TeamID, by person: PersonID) throws {
        try tx.execute(
            """
            INSERT INTO supervised_team (tenant_id, person_id, team_id) VALUES (\(tenant), \(person), \(team))
            ON CONFLICT (tenant_id, person_id, team_id) DO NOTHING
            """)
    }

    /// The opposite of ``supervise(_:by:)``.
    func leave(_ team: TeamID, by person: PersonID) throws {
        try tx.execute(
            """
            DELETE FROM supervised_team
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND team_id = \(team)
            """)
    }

    func addRole(_ role: Role, to person: PersonID) throws {
        try tx.execute(
            """
            INSERT INTO person_role (tenant_id, person_id, role) VALUES (\(tenant), \(person), \(role.rawValue))
            ON CONFLICT (tenant_id, person_id, role) DO NOTHING
            """)
    }

    /// Who supervises a team, in order of login names.
    func supervisors(of team: TeamID) throws -> [Person] {
        let rows = try tx.query(
            """
            SELECT \(Self.columns) FROM supervised_team s
            JOIN person p ON p.tenant_id = s.tenant_id AND p.id = s.person_id
            WHERE s.tenant_id = \(tenant) AND s.team_id = \(team) ORDER BY p.login_folded
            """)
        return try withRoles(try rows.map(Self.person))
    }
}
