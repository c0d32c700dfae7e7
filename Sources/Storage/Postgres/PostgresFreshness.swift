// SPDX-License-Identifier: Apache-2.0
// PostgreSQL plans by what it knows of a table's size, and keeps the plans of prepared statements. It looks at grown
// tables once a minute at best: a young database, or one that is being filled, would be read from end to end until
// then.
import NIOConcurrencyHelpers

/// Counts writes, and says when it is time to look whether tables have outgrown what PostgreSQL knows of them.
final class PostgresFreshness: Sendable {
    /// Between two looks. A look costs about as much as a write.
    static let writesBetween = 50

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
    /// Tables from so many pages on, and that have grown to so many times what was known, are looked at again.
    /// PostgreSQL's own look, which takes more samples, follows at a tenth more.
    private static let leastPages = 8
    private static let growth = 4
    private static let samples = 10

    /// Lets PostgreSQL look at the tables that have grown much since it last did. Plans that were made before are made
    /// anew. What another process is looking at just now is left to it, and where somebody has locked a table for
    /// himself nobody waits: the size of a table cannot be told then.
    func refreshGrownTables() throws {
        try perform(
            "BEGIN; SET LOCAL lock_timeout = '30ms'; SET LOCAL default_statistics_target = \(Self.samples)")
        let grown = try run(
            text: """
                SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema() AND c.relkind = 'r' AND pg_has_role(c.relowner, 'USAGE')
                    AND pg_relation_size(c.oid) / current_setting('block_size')::int
                        > greatest(\(Self.leastPages), \(Self.growth)::bigint * c.relpages)
                """, values: [])
        let names = try grown.rows.map { try $0.get("name", as: String.self) }.joined(separator: ", ")
        try perform(names.isEmpty ? "COMMIT" : "ANALYZE (SKIP_LOCKED) \(names); COMMIT")
    }
}
