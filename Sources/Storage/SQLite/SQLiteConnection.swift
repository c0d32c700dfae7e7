// SPDX-License-Identifier: Apache-2.0
// One SQLite connection by the C API: opening, kept statements, and errors as StorageError.
import CSQLite
import Foundation

/// One connection. It belongs to one thread.
final class SQLiteConnection: Connection {
    /// Kept statements per connection. Beyond it the least recently used are given back.
    private static let keptStatements = 512
    private static let busyTimeoutMilliseconds: Int32 = 10_000

    let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private var uses = 0

    /// Opens a file; the writer makes it if it is not there.
    convenience init(path: String, isWriter: Bool) throws {
        try self.init(path: path, mayMake: isWriter)
        try prepareSession(isWriter: isWriter)
    }

    /// Opens a new file that nobody else knows yet: it reaches the disk when it is complete.
    convenience init(filling path: String) throws {
        try self.init(path: path, mayMake: true)
        for pragma in [
            "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE",
            "PRAGMA foreign_keys = ON", "PRAGMA cache_size = -32768", "PRAGMA temp_store = MEMORY",
        ] {
            try runOnce(pragma)
        }
    }

    private init(path: String, mayMake: Bool) throws {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mayMake ? SQLITE_OPEN_CREATE : 0)
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened else { throw StorageError.unavailable("SQLite could not be started.") }
        guard code == SQLITE_OK else {
            let message = String(cString: sqlite3_errmsg(opened))
            sqlite3_close_v2(opened)
            throw StorageError.unavailable("The database \(path) cannot be opened: \(message).")
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Self.busyTimeoutMilliseconds)
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(handle)
    }

    var dialect: Dialect { .sqlite }

    /// False when SQLite has ended the transaction on its own, as it does when the disk is full.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Whose cancellation stops the statements that run: it is asked while they do.
    var interruption: Interruption?

    /// Told while a statement goes on, so that others need not wait behind it.
    var isLong: (() -> Void)?

    /// A number that changes when another connection has committed.
    func changeNumber() throws -> SQLValue? {
        try run(text: "PRAGMA data_version", values: []).rows.first?.values.first
    }

    func run(text: String, values: [SQLValue]) throws -> StatementResult {
        let statement = try statement(text)
        let before = sqlite3_total_changes64(handle)
        let rows = try statement.run(values)
        let isUnchanged = sqlite3_total_changes64(handle) == before
        return StatementResult(rows: rows, changes: isUnchanged ? 0 : Int(sqlite3_changes64(handle)))
    }

    func runOnce(_ text: String) throws {
        let statement = try SQLiteStatement(text, on: handle)
        _ = try statement.run([])
    }

    /// Runs a statement without values or rows that is kept, such as BEGIN.
    func perform(_ text: String) throws {
        _ = try statement(text).run([])
    }

    private func statement(_ text: String) throws -> SQLiteStatement {
        uses += 1
        if let kept = statements[text] {
            kept.lastUse = uses
            return kept
        }
        if statements.count >= Self.keptStatements { forgetOldStatements() }
        let new = try SQLiteStatement(text, on: handle)
        new.lastUse = uses
        statements[text] = new
        return new
    }

    private func forgetOldStatements() {
        let order = statements.values.map(\.lastUse).sorted()
        let oldest = order[order.count / 4]
        statements = statements.filter { $0.value.lastUse > oldest }
    }

    private func prepareSession(isWriter: Bool) throws {
        guard isWriter else {
            try runOnce("PRAGMA query_only = 1")
            stopCancelledStatements()
            return
        }
        for pragma in [
            "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON",
            "PRAGMA wal_autocheckpoint = 2000", "PRAGMA journal_size_limit = 67108864", "PRAGMA cache_size = -2000",
            // Savepoints and statements of many rows note how pages were: in memory, or every second write goes there.
            "PRAGMA temp_store = MEMORY",
        ] {
            try runOnce(pragma)
        }
        // A commit that was answered must survive a power cut: FULL is 2. WAL is refused on some network disks.
        try demand("PRAGMA synchronous", .integer(2))
        try demand("PRAGMA journal_mode", .text("wal"))
    }

    /// Unlike `sqlite3_interrupt`, which hits the next statement or none when it comes between two.
    private func stopCancelledStatements() {
        let steps: Int32 = 20_000
        let connection = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            handle, steps,
            { context in
                guard let context else { return 0 }
                let connection = Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue()
                connection.isLong?()
                return connection.interruption?.isCancelled == true ? 1 : 0
            }, connection)
    }

    private func demand(_ pragma: String, _ wanted: SQLValue) throws {
        let found = try run(text: pragma, values: []).rows.first?.values.first
        guard found == wanted else {
            throw StorageError.unavailable("The database refused a setting it needs: \(pragma).")
        }
    }
}

extension StorageError {
    /// The error that a connection has just met. Messages name columns and constraints, never values.
    static func ofSQLite(_ handle: OpaquePointer, text: String) -> StorageError {
        let code = sqlite3_extended_errcode(handle)
        let message = String(cString: sqlite3_errmsg(handle))
        let subject = message.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? message
        switch code {
        case 2067, 1555, 2579:  // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY, _ROWID: macros that Swift cannot see
            return .notUnique(constraint: subject)
        case 787:  // SQLITE_CONSTRAINT_FOREIGNKEY
            return .brokenReference(constraint: subject)
        default: break
        }
        switch code & 0xff {
        case SQLITE_FULL: return .full
        case SQLITE_BUSY: return .unavailable("Another process held the database for too long.")
        case SQLITE_INTERRUPT: return .statement(text, code: Self.interruptedCode, message: message)
        default: return .statement(text, code: String(code), message: message)
        }
    }

    /// The code of a statement that was stopped: SQLSTATE's on both engines.
    static let interruptedCode = "57014"
}
