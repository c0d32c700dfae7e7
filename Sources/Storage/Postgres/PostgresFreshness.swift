// SPDX-License-Identifier: Apache-2.0
// PostgreSQL plans by what it knows of a table's size, and keeps the plans of prepared statements. It looks at grown
// tables once a minute at best: a young database, or one that is being filled, would be read from end to end until
// then.
import NIOConcurrencyHelpers

/// Counts writes, and says when it is time to look whether tables have outgrown what PostgreSQL knows of them.
final class PostgresFreshness: Sendable {
    /// Between two looks. A look costs about as much as a write.
    static let writesBetween = 200

    private let writes = NIOLockedValueBox(0)

    /// Counts a turn; true for the one after which its thread is to look.
    func isDue(after turn: PostgresQueue.Turn) -> Bool {
        guard case .write(let jobs) = turn else { return false }
        return writes.withLockedValue { writes in
            writes += jobs.count
            guard writes >= Self.writesBetween else { return false }
            writes = 0
            return true
        }
    }
}

extension PostgresConnection {
    /// Tables from this size on, and that have grown to so many times what was known, are looked at again. PostgreSQL's
    /// own look follows at a tenth more.
    private static let leastRows = 500
    private static let growth = 3

    /// Lets PostgreSQL look at the tables that have grown much since it last did. Plans that were made before are made
    /// anew. What another process is looking at just now is left to it.
    func refreshGrownTables() throws {
        let grown = try run(
            text: """
                SELECT quote_ident(s.schemaname) || '.' || quote_ident(s.relname) AS name
                FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
                WHERE s.schemaname = current_schema() AND s.n_live_tup >= \(Self.leastRows)
                    AND s.n_live_tup > \(Self.growth) * c.reltuples AND pg_has_role(c.relowner, 'USAGE')
                """, values: [])
        for row in grown.rows { try perform("ANALYZE (SKIP_LOCKED) \(try row.get("name", as: String.self))") }
    }
}
