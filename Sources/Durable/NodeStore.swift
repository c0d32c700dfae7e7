// SPDX-License-Identifier: Apache-2.0
// The SQL of nodes: join, beat, free what the dead held, leave.
import Storage

/// Rows of `node`, by the database's clock.
enum NodeStore {
    /// What one beat found.
    struct Tended: Sendable {
        let isAlive: Bool
        let others: Int
        let freed: Int
    }

    /// Removes all nodes and leases: the caller knows that no other program is running.
    static func clear(_ database: Database) async throws {
        try await database.write { tx in
            try tx.execute("DELETE FROM node")
            try tx.execute("UPDATE work SET node_id = NULL, lease = NULL WHERE node_id IS NOT NULL")
        }
    }

    /// Takes the lowest number that nobody has, and gives it to the database's mint.
    static func register(_ database: Database) async throws -> Node.Identity {
        // Two nodes that join at once may choose the same number: the loser chooses again.
        for _ in 0..<32 {
            let id = Int64.random(in: 1...Int64.max)
            let number = try await database.write { tx -> Int? in
                try tx.execute(
                    "DELETE FROM node WHERE heartbeat_at < \(.databaseNow) - \(Node.rest.milliseconds)")
                let taken = Set(try tx.query("SELECT number FROM node").map { try $0.at(0, as: Int.self) })
                guard let free = (0..<1024).first(where: { !taken.contains($0) }) else {
                    throw NodeError.noNumberLeft
                }
                let made = try tx.execute(
                    """
                    INSERT INTO node (id, number, started_at, heartbeat_at)
                    VALUES (\(id), \(free), \(.databaseNow), \(.databaseNow))
                    ON CONFLICT (number) DO NOTHING
                    """)
                return made == 1 ? free : nil
            }
            if let number {
                database.mint.use(node: number)
                return Node.Identity(id: id, number: number)
            }
        }
        throw NodeError.noNumberLeft
    }

    static func tend(
        _ identity: Node.Identity, _ database: Database, holds: @escaping @Sendable (Int64) -> Bool
    ) async throws -> Tended {
        try await database.write { tx in
            let validity = Node.validity.milliseconds
            let alive = try tx.execute(
                """
                UPDATE node SET heartbeat_at = \(.databaseNow)
                WHERE id = \(identity.id) AND heartbeat_at >= \(.databaseNow) - \(validity)
                """)
            var freed = try tx.execute(
                """
                UPDATE work SET node_id = NULL, lease = NULL
                WHERE node_id IS NOT NULL
                    AND node_id NOT IN (SELECT id FROM node WHERE heartbeat_at >= \(.databaseNow) - \(validity))
                """)
            // A claim whose answer was lost, or whose settlement failed, is held by nobody.
            let leases = try tx.query("SELECT DISTINCT lease FROM work WHERE node_id = \(identity.id)")
            for lease in try leases.map({ try $0.at(0, as: Int64.self) }) where !holds(lease) {
                freed += try tx.execute(
                    """
                    UPDATE work SET node_id = NULL, lease = NULL
                    WHERE node_id = \(identity.id) AND lease = \(lease)
                    """)
            }
            if freed > 0 { tx.afterCommit { Bell.shared.ringAll() } }
            let others = try tx.one(
                """
                SELECT count(*) AS n FROM node
                WHERE id <> \(identity.id) AND heartbeat_at >= \(.databaseNow) - \(validity)
                """)
            return Tended(isAlive: alive == 1, others: try others?.at(0, as: Int.self) ?? 0, freed: freed)
        }
    }

    static func leave(_ identity: Node.Identity, _ database: Database) async throws {
        try await database.write { tx in
            try tx.execute(
                """
                UPDATE work SET node_id = NULL, lease = NULL,
                    attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END
                WHERE node_id = \(identity.id)
                """)
            try tx.execute("DELETE FROM node WHERE id = \(identity.id)")
        }
    }
}
