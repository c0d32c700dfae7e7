// SPDX-License-Identifier: Apache-2.0
// An installation's database moved to another place: from the embedded database to PostgreSQL, back, or to one of the
// same kind. What can be wrong is said in words, and so is what the database does not hold and has to be taken along.
import Foundation
import Storage

/// A copy that was made, as the command line shows it.
public struct ShownCopy: Encodable, Sendable {
    /// One table.
    public struct Table: Encodable, Sendable {
        public let name: String
        public let rows: Int
        /// The same on both engines for the same content.
        public let checksum: String
    }

    /// `sqlite` or `postgres`.
    public let from: String
    public let to: String
    /// The source's state is that of this moment; what happened since stands in the source only.
    public let takenAt: String
    public let rows: Int
    public let seconds: Double
    /// Of these, how long the copy was looked at again.
    public let checkSeconds: Double
    public let rowsPerSecond: Int
    public let tables: [Table]
    /// Tables of the source that are not Otklik's, and were not copied.
    public let foreignTables: [String]
    /// The fingerprint of the secret that the copy opens with; nil when the source was never started.
    public let secretFingerprint: String?
    /// Files of the source's folder that the database does not hold: the secret, captured mail, the demo's log-ins.
    public let takeAlong: [String]
}

/// One copy, from one place to another.
public struct InstallationCopy: Sendable {
    private let source: DatabasePlace
    private let target: DatabasePlace
    private let copy: DatabaseCopy

    /// - Parameters:
    ///   - source: A data folder, a PostgreSQL address, or `@` and the file that holds the address.
    ///   - migrations: The schema of this program.
    ///   - void: Tables whose rows, and columns whose content, mean nothing in a copy.
    /// - Throws: ``Refusal`` when the address's file cannot be read.
    public init(
        from source: String, to target: String, migrations: [Migration],
        left: Set<String>, void: [String: Set<String>]
    ) throws {
        self.source = try Self.place(source, field: "from")
        self.target = try Self.place(target, field: "to")
        copy = DatabaseCopy(from: self.source, to: self.target, migrations: migrations, left: left, void: void)
    }

    /// Copies and checks.
    /// - Throws: ``Refusal`` when the copy may not be made; ``StorageError`` when one of the databases fails.
    public func run(progress: @escaping @Sendable (CopyProgress) -> Void) async throws -> ShownCopy {
        do {
            return try await shown(try await copy.run(progress: progress))
        } catch let fault as CopyFault {
            throw try await refusal(fault)
        }
    }

    // MARK: Places

    static func place(_ given: String, field: String) throws -> DatabasePlace {
        guard given.hasPrefix("@") else { return place(given) }
        let path = String(given.dropFirst())
        guard let content = FileManager.default.contents(atPath: path),
            let text = String(decoding: content, as: UTF8.self).trimmed.nonEmpty
        else {
            throw Refusal(
                .notFound, code: "unreadable_file", key: "operations.fileUnreadable", arguments: ["path": path],
                field: field)
        }
        return place(text)
    }

    /// Addresses are those that libpq takes, as an URL or as words; everything else is a folder.
    private static func place(_ text: String) -> DatabasePlace {
        let isURL = ["postgres://", "postgresql://"].contains { text.hasPrefix($0) }
        let isWords = !text.hasPrefix("/") && text.contains(/(?:^|\s)(?:host|dbname|service|port|user)\s*=/)
        if isURL || isWords { return .postgres(text) }
        return .folder(URL(fileURLWithPath: text, isDirectory: true).standardizedFileURL)
    }

    /// Reads the target as its server would.
    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        let database =
            switch target {
            case .folder(let folder): try await Database.openSQLite(folder: folder)
            case .postgres(let url): try await Database.openPostgres(url: url, connections: 2)
            }
        let result: Result<Value, any Error>
        do {
            result = .success(try await database.read(body))
        } catch {
            result = .failure(error)
        }
        try await database.close()
        return try result.get()
    }

    // MARK: What came of it

    private func shown(_ made: CopiedDatabase) async throws -> ShownCopy {
        let rows = made.tables.reduce(0) { $0 + $1.rows }
        return ShownCopy(
            from: source.dialect.rawValue, to: target.dialect.rawValue,
            takenAt: Moment(milliseconds: made.takenAt).rfc3339, rows: rows,
            seconds: made.copySeconds + made.checkSeconds, checkSeconds: made.checkSeconds,
            rowsPerSecond: Int(Double(rows) / max(made.copySeconds + made.checkSeconds, 0.001)),
            tables: made.tables.map { ShownCopy.Table(name: $0.name, rows: $0.rows, checksum: $0.checksum) },
            foreignTables: made.foreign, secretFingerprint: try await fingerprint(), takeAlong: takeAlong)
    }

    /// Read from the copy, which shows as well that it can be opened.
    private func fingerprint() async throws -> String? {
        try await read { try $0.one("SELECT value FROM installation WHERE key = 'secret'")?.get("value") }
    }

    private var takeAlong: [String] {
        guard case .folder(let folder) = source else { return [] }
        return ["secret.key", "mail", "demo.json"].map { folder.appending(path: $0).path }
            .filter { FileManager.default.fileExists(atPath: $0) }
    }

    // MARK: What was wrong

    private func refusal(_ fault: CopyFault) async throws -> Refusal {
        func refused(_ code: String, _ key: String, _ arguments: [String: String] = [:], field: String?) -> Refusal {
            Refusal(.conflict, code: code, key: "operations.copy." + key, arguments: arguments, field: field)
        }
        switch fault {
        case .noSource(let folder): return refused("no_source", "noSource", ["folder": folder], field: "from")
        case .foreignSource: return refused("foreign_source", "foreignSource", field: "from")
        case .olderSource(let found, let known):
            return refused("older_source", "olderSource", ["found": "\(found)", "known": "\(known)"], field: "from")
        case .newerSource(let found, let known):
            return refused("newer_source", "newerSource", ["found": "\(found)", "known": "\(known)"], field: "from")
        case .changedSource(let number, let name):
            return refused("changed_source", "changedSource", ["number": "\(number)", "name": name], field: "from")
        case .occupied(let tables): return try await occupied(tables)
        case .busyTarget(let folder): return refused("busy_target", "busyTarget", ["folder": folder], field: "to")
        case .unfitting(let table, let column):
            return refused("unfitting_value", "unfitting", ["table": table, "column": column], field: "from")
        case .differing(let table): return refused("differing", "differing", ["table": table], field: "to")
        case .garbled: return refused("garbled", "garbled", field: "from")
        }
    }

    /// Says what stands at the target, so that nobody takes away the wrong thing.
    private func occupied(_ tables: [String]) async throws -> Refusal {
        let kind = target.dialect == .sqlite ? "folder" : "postgres"
        var arguments = ["tables": tables.prefix(8).joined(separator: ", "), "count": "\(tables.count)"]
        if case .folder(let folder) = target { arguments["folder"] = folder.path }
        guard tables.contains("schema_migration"), tables.contains("tenant"), tables.contains("interaction") else {
            let key = tables.isEmpty ? "emptyFile" : "foreignTarget.\(kind)"
            return Refusal(
                .conflict, code: "occupied_target", key: "operations.copy." + key, arguments: arguments, field: "to")
        }
        let (names, interactions) = try await read { tx in
            let names = try tx.query("SELECT key FROM tenant ORDER BY id LIMIT 8")
            return (
                try names.map { try $0.get("key", as: String.self) },
                try tx.one("SELECT count(*) AS n FROM interaction")?.get("n", as: Int.self) ?? 0
            )
        }
        arguments["centres"] = names.isEmpty ? "–" : names.joined(separator: ", ")
        arguments["interactions"] = "\(interactions)"
        return Refusal(
            .conflict, code: "occupied_target", key: "operations.copy.occupied.\(kind)", arguments: arguments,
            field: "to")
    }
}
