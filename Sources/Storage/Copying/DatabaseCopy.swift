// SPDX-License-Identifier: Apache-2.0
// A whole database copied to another place, of the same or the other engine: one state of the source, all or nothing
// at the target, and looked at again afterwards.
import Foundation

/// Where a database is.
public enum DatabasePlace: Sendable, Equatable {
    /// A data folder with the embedded database.
    case folder(URL)
    /// A PostgreSQL address.
    case postgres(String)

    public var dialect: Dialect {
        switch self {
        case .folder: .sqlite
        case .postgres: .postgres
        }
    }
}

/// Why a copy was not made. The target is as it was before.
public enum CopyFault: Error, Sendable, Equatable {
    /// The folder holds no embedded database.
    case noSource(folder: String)
    /// The source's tables are not those of this program.
    case foreignSource
    /// The source lacks steps of the schema: the program has not run on it since it was upgraded.
    case olderSource(found: Int, known: Int)
    /// A newer program has written the source.
    case newerSource(found: Int, known: Int)
    /// A step of the source's schema had another text.
    case changedSource(number: Int, name: String)
    /// Something stands at the target.
    case occupied(tables: [String])
    /// Another copy, or a server, works on the target's folder.
    case busyTarget(folder: String)
    /// A value is not of its column's kind, or too large for it.
    case unfitting(table: String, column: String)
    /// What was read back is not what was written.
    case differing(table: String)
    /// Rows came in another form than was agreed.
    case garbled
}

/// How far a copy is.
public enum CopyProgress: Sendable, Equatable {
    /// How many rows there are in all; they are read twice, once at each side.
    case counted(rows: Int)
    /// Rows of a table that were written so far.
    case copied(table: String, rows: Int)
    /// Rows of a table that were read back.
    case checked(table: String, rows: Int)
}

/// A table that was copied and found to be the same at both sides.
public struct CopiedTable: Sendable, Equatable {
    public let name: String
    public let rows: Int
    /// The same on both engines for the same content.
    public let checksum: String
}

/// A copy that was made.
public struct CopiedDatabase: Sendable, Equatable {
    public let tables: [CopiedTable]
    /// Tables of the source that are not this program's: they were left where they are.
    public let foreign: [String]
    /// When the source's state was fixed, in milliseconds since 1970.
    public let takenAt: Int64
    public let copySeconds: Double
    public let checkSeconds: Double
}

/// One copy to be made.
public struct DatabaseCopy: Sendable {
    let source: DatabasePlace
    let target: DatabasePlace
    let migrations: [Migration]
    let left: Set<String>
    let void: [String: Set<String>]

    /// - Parameters:
    ///   - migrations: The schema, which the source must have and the target is given.
    ///   - left: Tables whose rows mean nothing elsewhere.
    ///   - void: Columns, by table, whose content means nothing elsewhere: NULL is copied.
    public init(
        from source: DatabasePlace, to target: DatabasePlace, migrations: [Migration], left: Set<String>,
        void: [String: Set<String>]
    ) {
        (self.source, self.target) = (source, target)
        self.migrations = migrations.sorted { $0.number < $1.number }
        self.left = left.union(["schema_migration"])
        self.void = void
    }

    /// Copies, on a thread of its own.
    /// - Throws: ``CopyFault``; ``StorageError`` when one of the databases cannot be used. Nothing is left behind.
    public func run(progress: @escaping @Sendable (CopyProgress) -> Void) async throws -> CopiedDatabase {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Result { try CopyRun(self, progress: progress).run() })
            }
            thread.name = "copy"
            thread.start()
        }
    }
}

/// A copy that is being made, on its thread.
private final class CopyRun {
    private let copy: DatabaseCopy
    private let progress: (CopyProgress) -> Void
    private let buffer = RowBuffer()
    private var copied: [CopiedTable] = []
    private var foreign: [String] = []

    init(_ copy: DatabaseCopy, progress: @escaping (CopyProgress) -> Void) {
        self.copy = copy
        self.progress = progress
    }

    func run() throws -> CopiedDatabase {
        let source = try CopySource.open(copy.source)
        // Before anything is made at the target.
        try source.demand(copy.migrations)
        let takenAt = Date()
        let target = try CopyTarget.open(copy.target)
        do {
            try target.make(copy.migrations)
            let tables = try tables(source, target)
            try write(tables, from: source, to: target)
            try source.end()
            let writtenAt = Date()
            try check(tables, at: target)
            let checkedAt = Date()
            try target.finish()
            return CopiedDatabase(
                tables: copied.sorted { $0.name < $1.name }, foreign: foreign,
                takenAt: Int64(takenAt.timeIntervalSince1970 * 1000),
                copySeconds: writtenAt.timeIntervalSince(takenAt), checkSeconds: checkedAt.timeIntervalSince(writtenAt))
        } catch {
            target.giveUp()
            throw error
        }
    }

    /// The target's tables, which the schema's steps have just made, with the widths of PostgreSQL's side.
    private func tables(_ source: CopySource, _ target: CopyTarget) throws -> [TableOnItsWay] {
        let there = try TableCatalogue(connection: source.connection).tables(isStrict: false)
        let byName = Dictionary(uniqueKeysWithValues: there.map { ($0.name, $0) })
        let made = try TableCatalogue(connection: target.connection).tables()
        foreign = Set(byName.keys).subtracting(made.map(\.name)).sorted()
        return try made.inOrderOfReference.filter { !copy.left.contains($0.name) }.map { table in
            guard let same = byName[table.name],
                Set(same.columns.map(\.name)) == Set(table.columns.map(\.name))
            else { throw CopyFault.foreignSource }
            let sides: [(any Connection, TableShape)] = [(source.connection, same), (target.connection, table)]
            var onItsWay = TableOnItsWay(table, widths: sides.first { $0.0.dialect == .postgres }?.1)
            onItsWay.void = copy.void[table.name] ?? []
            return onItsWay
        }
    }

    private func write(_ tables: [TableOnItsWay], from source: CopySource, to target: CopyTarget) throws {
        let catalogue = TableCatalogue(connection: source.connection)
        progress(.counted(rows: try tables.reduce(0) { try $0 + catalogue.count($1.shape.name) }))
        for table in tables {
            var written = 0
            var sum = TableSum()
            try target.connection.write(table) { put in
                sum = try source.connection.read(table, inKeyOrder: true, into: buffer) { buffer in
                    try put(buffer)
                    written += buffer.rows
                    progress(.copied(table: table.shape.name, rows: written))
                }
            }
            copied.append(CopiedTable(name: table.shape.name, rows: sum.rows, checksum: sum.checksum))
        }
    }

    private func check(_ tables: [TableOnItsWay], at target: CopyTarget) throws {
        for (table, wanted) in zip(tables, copied) {
            var table = table
            table.void = []
            var read = 0
            let sum = try target.connection.read(table, inKeyOrder: false, into: buffer) { buffer in
                read += buffer.rows
                progress(.checked(table: table.shape.name, rows: read))
            }
            guard sum.rows == wanted.rows, sum.checksum == wanted.checksum else {
                throw CopyFault.differing(table: table.shape.name)
            }
        }
    }
}
