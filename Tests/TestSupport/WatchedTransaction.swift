// SPDX-License-Identifier: Apache-2.0
// A transaction that remembers what was looked up ahead, so that a test sees whether somebody took it.
import Storage

/// Passes everything on to a transaction of the test's database.
public final class WatchedTransaction: Transaction {
    private let inner: any Transaction
    private var ahead: [String] = []
    /// What was looked up ahead and forgotten before anybody took it: for nothing, and perhaps again by itself.
    public private(set) var wasted: [String] = []
    /// How many look-ups somebody took.
    public private(set) var taken = 0

    public init(_ inner: any Transaction) { self.inner = inner }

    public var dialect: Dialect { inner.dialect }
    public var origin: DatabaseOrigin { inner.origin }

    public func query(_ sql: SQL) throws -> [Row] {
        if let place = ahead.firstIndex(of: name(sql)) {
            ahead.remove(at: place)
            taken += 1
        }
        return try inner.query(sql)
    }

    public func query(_ sql: SQL, lookingUp others: @autoclosure () -> [SQL]) throws -> [Row] {
        let lookUps = others()
        ahead += lookUps.map(name)
        return try inner.query(sql, lookingUp: lookUps)
    }

    public func forgetLookUps() {
        wasted += ahead
        ahead = []
        inner.forgetLookUps()
    }

    public func execute(_ sql: SQL) throws -> Int { try inner.execute(sql) }
    public func send(_ sql: SQL) throws { try inner.send(sql) }
    public func send(_ sql: SQL, changing rows: Int, otherwise error: @autoclosure () -> any Error) throws {
        try inner.send(sql, changing: rows, otherwise: error())
    }
    public func newID() -> Int64 { inner.newID() }
    public func afterCommit(_ action: @escaping @Sendable () -> Void) { inner.afterCommit(action) }

    private func name(_ sql: SQL) -> String {
        let (text, values) = sql.rendered(for: dialect)
        return "\(text) \(values)"
    }
}
