// SPDX-License-Identifier: Apache-2.0
// One blocking libpq connection: opening, kept prepared statements, and errors as StorageError.
import CPostgres
import Foundation

/// One connection. It belongs to one thread; only what ``stop(_:)`` gives may be used from another.
final class PostgresConnection: Connection {
    /// Kept statements per connection; beyond it all are given back at once, between two transactions.
    private static let keptStatements = 400
    /// A longer text is not worth keeping: it is a list that will not come again in the same length.
    static let keptTextBytes = 16_384
    /// How a writing transaction is planned: most of its statements name rows by their keys. So a kept statement is
    /// planned when it is first run, for all values, and not five times for its values before: with many connections
    /// and lists of several sizes those five were a good part of all work. (``PostgresStatement/isPlannedByValues`` are
    /// the others.) And its rows are found by an index also where PostgreSQL takes a table for small, which it does
    /// until it looks at it again: a young database would be read from end to end.
    static let writerSettings = ["plan_cache_mode = force_generic_plan", "enable_seqscan = off"]

    let handle: OpaquePointer
    /// What has been sent and not been answered.
    var pipeline: PostgresPipeline
    /// Whether anything was answered since the transaction began.
    var hasAnswered = false
    /// Whether the transaction's statements are planned once.
    var plansOnce = false
    /// Whether libpq and PostgreSQL do not agree any more on what has been answered.
    var isUseless = false
    private let cancellation: PostgresCancellation
    /// By text; several where a text was bound to values of other types another time.
    private var statements: [String: [PostgresStatement]] = [:]
    /// How many PostgreSQL keeps for this connection.
    private var prepared = 0
    private var nextName = 0

    /// - Throws: ``StorageError/unavailable(_:)`` with what libpq says; ``PostgresDiagnosis`` finds the cause.
    init(url: String) throws {
        let settings: [(String, String)] = [
            ("dbname", url), ("client_encoding", "UTF8"), ("fallback_application_name", "otklik"),
            ("connect_timeout", "5"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
        ]
        let keywords = settings.map { strdup($0.0) } + [nil]
        let values = settings.map { strdup($0.1) } + [nil]
        defer { for string in keywords + values { free(string) } }
        let opened = PQconnectdbParams(
            keywords.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
        guard let opened else { throw StorageError.unavailable("PostgreSQL's library could not be started.") }
        guard PQstatus(opened) == CONNECTION_OK, let cancel = PQgetCancel(opened) else {
            let message = String(cString: PQerrorMessage(opened))
            PQfinish(opened)
            throw StorageError.unavailable(Self.explain(message))
        }
        handle = opened
        pipeline = PostgresPipeline(opened)
        cancellation = PostgresCancellation(cancel)
        try perform(
            """
            SET default_transaction_read_only = on; SET TIME ZONE 'UTC'; SET jit = off;
            SET client_min_messages = error; SET idle_in_transaction_session_timeout = '300s'
            """)
    }

    deinit { PQfinish(handle) }

    var dialect: Dialect { .postgres }

    /// Whether the connection is gone for good.
    var isLost: Bool { isUseless || PQstatus(handle) != CONNECTION_OK }

    var socket: Int32 { PQsocket(handle) }

    /// Stops what runs for somebody, from any thread.
    func stop(_ interruption: Interruption) -> @Sendable () -> Void {
        { [cancellation] in cancellation.cancel(interruption) }
    }

    func run(text: String, values: [SQLValue]) throws -> StatementResult {
        let types = values.map(PostgresParameters.type)
        var parameters = PostgresParameters(values)
        guard text.utf8.count <= Self.keptTextBytes else {
            try settle()
            return try PostgresStatement(name: nil).result(of: parameters.run(text, types, on: handle), text, self)
        }
        let statement = try statement(text, types)
        try planByValuesIfNeeded(statement)
        guard pipeline.isEmpty else {
            try sendAlong(text) { parameters.send(prepared: statement.name ?? "", on: $0) }
            return try statement.result(of: answer(), text, self)
        }
        return try statement.result(of: parameters.run(prepared: statement.name ?? "", on: handle), text, self)
    }

    func runOnce(_ text: String) throws { try perform(text) }

    /// Runs statements without values, in one round trip.
    @discardableResult
    func perform(_ text: String) throws -> String {
        try settle()
        let result = PQexec(handle, text)
        defer { PQclear(result) }
        try check(result, text)
        return String(cString: PQcmdStatus(result))
    }

    /// Gives kept statements back when there are many, or always. Not inside a transaction.
    func forgetStatements(ifMoreThan limit: Int = keptStatements) throws {
        guard prepared > limit, !isLost else { return }
        statements = [:]
        prepared = 0
        try perform("DEALLOCATE ALL")
    }

    /// Takes what has arrived and says whether another connection than this one has notified.
    func takeNotifications() -> Bool {
        PQconsumeInput(handle)
        var isFromOthers = false
        while let notification = PQnotifies(handle) {
            if notification.pointee.be_pid != PQbackendPID(handle) { isFromOthers = true }
            PQfreemem(notification)
        }
        return isFromOthers
    }

    /// - Throws: The error that a result stands for.
    func check(_ result: OpaquePointer?, _ text: String) throws {
        let status = PQresultStatus(result)
        guard status != PGRES_COMMAND_OK, status != PGRES_TUPLES_OK else { return }
        if isLost { throw StorageError.unavailable("The connection to PostgreSQL was lost.") }
        throw StorageError.ofPostgres(result, text: text)
    }

    /// The kept statement for a text and the types of its values, or a new one. NULL has no type of its own, so a
    /// statement serves NULLs wherever they are; one that was made when other values were NULL is made anew with what
    /// is known of both, and serves either from then on.
    func statement(_ text: String, _ types: [Oid]) throws -> PostgresStatement {
        let kept = statements[text] ?? []
        if let fitting = kept.first(where: { $0.serves(types) }) { return fitting }
        let lacking = kept.firstIndex { $0.agrees(with: types) }
        let known = lacking.map { kept[$0].merged(with: types) } ?? types
        try settle()
        prepared += 1
        nextName += 1
        let new = PostgresStatement(name: "s\(nextName)", values: known, text: text)
        let result = PQprepare(handle, new.name, text, Int32(known.count), known)
        defer { PQclear(result) }
        try check(result, text)
        if let lacking { statements[text]?[lacking] = new } else { statements[text, default: []].append(new) }
        return new
    }

    /// What libpq says, in one line.
    private static func explain(_ message: String) -> String {
        let reason = message.split(separator: "\n").joined(separator: " ").trimmingCharacters(in: .whitespaces)
        return "PostgreSQL cannot be used: \(reason)."
    }
}

/// Stops whatever runs on a connection, from any thread.
private final class PostgresCancellation: @unchecked Sendable {
    private let request: OpaquePointer

    init(_ request: OpaquePointer) { self.request = request }

    deinit { PQfreeCancel(request) }

    /// Asks on a thread of its own, since the request is a connection of its own and blocks; and asks again, since one
    /// that comes between two statements stops neither.
    func cancel(_ interruption: Interruption) {
        Thread.detachNewThread { [self] in
            var message = [CChar](repeating: 0, count: 256)
            for _ in 0..<50 where interruption.isRunning {
                _ = PQcancel(request, &message, 256)
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }
}

extension StorageError {
    /// What a failed result says. Details are left out, and so is what PostgreSQL quotes from values.
    static func ofPostgres(_ result: OpaquePointer?, text: String) -> StorageError {
        func field(_ letter: Character) -> String? {
            PQresultErrorField(result, Int32(letter.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let code = field("C") ?? ""
        switch code {
        case "23505": return .notUnique(constraint: field("n") ?? "")
        case "23503": return .brokenReference(constraint: field("n") ?? "")
        case "53100": return .full
        // The server is going, or has just come.
        case "57P01", "57P02", "57P03": return .unavailable("PostgreSQL is stopping or starting.")
        default: break
        }
        var message = field("M") ?? ""
        if code.hasPrefix("22"), let quote = message.firstIndex(of: "\"") { message = String(message[..<quote]) }
        return .statement(text, code: code, message: message)
    }
}
