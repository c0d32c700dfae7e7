// SPDX-License-Identifier: Apache-2.0
// Cases in the database, found by their numbers.
import Storage

/// The table `customer_case` of one centre.
struct CasesStore {
    let tx: any Transaction
    let tenant: TenantID

    /// Cases by number; missing ones are made.
    /// - Throws: ``Overtaken`` when another transaction has made one of them meanwhile.
    func findOrMake(_ references: [CaseReference], at now: Moment) throws -> [String: CustomerCase] {
        let wanted = Dictionary(references.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        if wanted.isEmpty { return [:] }
        let numbers = wanted.keys.sorted()
        let rows = try tx.query(
            """
            SELECT id, number, title FROM customer_case
            WHERE tenant_id = \(tenant) AND number IN (\(SQL.list(numbers)))
            """)
        var cases = Dictionary(try rows.map(Self.read).map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        for (number, known) in cases where known.title.isEmpty {
            guard let title = wanted[number]?.title else { continue }
            cases[number]?.title = title
            try tx.execute(
                "UPDATE customer_case SET title = \(title) WHERE tenant_id = \(tenant) AND id = \(known.id)")
        }
        let missing = numbers.filter { cases[$0] == nil }.map { number in
            CustomerCase(id: tx.new(), number: number, title: wanted[number]?.title ?? "")
        }
        try insert(missing, at: now)
        for made in missing { cases[made.number] = made }
        return cases
    }

    func cases(ids: [CaseID]) throws -> [CaseID: CustomerCase] {
        if ids.isEmpty { return [:] }
        let rows = try tx.query(
            """
            SELECT id, number, title FROM customer_case
            WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(ids)))
            """)
        return Dictionary(try rows.map(Self.read).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func insert(_ cases: [CustomerCase], at now: Moment) throws {
        if cases.isEmpty { return }
        let rows: [SQL] = cases.map { "(\(tenant), \($0.id), \($0.number), \($0.title), NULL, \(now))" }
        let inserted = try tx.query(
            """
            INSERT INTO customer_case (tenant_id, id, number, title, contact_id, created_at)
            VALUES \(rows.joined(separator: ", "))
            ON CONFLICT DO NOTHING RETURNING id
            """)
        if inserted.count < cases.count { throw Overtaken() }
    }

    private static func read(_ row: Row) throws -> CustomerCase {
        CustomerCase(id: try row.at(0), number: try row.at(1), title: try row.at(2))
    }
}
