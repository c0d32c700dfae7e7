// SPDX-License-Identifier: Apache-2.0
// The two tables of this library, as a step of the product's schema.
import Storage

/// The schema of nodes and work.
public enum DurableSchema {
    /// Tables whose rows mean nothing in a copy of a database: which programs run on it.
    public static let left: Set<String> = ["node"]
    /// Columns of the same kind: who holds a row's lease. In a copy every row is free.
    public static let void: [String: Set<String>] = ["work": ["node_id", "lease"]]

    /// The step that makes the tables; the product gives it its place in the list.
    ///
    /// `work_due` finds the next due time, `work_tenant` the tenants with due work, `work_holder` what a dead node
    /// held.
    public static func migration(number: Int) -> Migration {
        Migration(
            number: number, name: "durable",
            text: """
                CREATE TABLE node (
                    id BIGINT PRIMARY KEY,
                    number INTEGER NOT NULL UNIQUE,
                    started_at BIGINT NOT NULL,
                    heartbeat_at BIGINT NOT NULL
                );

                CREATE TABLE work (
                    kind TEXT NOT NULL, -- open
                    tenant_id BIGINT NOT NULL,
                    subject_id BIGINT NOT NULL,
                    due_at BIGINT NOT NULL,
                    node_id BIGINT,
                    lease BIGINT,
                    attempt INTEGER NOT NULL,
                    revision BIGINT NOT NULL,
                    PRIMARY KEY (kind, tenant_id, subject_id)
                ) /*without rowid*/;
                CREATE INDEX work_due ON work (kind, due_at) WHERE node_id IS NULL;
                CREATE INDEX work_tenant ON work (kind, tenant_id, due_at) WHERE node_id IS NULL;
                CREATE INDEX work_holder ON work (node_id) WHERE node_id IS NOT NULL;
                """)
    }
}
