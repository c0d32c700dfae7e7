// SPDX-License-Identifier: Apache-2.0
// PostgreSQL behind the face of `Engine`: a few connections, each blocking on a thread of its own.
import Foundation

/// One PostgreSQL database.
final class PostgresEngine: Engine {
    private let address: PostgresAddress
    private let mint: IDMint
    private let connections: Int
    private let queue: PostgresQueue
    private let messenger: PostgresMessenger
    private let freshness = PostgresFreshness()
    private let threads = ThreadCount()
    private let messengerThreads = ThreadCount()

    /// Connects once, so that a wrong address is known at the start.
    init(url: String, connections: Int, mint: IDMint) async throws {
        address = PostgresAddress(url: url)
        self.connections = connections
        self.mint = mint
        queue = PostgresQueue(connections: connections)
        messenger = try PostgresMessenger(address: address, threads: messengerThreads)
        try await withCheckedThrowingContinuation { (opened: CheckedContinuation<Void, any Error>) in
            startThread(opened: opened)
        }
    }

    deinit {
        queue.close()
        messenger.close()
    }

    var dialect: Dialect { .postgres }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value {
        try await Job.read(isTransaction: true, body) { enqueue($0, isWrite: false) }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value {
        try await Job.write(body) { enqueue($0, isWrite: true) }
    }

    func query(_ sql: SQL) async throws -> [Row] {
        try await Job.read(isTransaction: false, { try $0.query(sql) }, enqueue: { enqueue($0, isWrite: false) })
    }

    func notify() async { messenger.notify() }

    func hints() -> AsyncStream<Void> { messenger.hints() }

    func close() async throws {
        queue.close()
        messenger.close()
        await threads.allEnded()
        await messengerThreads.allEnded()
    }

    private func enqueue(_ job: Job, isWrite: Bool) {
        if !queue.put(job, isWrite: isWrite) { startThread(opened: nil) }
    }

    /// Starts a thread with a connection of its own, if there may be one more. The first one says whether it could
    /// connect; later ones connect when they have something to do.
    private func startThread(opened: CheckedContinuation<Void, any Error>?) {
        let (address, queue, mint, freshness) = (address, queue, mint, freshness)
        threads.start(name: "postgres", limit: connections) {
            var first: PostgresConnection?
            if let opened {
                do {
                    first = try address.connectAtStart()
                    opened.resume()
                } catch {
                    return opened.resume(throwing: error)
                }
            }
            let worker = PostgresWorker(address: address, mint: mint, connection: first)
            while let turn = queue.next() {
                worker.serve(turn)
                let isDue = freshness.isDue(after: turn)
                queue.ended(turn, isBusy: isDue)
                if isDue { worker.refresh() }
            }
        }
    }
}
