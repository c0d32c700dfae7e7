// SPDX-License-Identifier: Apache-2.0
// The side that a copy writes to. Whoever looks at it sees nothing or everything, also after `kill -9`: PostgreSQL is
// filled in one transaction, and a data folder's file gets its name when it is complete.
import Foundation

/// A database that is being filled.
final class CopyTarget {
    let connection: any TableWriter
    private let file: UnfinishedFile?

    private init(_ connection: any TableWriter, file: UnfinishedFile? = nil) {
        self.connection = connection
        self.file = file
    }

    /// - Throws: ``CopyFault/occupied(tables:)``, ``CopyFault/busyTarget(folder:)``, or why it cannot be used.
    static func open(_ place: DatabasePlace) throws -> CopyTarget {
        switch place {
        case .folder(let folder):
            let file = try UnfinishedFile(in: folder)
            let connection = try SQLiteConnection(filling: file.path)
            try connection.perform("BEGIN IMMEDIATE")
            return CopyTarget(connection, file: file)
        case .postgres(let url):
            let connection = try PostgresDiagnosis.connect(url, for: .serving)
            try connection.perform("SET idle_in_transaction_session_timeout = 0; SET maintenance_work_mem = '64MB'")
            try connection.perform("BEGIN READ WRITE")
            let names = try TableCatalogue(connection: connection).names()
            guard names.isEmpty else { throw CopyFault.occupied(tables: names) }
            return CopyTarget(connection)
        }
    }

    /// Gives it the schema. A server that starts meanwhile waits, then finds the copy.
    func make(_ migrations: [Migration]) throws {
        let transaction = OpenTransaction(connection: connection, mint: IDMint(node: 0))
        let migrator = try Migrator(transaction)
        // Under the migrator's lock: a server may have made its tables since the first look.
        let names = try TableCatalogue(connection: connection).names().filter { $0 != "schema_migration" }
        guard names.isEmpty else { throw CopyFault.occupied(tables: names) }
        for migration in migrations { try migrator.apply(migration, of: migrations) }
        try transaction.finish()
    }

    /// Makes it durable and visible.
    func finish() throws {
        if let postgres = connection as? PostgresConnection {
            // Plans of the first minutes would be guesses.
            try postgres.perform("ANALYZE")
            try postgres.commit()
        } else {
            try connection.runOnce("COMMIT")
        }
        try file?.finish()
    }

    /// Takes away what was written. PostgreSQL does so itself when the connection ends.
    func giveUp() { file?.remove() }
}

/// The file of an embedded database that has not its name yet, in a folder where nobody else works.
private final class UnfinishedFile {
    let path: String
    private let folder: URL
    private let lock: FolderLock

    init(in folder: URL) throws {
        self.folder = folder
        let complete = folder.appending(path: Database.fileName).path
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        do {
            lock = try FolderLock(folder: folder)
        } catch {
            throw CopyFault.busyTarget(folder: folder.path)
        }
        guard !FileManager.default.fileExists(atPath: complete) else {
            let connection = try SQLiteConnection(path: complete, isWriter: false)
            throw CopyFault.occupied(tables: try TableCatalogue(connection: connection).names())
        }
        path = folder.appending(path: Database.unfinishedName).path
        // What a killed copy has left.
        remove()
    }

    func remove() { for end in ["", "-journal", "-wal", "-shm"] { unlink(path + end) } }

    /// On the disk first, then under its name: unless somebody has taken the name meanwhile.
    func finish() throws {
        try Self.flush(path)
        let complete = folder.appending(path: Database.fileName).path
        guard link(path, complete) == 0 else {
            throw StorageError.unavailable("\(complete) cannot be made: \(String(cString: strerror(errno))).")
        }
        unlink(path)
        try Self.flush(folder.path)
    }

    private static func flush(_ path: String) throws {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            let reason = String(cString: strerror(errno))
            throw StorageError.unavailable("\(path) cannot be written to the disk: \(reason).")
        }
    }
}
