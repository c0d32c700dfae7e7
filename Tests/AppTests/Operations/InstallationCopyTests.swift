// SPDX-License-Identifier: Apache-2.0
// A database moved to another place: everything or nothing, and a clear word when it may not be.
import Foundation
import Markup
import TestSupport
import Testing

@testable import App
@testable import Durable
@testable import Storage

@Suite struct InstallationCopyTests {
    private static let pairs = engines.flatMap { from in engines.map { (from, $0) } }

    @Test(arguments: pairs)
    func `every table and every column arrives as it was, whatever the migrations have made`(
        from: Dialect, to: Dialect
    ) async throws {
        try await withTestDatabase(from, hasSchema: true) { source in
            let filled = try FilledDatabase(from, source.address)
            try filled.fill()
            try await withTarget(to) { target in
                let made = try await copyDatabase(from: source.place, to: target) { _ in }
                let there = try FilledDatabase(to, Self.address(to, target))
                let tables = try filled.tables
                #expect(Set(try there.tables.map(\.name)) == Set(tables.map(\.name)))
                let left: Set = ["node", "schema_migration"]
                #expect(Set(made.tables.map(\.name)) == Set(tables.map(\.name)).subtracting(left))
                #expect(made.tables.allSatisfy { $0.rows == ($0.name == "installation" ? 1 : 3) })
                for table in tables where !left.contains(table.name) {
                    let void = DurableSchema.void[table.name] ?? []
                    let sent = try filled.rows(of: table).map { row in
                        row.merging(void.map { ($0, SQLValue.null) }) { $1 }
                    }
                    #expect(try there.rows(of: table) == Set(sent), "\(table.name)")
                }
                #expect(try there.rows(of: try #require(tables.first { $0.name == "node" })).isEmpty)
                #expect(made.secretFingerprint == "fingerprint")
                #expect(made.foreignTables == [])
                // The program goes on from here: nothing is left to be migrated.
                let opened = try await Self.open(to, target)
                try await closing(opened) { try await opened.migrate(Assets.schema(of: Assets.load())) }
            }
        }
    }

    @Test func `the tables that the steps make are all copied but those of nodes`() throws {
        let assets = try Assets.load()
        let steps = assets.paths(endingWith: ".sql").compactMap { assets.text($0) }
        let made = Set(
            (steps + ["CREATE TABLE work (", "CREATE TABLE node ("]).flatMap { text in
                text.matches(of: /CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)/).map { String($0.output.1) }
            })
        #expect(made.count > 30)
        #expect(DurableSchema.left == ["node"])
        #expect(DurableSchema.void == ["work": ["node_id", "lease"]])
        // Leases beside the ledger's holder, which says that an outcome is unknown, would have to be void as well.
        let leases = steps.flatMap { $0.matches(of: #/\n\s+([a-z_]*(?:lease|node_id)[a-z_]*)\s/#).map(\.output.1) }
        #expect(leases == [])
    }

    @Test(arguments: engines) func `checksums do not depend on the engine`(engine: Dialect) async throws {
        guard engines.count == 2 else { return }
        try await withTestDatabase(engine, hasSchema: true) { source in
            try FilledDatabase(engine, source.address).fill()
            var seen: [[String]] = []
            for to in engines {
                try await withTarget(to) { target in
                    let made = try await copyDatabase(from: source.place, to: target) { _ in }
                    seen.append(made.tables.map { "\($0.name) \($0.checksum)" })
                    try await withTarget(engine) { back in
                        let again = try await copyDatabase(from: target, to: back) { _ in }
                        seen.append(again.tables.map { "\($0.name) \($0.checksum)" })
                    }
                }
            }
            #expect(Set(seen).count == 1)
        }
    }

    @Test(arguments: pairs) func `what is said to the source meanwhile stays there`(
        from: Dialect, to: Dialect
    ) async throws {
        try await withTestDatabase(from, hasSchema: true) { source in
            try FilledDatabase(from, source.address).fill()
            try await withTarget(to) { target in
                let made = try await copyDatabase(from: source.place, to: target) { progress in
                    guard case .counted = progress else { return }
                    do {
                        let other = try FilledDatabase(from, source.address)
                        try other.run("DELETE FROM answer")
                        try other.run("INSERT INTO statistic_pause VALUES (77, 78)")
                    } catch { Issue.record(error) }
                }
                let rows = Dictionary(uniqueKeysWithValues: made.tables.map { ($0.name, $0.rows) })
                #expect(rows["answer"] == 3)
                #expect(rows["statistic_pause"] == 3)
                let there = try FilledDatabase(from, source.address)
                let answer = try #require(try there.tables.first { $0.name == "answer" })
                #expect(try there.rows(of: answer).isEmpty)
            }
        }
    }

    // MARK: Refusals

    @Test(arguments: engines) func `a target that is not empty is named, and stays as it is`(to: Dialect) async throws {
        try await withTestDatabase(.sqlite, hasSchema: true) { source in
            try await withTestDatabase(to, hasSchema: true) { target in
                try FilledDatabase(to, target.address).run(
                    """
                    INSERT INTO tenant VALUES (1, 'uyut', 'U', 'demo', 'ru', 'UTC', 1, 1, 1, 1, 1, 1, 1, 1)
                    """)
                let refusal = try await refused(from: source.place, to: target.place)
                #expect(refusal.code == "occupied_target")
                #expect(refusal.field == "to")
                #expect(try Assets.sentence(refusal, language: "en").contains("uyut"))
                #expect(try Assets.sentence(refusal, language: "ru").contains("uyut"))
            }
            try await withTestDatabase(to, hasSchema: false) { target in
                try FilledDatabase(to, target.address).run("CREATE TABLE ledger_of_ours (id BIGINT)")
                let refusal = try await refused(from: source.place, to: target.place)
                #expect(try Assets.sentence(refusal, language: "en").contains("ledger_of_ours"))
                #expect(try FilledDatabase(to, target.address).tables.map(\.name) == ["ledger_of_ours"])
            }
        }
    }

    private static let broken: [(statement: String, code: String)] = [
        ("DELETE FROM schema_migration WHERE number = (SELECT max(number) FROM schema_migration)", "older_source"),
        ("INSERT INTO schema_migration VALUES (900, 'later', 'x', 1)", "newer_source"),
        ("UPDATE schema_migration SET checksum = 'other' WHERE number = 3", "changed_source"),
        ("DROP TABLE schema_migration", "foreign_source"),
        ("ALTER TABLE answer ADD COLUMN extra TEXT", "foreign_source"),
    ]

    @Test(arguments: engines, broken)
    func `a source that is not this program's is refused, and nothing is made`(
        from: Dialect, broken: (statement: String, code: String)
    ) async throws {
        try await withTestDatabase(from, hasSchema: true) { source in
            try FilledDatabase(from, source.address).run(broken.statement)
            try await withTemporaryFolder { folder in
                let target = folder.appending(path: "data").path
                let refusal = try await refused(from: source.place, to: target)
                #expect(refusal.code == broken.code)
                for language in ["ru", "en"] {
                    #expect(try !Assets.sentence(refusal, language: language).contains("{"))
                }
                #expect(!FileManager.default.fileExists(atPath: target + "/otklik.db"))
                #expect(!FileManager.default.fileExists(atPath: target + "/otklik.db.unfinished"))
            }
        }
    }

    @Test func `places that are not there are refused`() async throws {
        try await withTemporaryFolder { folder in
            let missing = try await refused(from: folder.path, to: folder.appending(path: "to").path)
            #expect(missing.code == "no_source")
            let unreadable = try await refused(from: "@\(folder.path)/address", to: folder.path)
            #expect(unreadable.code == "unreadable_file")
        }
        #expect(try InstallationCopy.place("postgres://a@b/c", field: "to") == .postgres("postgres://a@b/c"))
        #expect(try InstallationCopy.place("host=/run dbname=x", field: "to").dialect == .postgres)
        #expect(try InstallationCopy.place("data", field: "to").dialect == .sqlite)
        #expect(try InstallationCopy.place("/srv/host=1", field: "to").dialect == .sqlite)
    }

    @Test func `a folder that somebody works on is no target`() async throws {
        try await withTestDatabase(.sqlite, hasSchema: true) { source in
            try await withTemporaryFolder { folder in
                let lock = try FolderLock(folder: folder)
                let refusal = try await refused(from: source.place, to: folder.path)
                #expect(refusal.code == "busy_target")
                withExtendedLifetime(lock) {}
            }
        }
    }

    @Test func `a folder with what a killed copy has left is not served, and can be copied to`() async throws {
        try await withTestDatabase(.sqlite, hasSchema: true) { source in
            try await withTemporaryFolder { folder in
                let rest = folder.appending(path: "otklik.db.unfinished")
                try Data("half".utf8).write(to: rest)
                await #expect(throws: StorageError.unfinishedCopy(rest.path)) {
                    try await Database.openSQLite(folder: folder)
                }
                _ = try await copyDatabase(from: source.place, to: folder.path) { _ in }
                #expect(!FileManager.default.fileExists(atPath: rest.path))
            }
        }
    }

    @Test func `a name that somebody takes meanwhile is not taken from them`() async throws {
        try await withTestDatabase(.sqlite, hasSchema: true) { source in
            try await withTemporaryFolder { folder in
                let file = folder.appending(path: Database.fileName)
                await #expect(throws: StorageError.self) {
                    try await copyDatabase(from: source.place, to: folder.path) { progress in
                        guard case .counted = progress else { return }
                        #expect(throws: Never.self) { try Data("theirs".utf8).write(to: file) }
                    }
                }
                #expect(try Data(contentsOf: file) == Data("theirs".utf8))
                let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(Set(names) == [Database.fileName, "serve.lock"])
            }
        }
    }

    @Test(.enabled(if: engines.contains(.postgres)))
    func `a value that PostgreSQL has no room for is named by its column`() async throws {
        try await withTestDatabase(.sqlite, hasSchema: true) { source in
            let filled = try FilledDatabase(.sqlite, source.address)
            try filled.fill()
            try filled.run("UPDATE survey_form SET valid_days = 5000000000")
            try await withTarget(.postgres) { target in
                let refusal = try await refused(from: source.place, to: target)
                #expect(refusal.arguments["table"] == "survey_form")
                #expect(refusal.arguments["column"] == "valid_days")
                #expect(try FilledDatabase(.postgres, target).tables.isEmpty)
            }
        }
    }

    // MARK: Places of tests

    private func refused(from: String, to: String) async throws -> Refusal {
        do {
            _ = try await copyDatabase(from: from, to: to) { _ in }
        } catch let refusal as Refusal {
            return refusal
        }
        Issue.record("It was copied.")
        throw StorageError.closed
    }

    /// A place where nothing is yet.
    private func withTarget(_ engine: Dialect, _ body: (String) async throws -> Void) async throws {
        switch engine {
        case .sqlite: try await withTemporaryFolder { try await body($0.appending(path: "data").path) }
        case .postgres: try await withTestDatabase(.postgres, hasSchema: false) { try await body($0.address) }
        }
    }

    private static func address(_ engine: Dialect, _ target: String) -> String {
        engine == .sqlite ? target + "/" + Database.fileName : target
    }

    private static func open(_ engine: Dialect, _ target: String) async throws -> Database {
        engine == .sqlite
            ? try await .openSQLite(folder: URL(fileURLWithPath: target)) : try await .openPostgres(url: target)
    }
}

extension TestDatabase {
    /// As the command line takes it.
    fileprivate var place: String {
        engine == .postgres ? address : URL(fileURLWithPath: address).deletingLastPathComponent().path
    }
}
