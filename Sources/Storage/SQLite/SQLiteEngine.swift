// SPDX-License-Identifier: Apache-2.0
// SQLite behind the face of `Engine`: one writing thread, a few reading threads, and notice of other processes.
import Foundation
import NIOConcurrencyHelpers

/// One SQLite file: WAL, every commit on the disk before it is answered.
final class SQLiteEngine: Engine {
    private static let readers = 4

    private let path: String
    private let mint: IDMint
    private let writes = Mailbox()
    private let reads = ReadQueue()
    private let listeners = Listeners()
    private let threads = ThreadCount()

    /// Opens the file and starts the writer.
    init(path: String, mint: IDMint) async throws {
        self.path = path
        self.mint = mint
        let (writes, listeners) = (writes, listeners)
        try await withCheckedThrowingContinuation { (opened: CheckedContinuation<Void, any Error>) in
            threads.start(name: "sqlite-write") {
                do {
                    let connection = try SQLiteConnection(path: path, isWriter: true)
                    opened.resume()
                    ThreadCount.preferThisThread()
                    Self.write(on: connection, from: writes, listeners: listeners, mint: mint)
                } catch {
                    opened.resume(throwing: error)
                }
            }
        }
    }

    deinit {
        writes.close()
        reads.close()
        listeners.finish()
    }

    var dialect: Dialect { .sqlite }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value {
        try await Job.read(isTransaction: true, body, enqueue: enqueueRead)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> Value) async throws -> Value {
        try await Job.write(body) { writes.put($0) }
    }

    func query(_ sql: SQL) async throws -> [Row] {
        try await Job.read(isTransaction: false, { try $0.query(sql) }, enqueue: enqueueRead)
    }

    /// Nothing to do: other processes see that the file has changed.
    func notify() async {}

    func hints() -> AsyncStream<Void> {
        let stream = listeners.add()
        writes.nudge()
        return stream
    }

    func close() async throws {
        reads.close()
        writes.close()
        listeners.finish()
        await threads.allEnded()
    }

    private func enqueueRead(_ job: Job) {
        if reads.put(job) { Self.startReader(threads, path: path, reads, mint) }
    }

    private static func startReader(_ threads: ThreadCount, path: String, _ reads: ReadQueue, _ mint: IDMint) {
        threads.start(name: "sqlite-read", limit: readers + 1) {
            var reader: SQLiteReader?
            var isBrief = false
            while let (job, needsThread) = reads.take(afterBrief: isBrief) {
                if needsThread { startReader(threads, path: path, reads, mint) }
                isBrief = !job.isTransaction
                do {
                    let current = try reader ?? SQLiteReader(path: path, mint: mint)
                    reader = current
                    current.serve(job) {
                        if isBrief, reads.isLong() { startReader(threads, path: path, reads, mint) }
                        isBrief = false
                    }
                } catch {
                    job.fail(error)
                }
            }
        }
    }

    /// The writing thread: groups as they come and, while somebody listens, a look at the file four times a second.
    private static func write(
        on connection: SQLiteConnection, from mailbox: Mailbox, listeners: Listeners, mint: IDMint
    ) {
        let writer = SQLiteWriter(connection: connection, mint: mint)
        let lookEverySeconds = 0.25
        var lookedAt = Date.distantPast
        var seen: SQLValue?
        while true {
            let isListening = !listeners.isEmpty
            let timeout = isListening ? lookEverySeconds : nil
            guard let jobs = mailbox.take(upTo: SQLiteWriter.memberLimit, timeoutSeconds: timeout) else { return }
            writer.serve(jobs)
            guard isListening else {
                seen = nil
                continue
            }
            guard -lookedAt.timeIntervalSinceNow >= lookEverySeconds else { continue }
            lookedAt = Date()
            guard let current = try? connection.changeNumber() else { continue }
            if let seen, seen != current { listeners.tell() }
            seen = current
        }
    }
}

/// Runs reading bodies on the thread that owns a reading connection.
final class SQLiteReader {
    private let connection: SQLiteConnection
    private let mint: IDMint

    init(path: String, mint: IDMint) throws {
        connection = try SQLiteConnection(path: path, isWriter: false)
        self.mint = mint
    }

    /// - Parameter isLong: called during a statement, whenever it has gone on for a while.
    func serve(_ job: Job, isLong: @escaping () -> Void) {
        connection.interruption = job.interruption
        connection.isLong = isLong
        defer {
            connection.interruption = nil
            connection.isLong = nil
        }
        do {
            if job.interruption?.isCancelled == true { throw CancellationError() }
            try run(job).deliver()
        } catch {
            job.fail(job.interruption?.isCancelled == true ? CancellationError() : error)
        }
    }

    private func run(_ job: Job) throws -> Job.Outcome {
        guard job.isTransaction else { return try job.run(on: connection, mint: mint) }
        try connection.perform("BEGIN")
        do {
            let outcome = try job.run(on: connection, mint: mint)
            try connection.perform("COMMIT")
            return outcome
        } catch {
            if connection.isInTransaction { try connection.perform("ROLLBACK") }
            throw error
        }
    }
}
