// SPDX-License-Identifier: Apache-2.0
// Brings a database to the schema that this program knows: forward only, each step in one transaction.
import Foundation

extension Database {
    /// Applies the migrations that the database does not have yet, in the order of their numbers.
    ///
    /// Two processes may do so at once. A step that fails leaves the state before it.
    /// - Throws: ``StorageError/newerDatabase(found:known:)`` when a newer program has written the database,
    ///   ``StorageError/changedMigration(number:name:)`` when an applied step had another text, and
    ///   ``StorageError/migration(number:name:message:)`` when a step fails.
    public func migrate(_ migrations: [Migration]) async throws {
        let ordered = migrations.sorted { $0.number < $1.number }
        precondition(Set(ordered.map(\.number)).count == ordered.count, "Every migration has a number of its own.")
        let applied = try await write { transaction in
            try Migrator(transaction).appliedNumbers(checkedAgainst: ordered)
        }
        for migration in ordered where !applied.contains(migration.number) {
            try await write { transaction in
                try Migrator(transaction).apply(migration, of: ordered)
            }
        }
    }
}

/// One look at the table of applied migrations, under a lock that other processes respect.
struct Migrator {
    let transaction: any Transaction

    init(_ transaction: any Transaction) throws {
        self.transaction = transaction
        // Differs because SQLite has one writer at a time anyway.
        if transaction.dialect == .postgres { _ = try transaction.query("SELECT pg_advisory_xact_lock(7305823114)") }
        try transaction.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)
            """)
    }

    /// The numbers that are applied, after a check that this program knows all of them by the same text.
    func appliedNumbers(checkedAgainst known: [Migration]) throws -> Set<Int> {
        let rows = try transaction.query("SELECT number, checksum FROM schema_migration ORDER BY number")
        let byNumber = Dictionary(uniqueKeysWithValues: known.map { ($0.number, $0) })
        var applied: Set<Int> = []
        for row in rows {
            let number = try row.get("number", as: Int.self)
            guard let migration = byNumber[number] else {
                throw StorageError.newerDatabase(found: number, known: known.last?.number ?? 0)
            }
            guard migration.checksum(for: transaction.dialect) == (try row.get("checksum", as: String.self)) else {
                throw StorageError.changedMigration(number: number, name: migration.name)
            }
            applied.insert(number)
        }
        return applied
    }

    /// Applies one step unless another process was faster.
    func apply(_ migration: Migration, of known: [Migration]) throws {
        guard try !appliedNumbers(checkedAgainst: known).contains(migration.number) else { return }
        do {
            for statement in migration.statements(for: transaction.dialect) {
                try (transaction as? OpenTransaction)?.executeSchemaChange(statement)
            }
        } catch let error as StorageError {
            guard !error.isTransient else { throw error }
            throw StorageError.migration(number: migration.number, name: migration.name, message: "\(error)")
        }
        try transaction.execute(
            """
            INSERT INTO schema_migration (number, name, checksum, applied_at)
            VALUES (\(migration.number), \(migration.name), \(migration.checksum(for: transaction.dialect)),
                \(Int64(Date().timeIntervalSince1970 * 1000)))
            """)
    }
}

extension Migration {
    /// A number over the text that changes when the text does: FNV-1a, which is stable for ever and needs no library.
    func checksum(for dialect: Dialect) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text(for: dialect).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The statements of the text, without comments.
    func statements(for dialect: Dialect) -> [String] {
        var splitter = StatementSplitter()
        return splitter.split(text(for: dialect))
    }
}

/// Splits a script at its semicolons, but not at those in comments, strings and quoted names.
struct StatementSplitter {
    private enum Place {
        case statement
        case lineComment
        case blockComment
        case quoted(by: UInt8)
    }

    private var place = Place.statement
    private var current: [UInt8] = []
    private var statements: [String] = []

    mutating func split(_ script: String) -> [String] {
        let bytes = Array(script.utf8)
        var index = 0
        while index < bytes.count {
            let pair = (bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0)
            index += step(pair)
        }
        end()
        return statements
    }

    /// Looks at a byte and the one after it; says how many were used.
    private mutating func step(_ pair: (UInt8, UInt8)) -> Int {
        switch place {
        case .statement: return stepInStatement(pair)
        case .lineComment:
            if pair.0 == UInt8(ascii: "\n") {
                place = .statement
                current.append(pair.0)
            }
            return 1
        case .blockComment:
            guard pair == (UInt8(ascii: "*"), UInt8(ascii: "/")) else { return 1 }
            place = .statement
            current.append(UInt8(ascii: " "))
            return 2
        case .quoted(let quote):
            current.append(pair.0)
            if pair.0 == quote { place = .statement }
            return 1
        }
    }

    private mutating func stepInStatement(_ pair: (UInt8, UInt8)) -> Int {
        switch pair {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            place = .lineComment
            return 2
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
            place = .blockComment
            return 2
        case (UInt8(ascii: ";"), _): end()
        case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _):
            place = .quoted(by: pair.0)
            current.append(pair.0)
        default: current.append(pair.0)
        }
        return 1
    }

    private mutating func end() {
        let statement = String(decoding: current, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if !statement.isEmpty { statements.append(statement) }
        current = []
    }
}
