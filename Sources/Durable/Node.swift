// SPDX-License-Identifier: Apache-2.0
// One running program on a database: it holds leases as long as its heart beats, and its number makes ids unique.
import Foundation
import Logging
import NIOConcurrencyHelpers
import Storage

/// This process among those that share a database.
///
/// The heart beats every 5 s by the database's clock (``Workers`` see to it) and counts as alive for 20 s. The work of
/// a node that is no longer alive is free again. On SQLite one program serves a folder, so earlier nodes are void.
public final class Node: Sendable {
    /// How often the heart beats.
    static let beat = Duration.seconds(5)
    /// How long a node counts as alive after a beat.
    static let validity = Duration.seconds(20)
    /// How long a dead node's number is not given away.
    static let rest = Duration.seconds(600)
    /// How far the machine's clock may be from the database's.
    static let largestSkew = Duration.seconds(2)

    /// The identity that leases carry. A node that was taken for dead comes back with another one.
    struct Identity: Sendable, Equatable {
        let id: Int64
        let number: Int
    }

    private struct State {
        var identity: Identity
        var beatAt: ContinuousClock.Instant
        var others = 0
        /// The claims whose items are being handled in this process, by how many handlers.
        var leases: [Int64: Int] = [:]
    }

    let database: Database
    private let state: NIOLockedValueBox<State>

    private init(database: Database, identity: Identity, beatAt: ContinuousClock.Instant) {
        self.database = database
        state = NIOLockedValueBox(State(identity: identity, beatAt: beatAt))
    }

    var identity: Identity { state.withLockedValue { $0.identity } }
    public var id: Int64 { identity.id }
    /// 0…1023, in every id that this process makes.
    public var number: Int { identity.number }

    /// True when other nodes were alive at the last beat: they have to be told of new work.
    var hasOthers: Bool { state.withLockedValue { $0.others > 0 } }

    func remember(_ lease: Int64) { state.withLockedValue { $0.leases[lease, default: 0] += 1 } }
    func holds(_ lease: Int64) -> Bool { state.withLockedValue { $0.leases[lease] != nil } }

    /// One handler fewer; the last one makes the lease forgotten.
    func forget(_ lease: Int64) {
        state.withLockedValue { state in
            guard let count = state.leases[lease] else { return }
            state.leases[lease] = count > 1 ? count - 1 : nil
        }
    }

    /// Whether leases are valid for at least `margin` more, by the monotonic clock.
    public func isLeaseSafe(margin: Duration = .seconds(5)) -> Bool {
        let beatAt = state.withLockedValue { $0.beatAt }
        return ContinuousClock.now < beatAt + Self.validity - margin
    }

    /// Joins the nodes of a database and gives its mint the number that nobody else has.
    /// - Parameter clock: The machine's time in milliseconds, to be compared with the database's.
    /// - Throws: ``NodeError/skewedClock(milliseconds:)`` when both are more than 2 s apart.
    public static func join(
        _ database: Database,
        clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
    ) async throws -> Node {
        let before = clock()
        let row = try await database.query("SELECT \(.databaseNow) AS now").first
        let after = clock()
        let now = try row?.get("now", as: Int64.self) ?? before
        let skew = now < before ? now - before : max(0, now - after)
        guard abs(skew) <= largestSkew.milliseconds else { throw NodeError.skewedClock(milliseconds: skew) }
        if database.dialect == .sqlite { try await NodeStore.clear(database) }
        return try await makeAnother(on: database)
    }

    /// One more node, beside those that there are.
    static func makeAnother(on database: Database) async throws -> Node {
        let beatAt = ContinuousClock.now
        let identity = try await NodeStore.register(database)
        return Node(database: database, identity: identity, beatAt: beatAt)
    }

    /// Beats, frees what dead nodes held and what nobody in this process handles any more, and returns how many rows
    /// that were. A node that was taken for dead joins again under another identity; what it held then is lost to it.
    @discardableResult public func tend(logger: Logger? = nil) async throws -> Int {
        let beatAt = ContinuousClock.now
        let identity = self.identity
        let tended = try await NodeStore.tend(identity, database) { [self] in holds($0) }
        if tended.isAlive {
            state.withLockedValue {
                $0.beatAt = beatAt
                $0.others = tended.others
            }
        } else {
            logger?.warning("The node was taken for dead and joins again.", metadata: ["node.id": "\(identity.id)"])
            let fresh = try await NodeStore.register(database)
            state.withLockedValue {
                $0.identity = fresh
                $0.beatAt = beatAt
            }
        }
        if tended.freed > 0 {
            logger?.notice("Work that nobody did any more is free again.", metadata: ["work.count": "\(tended.freed)"])
        }
        return tended.freed
    }

    /// Returns what is still leased and leaves the nodes; the number is free at once.
    public func leave() async throws { try await NodeStore.leave(identity, database) }
}

/// Why a node cannot join.
public enum NodeError: Error, Sendable, Equatable {
    /// The machine's and the database's clock are too far apart for leases to mean anything.
    case skewedClock(milliseconds: Int64)
    /// 1024 nodes are alive or have died within ten minutes.
    case noNumberLeft
}
