// SPDX-License-Identifier: Apache-2.0
// The one face of both engines.

/// What runs inside one transaction. Bodies are synchronous by type: neither mail nor HTTP can happen inside one.
public protocol Transaction: AnyObject {
    var dialect: Dialect { get }
    /// Runs a statement and returns its rows. Statements are prepared once per connection and kept.
    func query(_ sql: SQL) throws -> [Row]
    /// The same, and along with it look-ups that ``query(_:)`` will run a little later, with the same text and values,
    /// of rows that are not changed in between. On PostgreSQL they are carried out right after it, mostly in the same
    /// round trip, and that call only takes their rows; on SQLite, where nothing travels, it runs them itself. The
    /// error of a look-up may be thrown here, by any later statement, or with the commit. What nobody takes has cost
    /// its work, and is to be forgotten: ``forgetLookUps()``.
    func query(_ sql: SQL, lookingUp others: @autoclosure () -> [SQL]) throws -> [Row]
    /// Forgets rows that were looked up and not taken, so that nobody takes them for what is there later.
    func forgetLookUps()
    /// Runs a statement and returns how many rows it changed.
    @discardableResult func execute(_ sql: SQL) throws -> Int
    /// Runs a statement that may as well be carried out a little later: before the next one, or with the commit. On
    /// PostgreSQL it travels along with that one instead of waiting for an answer of its own, so that its error may be
    /// thrown there: not for statements whose error somebody catches inside the transaction.
    func send(_ sql: SQL) throws
    /// The same for a statement that must change so many rows. Where it does not, the error is thrown, there or here,
    /// and in any case before the commit.
    func send(_ sql: SQL, changing rows: Int, otherwise error: @autoclosure () -> any Error) throws
    /// A new id: time-ordered, unique over all nodes of one database.
    func newID() -> Int64
    /// Runs after the commit, outside the transaction; never runs when it is rolled back. For wake-ups and caches.
    func afterCommit(_ action: @escaping @Sendable () -> Void)
    /// Which ``Database`` it is a transaction of: several may be open in one process.
    var origin: DatabaseOrigin { get }
}

/// The identity of an open ``Database``.
public typealias DatabaseOrigin = ObjectIdentifier

extension Transaction {
    /// The only row of a result, or nil when it is empty.
    public func one(_ sql: SQL) throws -> Row? { try query(sql).first }
}

/// A database that a `Database` speaks to: SQLite or PostgreSQL.
protocol Engine: Sendable {
    var dialect: Dialect { get }
    func read<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value
    func write<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value
    func query(_ sql: SQL) async throws -> [Row]
    func notify() async
    func hints() -> AsyncStream<Void>
    func close() async throws
}

/// A database of either engine.
///
/// Transaction bodies may run twice: a failed group is tried again one by one, and a lost connection once. They must
/// not change anything but the database; what has to happen afterwards goes through ``Transaction/afterCommit(_:)``.
public final class Database: Sendable {
    let engine: any Engine
    /// Makes the ids of new rows.
    public let mint: IDMint

    init(engine: any Engine, mint: IDMint) {
        self.engine = engine
        self.mint = mint
    }

    public var dialect: Dialect { engine.dialect }
    /// Whether all changes pass one thread, one transaction after the other.
    public var hasOneWriter: Bool { dialect == .sqlite }
    public var origin: DatabaseOrigin { DatabaseOrigin(mint) }

    /// Reads one consistent state.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await engine.read(body)
    }

    /// Changes something, all or nothing. Returns when the change is durable; a cancelled task does not stop it.
    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await engine.write(body)
    }

    /// One statement that only reads, by the shortest way there is.
    public func query(_ sql: SQL) async throws -> [Row] { try await engine.query(sql) }

    /// Tells other processes on this database that there may be work. A hint: it may be lost, and a poll is the truth.
    public func notify() async { await engine.notify() }

    /// An element whenever another process said ``notify()`` (SQLite: whenever another process changed the file).
    public func hints() -> AsyncStream<Void> { engine.hints() }

    /// Waits for running transactions and closes.
    public func close() async throws { try await engine.close() }
}
