// SPDX-License-Identifier: Apache-2.0
// A fresh database for every test, of either engine.
import App
import Foundation
import Storage

/// The engines that every test of a store runs on: `@Test(arguments: engines)`.
///
/// `OTKLIK_TEST_ENGINES=sqlite` leaves PostgreSQL out, for machines that have none.
public let engines: [Dialect] = {
    let wanted = ProcessInfo.processInfo.environment["OTKLIK_TEST_ENGINES"]
    return wanted.map { list in Dialect.allCases.filter { list.contains($0.rawValue) } } ?? Dialect.allCases
}()

/// Gives `body` an empty database and takes it away afterwards.
@discardableResult
public func withDatabase<Value>(
    _ engine: Dialect, _ body: (Database) async throws -> Value
) async throws -> Value {
    try await withTestDatabase(engine, hasSchema: false) { try await body($0.database) }
}

/// Gives `body` a database with all of the product's migrations applied.
@discardableResult
public func withAppDatabase<Value>(
    _ engine: Dialect, _ body: (Database) async throws -> Value
) async throws -> Value {
    try await withTestDatabase(engine, hasSchema: true) { try await body($0.database) }
}

/// A test's own database, which can be opened a second time as another process would.
public struct TestDatabase: Sendable {
    public let engine: Dialect
    /// SQLite: the file's path. PostgreSQL: the connection string.
    public let address: String
    public let database: Database

    /// Opens the same database once more. Whoever does so closes it.
    public func openAgain(mint: IDMint = IDMint(node: 1)) async throws -> Database {
        switch engine {
        case .sqlite: try await Database.openSQLite(path: address, mint: mint)
        case .postgres: try await Database.openPostgres(url: address, connections: 4, mint: mint)
        }
    }
}

/// Gives `body` a database and what is needed to open it a second time.
@discardableResult
public func withTestDatabase<Value>(
    _ engine: Dialect, hasSchema: Bool, _ body: (TestDatabase) async throws -> Value
) async throws -> Value {
    switch engine {
    case .sqlite: try await withSQLite(hasSchema: hasSchema, body)
    case .postgres: try await withPostgres(hasSchema: hasSchema, body)
    }
}

private func withSQLite<Value>(hasSchema: Bool, _ body: (TestDatabase) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { folder in
        let path = folder.appending(path: Database.fileName).path
        if hasSchema {
            let template = try await SQLiteTemplate.shared.path()
            try FileManager.default.copyItem(atPath: template, toPath: path)
        }
        let database = try await Database.openSQLite(path: path)
        return try await closing(database) {
            try await body(TestDatabase(engine: .sqlite, address: path, database: database))
        }
    }
}

private func withPostgres<Value>(hasSchema: Bool, _ body: (TestDatabase) async throws -> Value) async throws -> Value {
    let cluster = PostgresCluster.shared
    await cluster.room.enter()
    do {
        let address = try await cluster.makeDatabase(hasSchema: hasSchema)
        let database = try await Database.openPostgres(url: address, connections: 4)
        let value = try await closing(database) {
            try await body(TestDatabase(engine: .postgres, address: address, database: database))
        }
        try await cluster.dropDatabase(address)
        await cluster.room.leave()
        return value
    } catch {
        await cluster.room.leave()
        throw error
    }
}

/// Runs `body` and closes the database, whether it fails or not.
@discardableResult
public func closing<Value>(_ database: Database, _ body: () async throws -> Value) async throws -> Value {
    do {
        let value = try await body()
        try await database.close()
        return value
    } catch {
        try await database.close()
        throw error
    }
}

/// A SQLite file with the product's schema, made once per test process and copied for each test.
private actor SQLiteTemplate {
    static let shared = SQLiteTemplate()
    private var making: Task<String, any Error>?

    func path() async throws -> String {
        if let making { return try await making.value }
        let task = Task {
            let folder = try makeTemporaryFolder()
            let database = try await Database.openSQLite(folder: folder)
            try await database.migrate(Assets.schema(of: TestAssets.shared().tree))
            try await database.close()
            return folder.appending(path: Database.fileName).path
        }
        making = task
        return try await task.value
    }
}
