// SPDX-License-Identifier: Apache-2.0
// How a database of either engine is opened.
import Foundation

extension Database {
    /// The name of the embedded database's file in a data folder.
    public static let fileName = "otklik.db"
    /// The file of a copy that is being made, or was killed.
    static let unfinishedName = "otklik.db.unfinished"

    /// Opens the embedded database of a data folder, and makes both if they are not there.
    /// - Throws: ``StorageError/unfinishedCopy(_:)`` where a copy was killed: an empty database in its place would pass
    ///   for what was to be copied.
    public static func openSQLite(folder: URL, mint: IDMint = IDMint(node: 0)) async throws -> Database {
        let unfinished = folder.appending(path: unfinishedName).path
        if FileManager.default.fileExists(atPath: unfinished),
            !FileManager.default.fileExists(atPath: folder.appending(path: fileName).path)
        {
            throw StorageError.unfinishedCopy(unfinished)
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try await openSQLite(path: folder.appending(path: fileName).path, mint: mint)
    }

    /// Opens a SQLite file, and makes it if it is not there.
    public static func openSQLite(path: String, mint: IDMint = IDMint(node: 0)) async throws -> Database {
        Database(engine: try await SQLiteEngine(path: path, mint: mint), mint: mint)
    }

    /// Opens a PostgreSQL database, which must exist.
    /// - Parameters:
    ///   - url: What libpq takes: `postgres://user:password@host/name`, or `host=… dbname=…`.
    ///   - connections: At most so many at a time; they are made when they are needed.
    /// - Throws: ``StorageError/unusable(_:)`` with what is missing.
    public static func openPostgres(
        url: String, connections: Int = 8, mint: IDMint = IDMint(node: 0)
    ) async throws -> Database {
        precondition(connections >= 1, "A pool has at least one connection.")
        return Database(engine: try await PostgresEngine(url: url, connections: connections, mint: mint), mint: mint)
    }
}
