// SPDX-License-Identifier: Apache-2.0
// How much of a database is one tenant's, by the database's own catalogue: no table can be forgotten.

extension Database {
    /// How many bytes the rows of one tenant hold: every value of every table whose key begins with `tenant_id`.
    ///
    /// Indexes and what the engine adds to a row are not counted, so both engines say the same. Each table is a short
    /// read of its own, so that what is written meanwhile may or may not be in the sum.
    public func bytes(ofTenant tenant: Int64) async throws -> Int64 {
        let tables = try await read { try $0.tenantTables() }
        var sum: Int64 = 0
        for table in tables {
            try Task.checkCancellation()
            sum += try await read { tx in
                try tx.one(table.bytes(ofTenant: tenant))?.at(0) ?? 0
            }
        }
        return sum
    }
}

extension Transaction {
    /// The tables whose rows belong to tenants.
    fileprivate func tenantTables() throws -> [TableShape] {
        guard let transaction = self as? OpenTransaction else { return [] }
        return try transaction.tables().filter { $0.key.first == "tenant_id" }
    }
}

extension TableShape {
    /// What one tenant's rows hold.
    fileprivate func bytes(ofTenant tenant: Int64) -> SQL {
        let numbers = columns.filter { $0.kind == .integer || $0.kind == .real }.reduce(0) { $0 + $1.width }
        let sizes = columns.filter { $0.kind == .text || $0.kind == .bytes }.map { column -> SQL in
            "COALESCE(\(Fragment.bytesBegin)\(column.asSQL)\(Fragment.bytesEnd), 0)"
        }
        let size = (["CAST(\(Int64(numbers)) AS BIGINT)" as SQL] + sizes).joined(separator: " + ")
        let table = SQL(pieces: [.name(name)])
        return "SELECT CAST(COALESCE(SUM(\(size)), 0) AS BIGINT) FROM \(table) WHERE tenant_id = \(tenant)"
    }
}

extension TableShape.Column {
    fileprivate var asSQL: SQL { SQL(pieces: [.name(name)]) }
}
