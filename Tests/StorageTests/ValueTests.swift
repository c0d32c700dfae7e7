// SPDX-License-Identifier: Apache-2.0
// What goes in comes back, the same on both engines.
import Storage
import TestSupport
import Testing

@Suite struct ValueTests {
    @Test(arguments: engines)
    func `values of every kind come back as they went in`(engine: Dialect) async throws {
        let values: [SQLValue] = [
            .integer(0), .integer(.max), .integer(.min), .real(0.1), .real(-1e300), .text(""), .text("Ёжик 🦔 'x' $1"),
            .bytes([]), .bytes([0, 255, 1]), .text(String(repeating: "ы", count: 100_000)),
        ]
        try await withDatabase(engine) { database in
            for value in values {
                let rows = try await database.query("SELECT \(value) AS v, \(SQLValue.null) AS n")
                #expect(rows.first?.values == [value, .null])
            }
        }
    }

    @Test(arguments: engines)
    func `the product's schema is there`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let rows = try await database.query("SELECT count(*) AS n FROM tenant")
            #expect(try rows[0].get("n", as: Int.self) == 0)
        }
    }
}
