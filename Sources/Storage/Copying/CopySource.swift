// SPDX-License-Identifier: Apache-2.0
// The side that a copy reads from: one state of it, while whoever serves it goes on.
import Foundation

/// A database inside of one reading transaction.
final class CopySource {
    let connection: any TableReader

    private init(_ connection: any TableReader) { self.connection = connection }

    /// - Throws: ``CopyFault/noSource(folder:)``, or why PostgreSQL cannot be used.
    static func open(_ place: DatabasePlace) throws -> CopySource {
        switch place {
        case .folder(let folder):
            let path = folder.appending(path: Database.fileName).path
            guard FileManager.default.fileExists(atPath: path) else { throw CopyFault.noSource(folder: folder.path) }
            let connection = try SQLiteConnection(path: path, isWriter: false)
            try connection.perform("BEGIN")
            return CopySource(connection)
        case .postgres(let url):
            let connection = try PostgresDiagnosis.connect(url, for: .reading)
            try connection.perform(
                """
                SET idle_in_transaction_session_timeout = 0; SET work_mem = '32MB';
                BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
                """)
            return CopySource(connection)
        }
    }

    /// Makes sure that the source has exactly the schema that this program knows, and fixes the state to be read.
    func demand(_ migrations: [Migration]) throws {
        let names = try TableCatalogue(connection: connection).names()
        guard names.contains("schema_migration") else { throw CopyFault.foreignSource }
        let rows = try connection.run(
            text: "SELECT number, checksum FROM schema_migration ORDER BY number", values: []
        ).rows
        let applied = try rows.map { (number: try $0.at(0, as: Int.self), checksum: try $0.at(1, as: String.self)) }
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.number, $0) })
        let newest = migrations.last?.number ?? 0
        for step in applied {
            guard let migration = known[step.number] else {
                throw CopyFault.newerSource(found: step.number, known: newest)
            }
            guard migration.checksum(for: connection.dialect) == step.checksum else {
                throw CopyFault.changedSource(number: step.number, name: migration.name)
            }
        }
        guard applied.count == migrations.count else {
            throw CopyFault.olderSource(found: applied.last?.number ?? 0, known: newest)
        }
    }

    /// Lets the state go, so that the source need not keep it any longer.
    func end() throws { try connection.runOnce("COMMIT") }
}
