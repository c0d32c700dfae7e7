// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL of the tests' own: nothing has to be installed but the programs, and nothing is left behind.
import App
import Foundation
import Storage

/// One PostgreSQL server in a temporary folder, reached by a Unix socket only.
///
/// A guard process waits for the test process to end, however it ends, stops the server and removes the folder.
public actor PostgresCluster {
    /// The server that the tests of this process share. It does not wait for the disk.
    public static let shared = PostgresCluster(waitsForDisk: false)
    private static let programs = "/usr/lib/postgresql/15/bin"
    private static let template = "otklik_template"

    /// At most so many databases of tests are open at a time, so that the server's connections suffice.
    public nonisolated let room = Room(places: 12)

    private let waitsForDisk: Bool
    private let rules: [String]
    private var starting: Task<URL, any Error>?
    private var makingTemplate: Task<Void, any Error>?
    /// The guard's standard input: the guard acts when it closes.
    private var guardInput: FileHandle?
    private var number = 0

    /// A cluster that starts when it is first used.
    /// - Parameter rules: lines of `pg_hba.conf` before the one that lets everybody in.
    public init(waitsForDisk: Bool, rules: [String] = []) {
        self.waitsForDisk = waitsForDisk
        self.rules = rules
    }

    /// Runs a statement as the server's owner.
    public func execute(_ sql: String) async throws { try await command(sql, in: started()) }

    /// Makes an empty database, or one with the product's schema, and says how to reach it.
    public func makeDatabase(hasSchema: Bool) async throws -> String {
        let folder = try await started()
        if hasSchema { try await makeTemplate(in: folder) }
        number += 1
        let name = "test_\(number)"
        let template = hasSchema ? Self.template : "template0"
        try await command("CREATE DATABASE \(name) TEMPLATE \(template) STRATEGY FILE_COPY", in: folder)
        return address(of: name, in: folder)
    }

    public func dropDatabase(_ address: String) async throws {
        let folder = try await started()
        let name = address.split(separator: "=").last.map(String.init) ?? ""
        try await command("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", in: folder)
    }

    /// Stops the server as given (`fast`, `immediate`) and starts it again.
    public func restart(mode: String) async throws {
        let folder = try await started()
        try await run(control(folder, "-m \(mode) restart"))
    }

    /// Stops the server and removes its folder.
    public func stop() async throws {
        guard starting != nil else { return }
        try guardInput?.close()
        guardInput = nil
        starting = nil
    }

    private func address(of name: String, in folder: URL) -> String {
        "host=\(folder.path) user=postgres dbname=\(name)"
    }

    private func started() async throws -> URL {
        if let starting { return try await starting.value }
        let task = Task { try await start() }
        starting = task
        return try await task.value
    }

    private func start() async throws -> URL {
        let folder = try makeTemporaryFolder()
        var steps = "chmod 711 '\(TemporaryRoot.url.path)' && cd /"
        if getuid() == 0 { steps += " && chown postgres '\(folder.path)'" }
        try await run(steps)
        let initdb = "\(Self.programs)/initdb -D '\(folder.path)/data' -A trust -U postgres -E UTF8 --locale=C.UTF-8"
        try await run(asOwner("\(initdb) --no-sync --no-instructions"))
        var options = [
            "listen_addresses=''", "unix_socket_directories='\(folder.path)'", "max_connections=200",
            "shared_buffers=64MB", "autovacuum=off", "max_wal_size=1GB", "lc_messages=C",
        ]
        if !waitsForDisk { options += ["fsync=off", "full_page_writes=off"] }
        let settings = options.map { $0 + "\n" }.joined()
        try await run("printf \"%s\" \"\(settings)\" >> '\(folder.path)/data/postgresql.conf'")
        let lines = (rules + ["local all all trust"]).map { $0 + "\n" }.joined()
        try await run("printf \"%s\" \"\(lines)\" > '\(folder.path)/data/pg_hba.conf'")
        try await run(control(folder, "start"))
        guardInput = try spawnGuard("(\(control(folder, "-m immediate stop"))); rm -rf '\(folder.path)'")
        return folder
    }

    private func makeTemplate(in folder: URL) async throws {
        if let makingTemplate { return try await makingTemplate.value }
        let task = Task {
            try await command("CREATE DATABASE \(Self.template) TEMPLATE template0", in: folder)
            let database = try await Database.openPostgres(url: address(of: Self.template, in: folder), connections: 1)
            try await closing(database) { try await database.migrate(Assets.schema(of: TestAssets.shared().tree)) }
        }
        makingTemplate = task
        try await task.value
    }

    private func command(_ sql: String, in folder: URL) async throws {
        try await run("\(Self.programs)/psql -q -X -h '\(folder.path)' -U postgres -d postgres -c \"\(sql)\"")
    }

    private func control(_ folder: URL, _ action: String) -> String {
        asOwner("\(Self.programs)/pg_ctl -D '\(folder.path)/data' -w -s -l '\(folder.path)/log' \(action)")
    }

    /// PostgreSQL refuses to run as root.
    private func asOwner(_ command: String) -> String {
        getuid() == 0 ? "cd / && runuser -u postgres -- \(command)" : command
    }

    private func run(_ script: String) async throws { try await runShell(script) }
}

/// A limited number of places; who finds none waits.
public actor Room {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    public init(places: Int) { free = places }

    public func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    public func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
