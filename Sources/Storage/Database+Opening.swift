// SPDX-License-Identifier: Apache-2.0
// How a database of either engine is opened.
import Foundation

extension Database {
    /// The name of the embedded database's file in a data folder.
    public static let fileName = "otklik.db"

    /// Opens the embedded database of a data folder, and makes both if they are not there.
    public static func openSQLite(folder: URL, mint: IDMint = IDMint(node: 0)) async throws -> Database {
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
