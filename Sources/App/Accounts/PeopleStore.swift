// SPDX-License-Identifier: Apache-2.0
// People, their roles and whom they supervise, in the database.
import Storage

/// The tables `person`, `person_role` and `supervised_team` of one centre.
struct PeopleStore {
    let tx: any Transaction
    let tenant: TenantID

    static let columns: SQL = """
        p.tenant_id, p.id, p.login, p.first_name, p.last_name, p.email, p.team_id, p.language, p.time_zone,
        p.is_active, p.needs_review, CASE WHEN p.password_hash IS NULL THEN 0 ELSE 1 END AS can_sign_in
        """

    func people(_ ids: some Sequence<PersonID>) throws -> [Person] {
        let list = Set(ids).sorted().map { "\($0)" as SQL }
        if list.isEmpty { return [] }
        return try people(Self.people(where: "p.id IN (\(list.joined(separator: ", ")))", of: tenant))
    }

    func people(foldedLogins: some Sequence<String>) throws -> [String: Person] {
        guard let lookUp = Self.people(foldedLogins: foldedLogins, of: tenant) else { return [:] }
        let found = try people(lookUp)
        return Dictionary(found.map { ($0.login.folded, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Everybody, in order of their login names.
    func everybody() throws -> [Person] {
        let rows = try tx.query(
            "SELECT \(Self.columns) FROM person p WHERE p.tenant_id = \(tenant) ORDER BY p.login_folded, p.id")
        var roles: [PersonID: Set<Role>] = [:]
        for row in try tx.query("SELECT person_id, role FROM person_role WHERE tenant_id = \(tenant)") {
            if let role = Role(rawValue: try row.at(1)) { roles[try row.at(0), default: []].insert(role) }
        }
        return try rows.map { row in
            var person = try Self.person(row)
            person.roles = roles[person.id] ?? []
            return person
        }
    }

    /// People by their login names; nil for none.
    static func people(foldedLogins: some Sequence<String>, of tenant: TenantID) -> SQL? {
        let list = Set(foldedLogins).sorted().map { "\($0)" as SQL }
        return list.isEmpty ? nil : people(where: "p.login_folded IN (\(list.joined(separator: ", ")))", of: tenant)
    }

    private static func people(where condition: SQL, of tenant: TenantID) -> SQL {
        """
        SELECT \(columns), r.role FROM person p
        LEFT JOIN person_role r ON r.tenant_id = p.tenant_id AND r.person_id = p.id
        WHERE p.tenant_id = \(tenant) AND \(condition) ORDER BY p.id
        """
    }

    private func people(_ lookUp: SQL) throws -> [Person] {
        let rows = try tx.query(lookUp)
        var people: [Person] = []
        for row in rows {
            let person = try Self.person(row)
            if people.last?.id != person.id { people.append(person) }
            if let role = try row.get("role", as: String?.self).flatMap(Role.init(rawValue:)) {
                people[people.count - 1].roles.insert(role)
            }
        }
        return people
    }

    func withRoles(_ people: [Person]) throws -> [Person] {
        if people.isEmpty { return [] }
        let list = people.map { "\($0.id)" as SQL }.joined(separator: ", ")
        var roles: [PersonID: Set<Role>] = [:]
        for row in try tx.query(
            "SELECT person_id, role FROM person_role WHERE tenant_id = \(tenant) AND person_id IN (\(list))")
        {
            if let role = Role(rawValue: try row.at(1)) { roles[try row.at(0), default: []].insert(role) }
        }
        return people.map { person in
            var whole = person
            whole.roles = roles[person.id] ?? []
            return whole
        }
    }

    static func person(_ row: Row) throws -> Person {
        Person(
            id: try row.get("id"), tenant: try row.get("tenant_id"), login: try row.get("login"),
            firstName: try row.get("first_name"), lastName: try row.get("last_name"), email: try row.get("email"),
            team: try row.get("team_id"), language: try row.get("language"), timeZone: try row.get("time_zone"),
            isActive: try row.get("is_active"), needsReview: try row.get("needs_review"),
            canSignIn: try row.get("can_sign_in"), roles: [])
    }

    /// Makes a person; nil when the login name is taken.
    func insert(_ new: NewPerson, passwordHash: String?, needsReview: Bool, at now: Moment) throws -> PersonID? {
        let id: PersonID = tx.new()
        let changed = try tx.execute(
            """
            INSERT INTO person (tenant_id, id, login, login_folded, first_name, last_name, name_folded, email,
                email_folded, team_id, language, time_zone, password_hash, is_active, needs_review, created_at)
            VALUES (\(tenant), \(id), \(new.login), \(new.login.folded), \(new.firstName), \(new.lastName),
                \(new.nameFolded), \(new.email), \(new.email?.folded), \(new.team), \(new.language),
                \(new.timeZone), \(passwordHash), 1, \(needsReview), \(now))
            ON CONFLICT (tenant_id, login_folded) DO NOTHING
            """)
        guard changed == 1 else { return nil }
        try setRoles(of: id, to: new.roles)
        if new.roles.contains(.provider) { try setProvider(true, id) }
        try setSupervisedTeams(of: id, to: new.supervisedTeams)
        return id
    }

    /// Makes people without sign-in for login names that nobody has, all in one statement; those that another
    /// transaction makes at the same time are left alone.
    /// - Returns: those that were made.
    func insertAgents(
        _ agents: [AgentReference], language: String, at now: Moment
    ) throws -> [(id: PersonID, login: String)] {
        let values: [SQL] = agents.map { agent in
            let id: PersonID = tx.new()
            return """
                (\(tenant), \(id), \(agent.login), \(agent.login.folded), \(""), \(""), \(agent.team), \(language),
                1, 1, \(now))
                """
        }
        let made = try tx.query(
            """
            INSERT INTO person (tenant_id, id, login, login_folded, first_name, last_name, team_id, language,
                is_active, needs_review, created_at)
            VALUES \(values.joined(separator: ", "))
            ON CONFLICT (tenant_id, login_folded) DO NOTHING RETURNING id, login
            """)
        if made.isEmpty { return [] }
        let roles: [SQL] = try made.map { row in
            let person: PersonID = try row.at(0)
            return "(\(tenant), \(person), \(Role.agent.rawValue))"
        }
        try tx.execute(
            "INSERT INTO person_role (tenant_id, person_id, role) VALUES \(roles.joined(separator: ", "))")
        return try made.map { (try $0.at(0), try $0.at(1)) }
    }

    func update(_ person: PersonID, to new: NewPerson, isActive: Bool) throws {
        try tx.execute(
            """
            UPDATE person SET first_name = \(new.firstName), last_name = \(new.lastName),
                name_folded = \(new.nameFolded), email = \(new.email), email_folded = \(new.email?.folded),
                team_id = \(new.team), language = \(new.language), time_zone = \(new.timeZone),
                is_active = \(isActive), needs_review = 0
            WHERE tenant_id = \(tenant) AND id = \(person)
            """)
        try setRoles(of: person, to: new.roles)
        try setSupervisedTeams(of: person, to: new.supervisedTeams)
    }

    /// The roles in the centre; whether somebody is a provider is not the centre's to say, see ``setProvider(_:_:)``.
    private func setRoles(of person: PersonID, to roles: Set<Role>) throws {
        try tx.execute(
            """
            DELETE FROM person_role
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND role <> \(Role.provider.rawValue)
            """)
        let values = roles.subtracting([.provider]).map { "(\(tenant), \(person), \($0.rawValue))" as SQL }
        if values.isEmpty { return }
        try tx.execute(
            "INSERT INTO person_role (tenant_id, person_id, role) VALUES \(values.joined(separator: ", "))")
    }

    func setProvider(_ isOne: Bool, _ person: PersonID) throws {
        let role = Role.provider.rawValue
        guard isOne else {
            try tx.execute(
                """
                DELETE FROM person_role WHERE tenant_id = \(tenant) AND person_id = \(person) AND role = \(role)
                """)
            return
        }
        try tx.execute(
            """
            INSERT INTO person_role (tenant_id, person_id, role) VALUES (\(tenant), \(person), \(role))
            ON CONFLICT (tenant_id, person_id, role) DO NOTHING
            """)
    }

    /// Only teams of this centre are taken, whatever ids were sent.
    private func setSupervisedTeams(of person: PersonID, to teams: Set<TeamID>) throws {
        try tx.execute("DELETE FROM supervised_team WHERE tenant_id = \(tenant) AND person_id = \(person)")
        let list = teams.map { "\($0)" as SQL }
        if list.isEmpty { return }
        try tx.execute(
            """
            INSERT INTO supervised_team (tenant_id, person_id, team_id)
            SELECT tenant_id, \(person), id FROM team
            WHERE tenant_id = \(tenant) AND id IN (\(list.joined(separator: ", ")))
            """)
    }

    func supervisedTeams(of person: PersonID) throws -> Set<TeamID> {
        let rows = try tx.query(
            "SELECT team_id FROM supervised_team WHERE tenant_id = \(tenant) AND person_id = \(person)")
        return Set(try rows.map { try $0.at(0) })
    }

    /// Who supervises which teams, of everybody.
    func supervisedTeams() throws -> [PersonID: Set<TeamID>] {
        var teams: [PersonID: Set<TeamID>] = [:]
        for row in try tx.query("SELECT person_id, team_id FROM supervised_team WHERE tenant_id = \(tenant)") {
            teams[try row.at(0), default: []].insert(try row.at(1))
        }
        return teams
    }

    /// Active administrators, the longest there first. On PostgreSQL their roles are locked, so that two people
    /// cannot take each other's away at once.
    func lockedAdministrators() throws -> [PersonID] {
        try tx.query(
            """
            SELECT r.person_id FROM person_role r
            JOIN person p ON p.tenant_id = r.tenant_id AND p.id = r.person_id
            WHERE r.tenant_id = \(tenant) AND r.role = \(Role.administrator.rawValue) AND p.is_active = 1
            ORDER BY r.person_id\(Fragment.forUpdate)
            """
        ).map { try $0.at(0) }
    }

    func passwordHash(of person: PersonID) throws -> String? {
        try tx.one(
            "SELECT password_hash FROM person WHERE tenant_id = \(tenant) AND id = \(person) AND is_active = 1"
        )?.at(0)
    }

    func setPasswordHash(_ hash: String, of person: PersonID) throws {
        try tx.execute(
            "UPDATE person SET password_hash = \(hash) WHERE tenant_id = \(tenant) AND id = \(person)")
    }

    func setActive(_ isActive: Bool, _ person: PersonID) throws {
        try tx.execute(
            "UPDATE person SET is_active = \(isActive) WHERE tenant_id = \(tenant) AND id = \(person)")
    }

    /// Gives somebody another login name and names; false when somebody else has that login name.
    func rename(_ person: PersonID, to new: NewPerson) throws -> Bool {
        try tx.execute(
            """
            UPDATE person SET login = \(new.login), login_folded = \(new.login.folded),
                first_name = \(new.firstName), last_name = \(new.lastName), name_folded = \(new.nameFolded),
                email = \(new.email), email_folded = \(new.email?.folded), language = \(new.language)
            WHERE tenant_id = \(tenant) AND id = \(person) AND NOT EXISTS (
                SELECT 1 FROM person o
                WHERE o.tenant_id = \(tenant) AND o.login_folded = \(new.login.folded) AND o.id <> \(person))
            """) == 1
    }

    /// What somebody says about themselves.
    func setProfile(of person: PersonID, to new: NewPerson) throws {
        try tx.execute(
            """
            UPDATE person SET first_name = \(new.firstName), last_name = \(new.lastName), email = \(new.email),
                email_folded = \(new.email?.folded), language = \(new.language), time_zone = \(new.timeZone)
            WHERE tenant_id = \(tenant) AND id = \(person)
            """)
    }

    func setLanguage(of person: PersonID, to language: String) throws {
        try tx.execute("UPDATE person SET language = \(language) WHERE tenant_id = \(tenant) AND id = \(person)")
    }

    func setTheme(of person: PersonID, to theme: Theme) throws {
        try tx.execute("UPDATE person SET theme = \(theme) WHERE tenant_id = \(tenant) AND id = \(person)")
    }
}
