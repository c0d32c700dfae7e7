// SPDX-License-Identifier: Apache-2.0
// NOTIFY and LISTEN on a connection of their own. Inside a transaction NOTIFY costs a lock that all commits share, so
// it is sent afterwards, and many wishes become one. It is a hint: what is lost is found by polling.
import CPostgres
import Foundation
import NIOConcurrencyHelpers

/// Tells other processes that there may be work, and hears it from them.
final class PostgresMessenger: Sendable {
    private static let secondsBetween = 0.05
    private static let longestPauseSeconds = 5.0

    private struct State {
        var isWanted = false
        var isClosed = false
        var isStarted = false
    }

    let listeners = Listeners()
    private let address: PostgresAddress
    private let threads: ThreadCount
    private let state = NIOLockedValueBox(State())
    private let wakeUp: [Int32]

    init(address: PostgresAddress, threads: ThreadCount) throws {
        self.address = address
        self.threads = threads
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw StorageError.unavailable("The process has too many open files.") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        wakeUp = ends
    }

    deinit { for end in wakeUp { Foundation.close(end) } }

    func notify() {
        state.withLockedValue { $0.isWanted = true }
        startIfNeeded()
        wake()
    }

    func hints() -> AsyncStream<Void> {
        startIfNeeded()
        return listeners.add()
    }

    func close() {
        state.withLockedValue { $0.isClosed = true }
        listeners.finish()
        wake()
    }

    private var isClosed: Bool { state.withLockedValue(\.isClosed) }

    private func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well as one more byte would.
        _ = write(wakeUp[1], &byte, 1)
    }

    private func startIfNeeded() {
        let isFirst = state.withLockedValue { state in
            guard !state.isStarted, !state.isClosed else { return false }
            state.isStarted = true
            return true
        }
        if isFirst { threads.start(name: "postgres-notify") { [self] in run() } }
    }

    /// The thread: connected while it can be, and with growing pauses while it cannot.
    private func run() {
        var pause = Self.secondsBetween
        var isAgain = false
        while !isClosed {
            do {
                let connection = try address.connect()
                try connection.perform("LISTEN otklik")
                pause = Self.secondsBetween
                // What was said meanwhile is lost.
                if isAgain { listeners.tell() }
                try serve(connection)
            } catch {
                wait(for: nil, seconds: pause)
                pause = min(pause * 2, Self.longestPauseSeconds)
            }
            isAgain = true
        }
    }

    /// - Throws: When the connection is lost.
    private func serve(_ connection: PostgresConnection) throws {
        var sentAt = Date.distantPast
        while !isClosed {
            let isWanted = state.withLockedValue(\.isWanted)
            let rest = Self.secondsBetween + sentAt.timeIntervalSinceNow
            if isWanted, rest <= 0 {
                state.withLockedValue { $0.isWanted = false }
                try connection.perform("NOTIFY otklik")
                sentAt = Date()
            } else {
                wait(for: connection.socket, seconds: isWanted ? rest : 60)
            }
            if connection.takeNotifications() { listeners.tell() }
            if connection.isLost { throw StorageError.unavailable("The connection to PostgreSQL was lost.") }
        }
    }

    /// Waits until something arrives, somebody wakes the thread, or the time is over.
    private func wait(for socket: Int32?, seconds: Double) {
        var watched = [pollfd(fd: wakeUp[0], events: Int16(POLLIN), revents: 0)]
        if let socket { watched.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0)) }
        _ = poll(&watched, nfds_t(watched.count), Int32(seconds * 1000) + 1)
        var drained = [UInt8](repeating: 0, count: 64)
        while read(wakeUp[0], &drained, 64) > 0 {}
    }
}
