// SPDX-License-Identifier: Apache-2.0
// Whom a person field offers: names beside login names, as many as a list can hold that is searched by eye.
import Storage

/// People to choose from.
public enum PersonChoicesStore {
    /// More people are found by typing the login name.
    static let most = 200

    /// The active people of a centre, or of some of its teams, in order of their login names.
    public static func choices(of tenant: TenantID, teams: [TeamID]?) -> SQL {
        var condition: SQL = ""
        if let teams { condition = " AND team_id IN (\(SQL.list([TeamID(raw: 0)] + teams)))" }
        return """
            SELECT login, first_name, last_name FROM person
            WHERE tenant_id = \(tenant) AND is_active = 1\(condition) ORDER BY login_folded LIMIT \(most)
            """
    }

    public static func option(_ row: Row) throws -> PersonOption {
        let names: [String] = [try row.get("first_name"), try row.get("last_name")]
        let login: String = try row.get("login")
        let full = names.filter { !$0.isEmpty }.joined(separator: " ")
        return PersonOption(login: login, name: full.isEmpty ? login : full)
    }
}
