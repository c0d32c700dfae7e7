// SPDX-License-Identifier: Apache-2.0
// The part of a transaction that is the same on both engines: a failed statement ends it, and what follows a commit
// is kept until then.

/// A connection as its own thread uses it.
protocol Connection: AnyObject {
    var dialect: Dialect { get }
    /// Runs one statement, prepared and kept.
    func run(text: String, values: [SQLValue]) throws -> StatementResult
    /// Runs one statement, prepared and kept, of which nobody needs the result. Its error may be thrown by a later one,
    /// and so may the one for a statement that changes other than the expected number of rows.
    func send(text: String, values: [SQLValue], expecting expectation: Expectation?) throws
    /// Runs one statement as it stands, for schema changes.
    func runOnce(_ text: String) throws
    /// Sends a statement whose result somebody takes later. Nil where that is of no use: it is run then.
    func lookUp(text: String, values: [SQLValue]) throws -> (any LookUp)?
}

/// A statement that was sent, and its result once that is there.
protocol LookUp: AnyObject {
    /// Waits for the result, which can be taken once.
    func take() throws -> StatementResult
}

extension Connection {
    func send(text: String, values: [SQLValue], expecting expectation: Expectation?) throws {
        let changes = try run(text: text, values: values).changes
        try expectation?.check(changes)
    }

    func lookUp(text: String, values: [SQLValue]) throws -> (any LookUp)? { nil }
}

/// How many rows a statement must change, and what it means if it does not.
struct Expectation {
    let changes: Int
    let error: any Error

    func check(_ changes: Int) throws {
        if changes != self.changes { throw error }
    }
}

/// What a statement gave back.
struct StatementResult {
    var rows: [Row] = []
    var changes = 0
}

/// One run of a transaction body on a connection.
///
/// PostgreSQL refuses every further statement after a failed one; SQLite would go on. So that a body cannot work on one
/// engine only, a failed statement ends the transaction on both: later statements repeat the error, and a body that
/// hides it fails nevertheless.
final class OpenTransaction: Transaction {
    /// What was looked up along with something else, and has not been taken.
    private struct Ahead {
        let text: String
        let values: [SQLValue]
        let lookUp: any LookUp
    }

    private let connection: any Connection
    private let mint: IDMint
    private var failure: (any Error)?
    private var isOver = false
    private var ahead: [Ahead] = []
    private(set) var actions: [@Sendable () -> Void] = []

    init(connection: any Connection, mint: IDMint) {
        self.connection = connection
        self.mint = mint
    }

    var dialect: Dialect { connection.dialect }

    func query(_ sql: SQL) throws -> [Row] { try run(sql).rows }

    func query(_ sql: SQL, lookingUp others: @autoclosure () -> [SQL]) throws -> [Row] {
        let (text, values) = sql.rendered(for: connection.dialect)
        guard let first = try keepingFailure({ try connection.lookUp(text: text, values: values) }) else {
            return try run(text: text, values: values).rows
        }
        ahead += try others().compactMap(lookUpAhead)
        return try keepingFailure { try first.take() }.rows
    }

    func forgetLookUps() { ahead = [] }

    func execute(_ sql: SQL) throws -> Int { try run(sql).changes }

    func send(_ sql: SQL) throws {
        try send(sql, expecting: nil)
    }

    func send(_ sql: SQL, changing rows: Int, otherwise error: @autoclosure () -> any Error) throws {
        try send(sql, expecting: Expectation(changes: rows, error: error()))
    }

    func newID() -> Int64 { mint.next() }

    var origin: DatabaseOrigin { DatabaseOrigin(mint) }

    func afterCommit(_ action: @escaping @Sendable () -> Void) { actions.append(action) }

    /// The tables of the database; a column that the engines do not store alike is left out.
    func tables() throws -> [TableShape] {
        try keepingFailure { try TableCatalogue(connection: connection).tables(isStrict: false) }
    }

    /// Runs a statement of a migration.
    func executeSchemaChange(_ text: String) throws {
        try keepingFailure { try connection.runOnce(text) }
    }

    /// Ends the run: the error that was hidden, if one was. The object may have been kept by the body; it is of no use
    /// from here on.
    func finish() throws {
        isOver = true
        if let failure { throw failure }
    }

    /// The engine's own error, when running the body again may help, whatever the body made of it.
    var reasonToRetry: (any Error)? {
        isOver = true
        guard let failure = failure as? StorageError, failure.isTransient else { return nil }
        return failure
    }

    private func send(_ sql: SQL, expecting expectation: Expectation?) throws {
        let (text, values) = sql.rendered(for: connection.dialect)
        try keepingFailure { try connection.send(text: text, values: values, expecting: expectation) }
    }

    private func lookUpAhead(_ sql: SQL) throws -> Ahead? {
        let (text, values) = sql.rendered(for: connection.dialect)
        return try keepingFailure { try connection.lookUp(text: text, values: values) }
            .map { Ahead(text: text, values: values, lookUp: $0) }
    }

    private func run(_ sql: SQL) throws -> StatementResult {
        let (text, values) = sql.rendered(for: connection.dialect)
        return try run(text: text, values: values)
    }

    private func run(text: String, values: [SQLValue]) throws -> StatementResult {
        if let place = ahead.firstIndex(where: { $0.text == text && $0.values == values }) {
            let lookUp = ahead.remove(at: place).lookUp
            return try keepingFailure { try lookUp.take() }
        }
        return try keepingFailure { try connection.run(text: text, values: values) }
    }

    private func keepingFailure<Value>(_ body: () throws -> Value) throws -> Value {
        if isOver { throw StorageError.closed }
        if let failure { throw failure }
        do {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }
}

extension Job {
    /// What one run of the body came to.
    struct Outcome {
        let deliver: @Sendable () -> Void
        let actions: [@Sendable () -> Void]
    }

    /// Runs the body once on a connection.
    func run(on connection: any Connection, mint: IDMint) throws -> Outcome {
        let transaction = OpenTransaction(connection: connection, mint: mint)
        do {
            let deliver = try attempt(transaction)
            try transaction.finish()
            return Outcome(deliver: deliver, actions: transaction.actions)
        } catch {
            throw transaction.reasonToRetry ?? error
        }
    }
}
