// SPDX-License-Identifier: Apache-2.0
// Threads that own connections, and the tasks that listen for hints.
import Foundation
import NIOConcurrencyHelpers

/// Starts threads and lets a task wait until all of them have ended.
final class ThreadCount: Sendable {
    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = NIOLockedValueBox(State())

    /// Starts a thread unless `limit` of them run already.
    func start(name: String, limit: Int = .max, _ body: @escaping @Sendable () -> Void) {
        let isAllowed = state.withLockedValue { state in
            guard state.running < limit else { return false }
            state.running += 1
            return true
        }
        guard isAllowed else { return }
        let thread = Thread { [self] in
            body()
            ended()
        }
        thread.name = name
        thread.start()
    }

    /// Lets the calling thread run before others of this program when all processors are busy: for the one whose work
    /// everybody waits for. Does nothing where the system does not allow it.
    static func preferThisThread() {
        // On Linux a thread has a niceness of its own.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -5)
    }

    func allEnded() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLockedValue { state in
                if state.running > 0 { state.waiting.append(continuation) }
                return state.running == 0
            }
            if isDone { continuation.resume() }
        }
    }

    private func ended() {
        let waiting = state.withLockedValue { state in
            state.running -= 1
            guard state.running == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Those who iterate over `hints()`. Each keeps at most one hint that it has not looked at.
final class Listeners: Sendable {
    private struct State {
        var next = 0
        var open: [Int: AsyncStream<Void>.Continuation] = [:]
        var isFinished = false
    }

    private let state = NIOLockedValueBox(State())

    var isEmpty: Bool { state.withLockedValue(\.open.isEmpty) }

    func add() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLockedValue { state in
            guard !state.isFinished else { return nil }
            state.next += 1
            state.open[state.next] = continuation
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(number) }
        return stream
    }

    func tell() {
        for continuation in state.withLockedValue({ Array($0.open.values) }) { continuation.yield() }
    }

    func finish() {
        let open = state.withLockedValue { state in
            state.isFinished = true
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for continuation in open { continuation.finish() }
    }

    private func remove(_ number: Int) {
        state.withLockedValue { _ = $0.open.removeValue(forKey: number) }
    }
}
