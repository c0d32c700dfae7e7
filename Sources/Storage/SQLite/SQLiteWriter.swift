// SPDX-License-Identifier: Apache-2.0
// The one writer of a SQLite database, with group commit: writers queue, and one transaction with one fsync serves all
// that wait. Without groups the disk's fsync decides: hundreds of writes a second instead of ten thousand and more.
import Foundation

/// Runs writing bodies on the thread that owns the writing connection.
final class SQLiteWriter {
    /// Bounds of one group: members, and the time after which no further member begins.
    static let memberLimit = 256
    private static let groupMilliseconds = 25.0

    private let connection: SQLiteConnection
    private let mint: IDMint

    init(connection: SQLiteConnection, mint: IDMint) {
        self.connection = connection
        self.mint = mint
    }

    /// Serves all jobs, in as many transactions as the bounds ask for.
    func serve(_ jobs: [Job]) {
        var rest = jobs[...]
        while !rest.isEmpty {
            if rest.count == 1, let job = rest.first {
                serveAlone(job)
                return
            }
            rest = rest.dropFirst(serveGroup(rest))
        }
    }

    /// Runs one job in a transaction of its own; whoever is alone needs no savepoint.
    private func serveAlone(_ job: Job) {
        let outcome: Job.Outcome
        do {
            try connection.perform("BEGIN IMMEDIATE")
            outcome = try job.run(on: connection, mint: mint)
            guard connection.isInTransaction else { throw StorageError.full }
            try connection.perform("COMMIT")
        } catch {
            rollBack()
            job.fail(error)
            return
        }
        for action in outcome.actions { action() }
        outcome.deliver()
    }

    /// Runs one transaction and says how many jobs it served. Nobody hears of a result before the commit.
    private func serveGroup(_ jobs: ArraySlice<Job>) -> Int {
        var answers: [() -> Void] = []
        var actions: [@Sendable () -> Void] = []
        do {
            try connection.perform("BEGIN IMMEDIATE")
        } catch {
            // Another process holds the file. Everybody has waited long enough.
            for job in jobs { job.fail(error) }
            return jobs.count
        }
        do {
            let end = Date(timeIntervalSinceNow: Self.groupMilliseconds / 1000)
            for (position, job) in jobs.enumerated() {
                switch try runMember(job, isFirst: position == 0) {
                case .success(let outcome):
                    answers.append(outcome.deliver)
                    actions += outcome.actions
                case .failure(let error): answers.append { job.fail(error) }
                }
                if Date() > end { break }
            }
            try connection.perform("COMMIT")
        } catch {
            rollBack()
            return retry(jobs.prefix(max(answers.count + 1, 1)), after: error)
        }
        for action in actions { action() }
        for answer in answers { answer() }
        return answers.count
    }

    /// A group that lost its transaction is tried again one by one, so that only the one that cannot be served fails.
    private func retry(_ jobs: ArraySlice<Job>, after error: any Error) -> Int {
        if jobs.count == 1 {
            jobs.first?.fail(error)
        } else {
            for job in jobs { serveAlone(job) }
        }
        return jobs.count
    }

    /// Runs one member so that a failing one is undone alone: in a savepoint of its own, but for the first, with which
    /// nothing else is undone.
    /// - Throws: When the transaction of the whole group is gone: SQLite ends it when the disk is full.
    private func runMember(_ job: Job, isFirst: Bool) throws -> Result<Job.Outcome, any Error> {
        if !isFirst { try connection.perform("SAVEPOINT member") }
        do {
            let outcome = try job.run(on: connection, mint: mint)
            guard connection.isInTransaction else { throw StorageError.full }
            if !isFirst { try connection.perform("RELEASE member") }
            return .success(outcome)
        } catch {
            guard connection.isInTransaction else { throw error }
            try connection.perform(isFirst ? "ROLLBACK" : "ROLLBACK TO member")
            try connection.perform(isFirst ? "BEGIN IMMEDIATE" : "RELEASE member")
            return .failure(error)
        }
    }

    private func rollBack() {
        guard connection.isInTransaction else { return }
        do {
            try connection.perform("ROLLBACK")
        } catch {
            // The next BEGIN fails and says so.
            return
        }
    }
}
