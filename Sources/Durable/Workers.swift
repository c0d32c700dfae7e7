// SPDX-License-Identifier: Apache-2.0
// The long-running part: claims due work, hands it over, keeps the node alive, and stops without losing anything.
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import Storage

/// Does the work of this node until it is told to stop.
///
/// Nothing polls while nothing is due: a pump sleeps until the next due time, until somebody in this process schedules
/// something earlier, until another process hints, or for five seconds as a last resort. Stopping gracefully, it
/// claims nothing more, lets handlers finish for twenty seconds, and then returns what is still leased.
///
/// A program that does no work itself (only pages) runs `Workers` without handlers: its node stays alive, and other
/// nodes hear of what it schedules.
public struct Workers: Service {
    /// How long handlers may take to finish when the program stops.
    static let grace = Duration.seconds(20)

    let database: Database
    let node: Node
    let clock: @Sendable () -> Int64
    let logger: Logger
    let pumps: [Pump]
    private let stopping = Stopping()

    /// - Parameters:
    ///   - node: This process, from ``Node/join(_:clock:)``; it leaves when ``run()`` ends.
    ///   - clock: The time in milliseconds that due times are compared with.
    public init(
        database: Database, node: Node, handlers: [WorkHandler], clock: @escaping @Sendable () -> Int64, logger: Logger
    ) {
        precondition(Set(handlers.map(\.kind)).count == handlers.count, "Every kind of work has one handler.")
        self.database = database
        self.node = node
        self.clock = clock
        self.logger = logger
        let stopping = self.stopping
        pumps = handlers.map { Pump($0, database: database, node: node, stopping: stopping, logger: logger) }
    }

    /// Claims and handles until nothing is due at `now`, and returns how many items that were. For tests, and for
    /// commands that end: it neither sleeps nor listens.
    ///
    /// Time stands still for the handlers. What they schedule for `now` or earlier is done as well.
    /// - Throws: ``EndlessWork`` after 10,000 batches, ``WorkFailed`` at the end when a handler threw.
    @discardableResult public func runDue(now: Int64) async throws -> Int { try await runDue(now: now, limit: 10_000) }

    @discardableResult func runDue(now: Int64, limit: Int) async throws -> Int {
        var handled = 0
        var batches = 0
        var errors: [String] = []
        var isIdle = false
        while !isIdle {
            isIdle = true
            for pump in pumps {
                let claimed = try await pump.claim(now: { now })
                guard !claimed.isEmpty else { continue }
                isIdle = false
                handled += claimed.count
                batches += 1
                guard batches <= limit else { throw EndlessWork() }
                errors += await pump.handle(claimed, now: { now })
            }
        }
        if !errors.isEmpty { throw WorkFailed(errors: errors) }
        return handled
    }

    /// Works until the surrounding service group stops gracefully or the task is cancelled. Once only.
    public func run() async throws {
        let (calls, caller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let listener = Bell.shared.listen { [pumps, node] kind, dueAt in
            let rung = pumps.filter { kind == nil || kind == $0.kind }
            for pump in rung { pump.ring(at: dueAt) }
            if kind != nil, rung.isEmpty || node.hasOthers { caller.yield() }
        }
        defer { Bell.shared.remove(listener) }
        let background = Task { await accompany(calls) }
        let pumping = Task { await pump() }
        await withGracefulShutdownHandler {
            await stopping.wait()
        } onGracefulShutdown: {
            stop()
        }
        // A cancelled task comes here without having been told to stop.
        stop()
        let wasCancelled = Task.isCancelled
        let impatience = Task {
            if !wasCancelled { try await Task.sleep(for: Self.grace) }
            pumping.cancel()
        }
        await pumping.value
        impatience.cancel()
        background.cancel()
        await background.value
        // In a task of its own: the leases are to be returned even when this one was cancelled.
        try await Task { try await node.leave() }.value
    }

    /// Claims nothing more from now on.
    func stop() {
        stopping.begin()
        for pump in pumps { pump.ring() }
    }

    private func pump() async {
        await withTaskGroup(of: Void.self) { group in
            for pump in pumps { group.addTask { await pump.run(now: clock) } }
        }
    }

    /// Beats, hears hints of other processes, and gives them some, until it is cancelled.
    private func accompany(_ calls: AsyncStream<Void>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: Node.beat)) != nil {
                    do {
                        try await node.tend(logger: logger)
                    } catch {
                        logger.warning("The node could not beat.", metadata: ["error": "\(error)"])
                    }
                }
            }
            group.addTask {
                for await _ in database.hints() {
                    for pump in pumps { pump.ring() }
                }
            }
            group.addTask {
                for await _ in calls { await database.notify() }
            }
        }
    }
}

/// A program that stops says it once; everybody else asks, and one waits.
final class Stopping: Sendable {
    private let hasBegun = NIOLockedValueBox(false)
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

    var isOn: Bool { hasBegun.withLockedValue { $0 } }

    func begin() {
        hasBegun.withLockedValue { $0 = true }
        continuation.finish()
    }

    /// Returns when ``begin()`` was called or the task is cancelled.
    func wait() async {
        for await _ in stream {}
    }
}

/// Handlers threw in ``Workers/runDue(now:)``; their work is retried later.
public struct WorkFailed: Error, Sendable, CustomStringConvertible {
    public let errors: [String]
    public var description: String { "Work failed: " + errors.joined(separator: "; ") }
}

/// Work goes on and on being due at the same moment.
public struct EndlessWork: Error, Sendable {}
