// SPDX-License-Identifier: Apache-2.0
// How the installation is: for the provider's page and for `otklik health`. Counts and times of all centres together.
import Storage

/// What somebody who looks after the installation wants to know first.
public struct InstallationHealth: Sendable, Encodable {
    /// Work that is due for longer than this is late: something is down, or there is more of it than is done.
    public static let lateSeconds: Int64 = 60

    public let version: String
    public let engine: String
    public let engineVersion: String
    /// The last step of the schema.
    public let schema: Int
    public let databaseBytes: Int64
    public let nodes: Int
    public let centres: Int
    public let archivedCentres: Int
    /// Senders whose mail waits for their server or their settings.
    public let heldSenders: Int
    public let queues: [WorkQueue]
    public let at: Moment

    /// Since when the oldest due work waits.
    public var oldestDueAt: Moment? { queues.compactMap(\.oldestDueAt).min() }
    /// Whether due work has waited for too long.
    public var isLate: Bool { isLate(oldestDueAt) }

    func isLate(_ due: Moment?) -> Bool { due.map { at.milliseconds(since: $0) > Self.lateSeconds * 1000 } ?? false }
}

extension Operations {
    /// How the installation is just now.
    /// - Parameter version: the release that asks.
    public func health(version: String) async throws -> InstallationHealth {
        let now = installation.clock.now()
        return try await installation.database.read { tx in
            let counts = try ProviderStore.counts(in: tx)
            let engine = try ProviderStore.engine(in: tx)
            return InstallationHealth(
                version: version, engine: tx.dialect.rawValue, engineVersion: engine.version,
                schema: engine.step, databaseBytes: engine.bytes, nodes: counts.nodes, centres: counts.centres,
                archivedCentres: counts.archived, heldSenders: counts.holds,
                queues: try ProviderStore.queues(at: now, in: tx), at: now)
        }
    }
}
