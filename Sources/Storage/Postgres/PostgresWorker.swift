// SPDX-License-Identifier: Apache-2.0
// What one connection's thread does: reads, single writes, groups of writes, and what follows a lost connection.
import Foundation
import NIOConcurrencyHelpers

/// Where to connect, and since when that has failed, shared by the threads of a pool.
final class PostgresAddress: Sendable {
    private static let patienceSeconds = 10.0
    private static let pauseSeconds = 0.05...1.0

    private let url: String
    private let downSince = NIOLockedValueBox<Date?>(nil)

    init(url: String) { self.url = url }

    /// Connects for the first time, and says what is wrong.
    func connectAtStart() throws -> PostgresConnection { try PostgresDiagnosis.connect(url, for: .serving) }

    /// Connects once.
    func connect() throws -> PostgresConnection { try PostgresConnection(url: url) }

    /// Connects, with growing pauses between attempts until the server has been away for too long.
    func connectPatiently() throws -> PostgresConnection {
        var pause = Self.pauseSeconds.lowerBound
        while true {
            do {
                let connection = try connect()
                downSince.withLockedValue { $0 = nil }
                return connection
            } catch {
                let since = downSince.withLockedValue { since in
                    since = since ?? Date()
                    return since ?? Date()
                }
                guard -since.timeIntervalSinceNow < Self.patienceSeconds else { throw error }
                Thread.sleep(forTimeInterval: pause)
                pause = min(pause * 2, Self.pauseSeconds.upperBound)
            }
        }
    }
}

/// Serves jobs on the thread that owns a connection.
final class PostgresWorker {
    /// A group's member waits this long for a row that another transaction holds; then it is run again alone. So no
    /// group waits while it holds what others wait for.
    private static let groupBegin = """
        BEGIN READ WRITE; SET LOCAL lock_timeout = '30ms';
        \(PostgresConnection.writerSettings.map { "SET LOCAL \($0);" }.joined(separator: " "))
        SAVEPOINT member
        """
    private static let groupMilliseconds = 25.0
    private static let conflictLimit = 5

    private let address: PostgresAddress
    private let mint: IDMint
    private var connection: PostgresConnection?

    init(address: PostgresAddress, mint: IDMint, connection: PostgresConnection?) {
        self.address = address
        self.mint = mint
        self.connection = connection
    }

    func serve(_ turn: PostgresQueue.Turn) {
        switch turn {
        case .read(let job): serveRead(job)
        case .write(let jobs) where jobs.count == 1: serveAlone(jobs[0])
        case .write(let jobs):
            var rest = jobs[...]
            while !rest.isEmpty { rest = rest.dropFirst(serveGroup(rest)) }
        }
    }

    /// Has PostgreSQL look at tables that have grown much. What fails here is done later by PostgreSQL itself.
    func refresh() {
        do {
            try connected().refreshGrownTables()
        } catch {
            rollBack()
        }
    }

    private func connected() throws -> PostgresConnection {
        if let connection, !connection.isLost {
            try connection.forgetStatements()
            return connection
        }
        connection = nil
        let new = try address.connectPatiently()
        connection = new
        return new
    }

    /// Ends what a failed transaction has left. A connection that cannot even roll back is given up.
    private func rollBack() {
        do {
            try connection?.rollBack()
        } catch {
            connection = nil
        }
        if connection?.isLost == true { connection = nil }
    }
}

// MARK: - One at a time

extension PostgresWorker {
    private func serveRead(_ job: Job) {
        retrying(job) { connection in
            guard let interruption = job.interruption else { return try self.read(job, on: connection) }
            return try interruption.whileRunning(stop: connection.stop(interruption)) {
                try self.read(job, on: connection)
            }
        }
    }

    private func read(_ job: Job, on connection: PostgresConnection) throws -> Job.Outcome {
        guard job.isTransaction else { return try job.run(on: connection, mint: mint) }
        try connection.beginReading()
        let outcome = try job.run(on: connection, mint: mint)
        try connection.commit()
        return outcome
    }

    private func serveAlone(_ job: Job) {
        retrying(job) { connection in
            try connection.beginWriting()
            let outcome = try job.run(on: connection, mint: self.mint)
            try self.commit(on: connection)
            return outcome
        }
    }

    /// Runs a transaction again after conflicts with others, and once after a connection that was lost before COMMIT.
    private func retrying(_ job: Job, _ run: (PostgresConnection) throws -> Job.Outcome) {
        var conflicts = 0
        var isSecondConnection = false
        while true {
            do {
                let outcome = try run(connected())
                for action in outcome.actions { action() }
                outcome.deliver()
                return
            } catch let error as OutcomeUnknown {
                connection = nil
                return job.fail(error.asStorageError)
            } catch {
                let isLost = connection?.isLost ?? false
                rollBack()
                if job.interruption?.isCancelled == true { return job.fail(CancellationError()) }
                if isLost, !isSecondConnection {
                    isSecondConnection = true
                } else if !isLost, conflicts < Self.conflictLimit, isConflict(error) {
                    conflicts += 1
                    if conflicts > 1 { Thread.sleep(forTimeInterval: Double.random(in: 0...0.01) * Double(conflicts)) }
                } else {
                    return job.fail(error)
                }
            }
        }
    }

    /// - Throws: ``OutcomeUnknown`` when the connection was lost after COMMIT was sent: running it again could do it
    ///   twice.
    private func commit(on connection: PostgresConnection) throws {
        try connection.settleBeforeCommit()
        do {
            try connection.commit()
        } catch {
            throw connection.isLost ? OutcomeUnknown() : error
        }
    }

    /// Whether the same transaction may succeed when it is run again. After a change of the schema by another process
    /// kept statements are made anew.
    private func isConflict(_ error: any Error) -> Bool {
        guard let error = error as? StorageError else { return false }
        if error.isStalePlan {
            do {
                try connection?.forgetStatements(ifMoreThan: 0)
            } catch {
                connection = nil
            }
            return true
        }
        guard case .statement = error else { return false }
        return error.isTransient
    }
}

/// The connection was lost after COMMIT was sent: nobody knows whether it was made.
private struct OutcomeUnknown: Error {
    var asStorageError: StorageError {
        .unavailable("The connection to PostgreSQL was lost during a commit; whether it was made is unknown.")
    }
}

// MARK: - Groups

extension PostgresWorker {
    /// How a group's members stand before its commit.
    private struct Group {
        var answers: [() -> Void] = []
        var actions: [@Sendable () -> Void] = []
        /// Members that met a conflict: they are run alone afterwards.
        var aside: [Job] = []
        var count = 0
    }

    /// Runs waiting writers in one transaction, a savepoint each, and says how many it served.
    private func serveGroup(_ jobs: ArraySlice<Job>) -> Int {
        var group = Group()
        do {
            let connection = try connected()
            try connection.perform(Self.groupBegin)
            connection.plansOnce = true
            let end = Date(timeIntervalSinceNow: Self.groupMilliseconds / 1000)
            for job in jobs {
                if group.count > 0 {
                    if Date() > end { break }
                    try connection.perform("RELEASE SAVEPOINT member; SAVEPOINT member")
                }
                group.count += 1
                try runMember(job, of: &group, on: connection)
            }
            try commit(on: connection)
        } catch let error as OutcomeUnknown {
            connection = nil
            for job in jobs.prefix(group.count) { job.fail(error.asStorageError) }
            return group.count
        } catch {
            rollBack()
            let tried = jobs.prefix(max(group.count, 1))
            for job in tried { serveAlone(job) }
            return tried.count
        }
        for action in group.actions { action() }
        for answer in group.answers { answer() }
        for job in group.aside { serveAlone(job) }
        return group.count
    }

    /// - Throws: When the connection is lost, and with it the group.
    private func runMember(_ job: Job, of group: inout Group, on connection: PostgresConnection) throws {
        do {
            let outcome = try job.run(on: connection, mint: mint)
            try connection.settle()
            group.answers.append(outcome.deliver)
            group.actions += outcome.actions
        } catch {
            if connection.isLost { throw error }
            try connection.rollBack(to: "member")
            if let error = error as? StorageError, error.isTransient {
                group.aside.append(job)
            } else {
                group.answers.append { job.fail(error) }
            }
        }
    }
}
