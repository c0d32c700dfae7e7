// SPDX-License-Identifier: Apache-2.0
// Waking without polling: who schedules rings, who waits sleeps until the next due time or the next ring.
import NIOConcurrencyHelpers
import Storage

/// Passes what was scheduled in this process on to its workers. A ring too many costs one look; the table is the truth.
final class Bell: Sendable {
    static let shared = Bell()

    private struct State {
        var next = 0
        var listeners: [Int: @Sendable (WorkKind?, Int64) -> Void] = [:]
        var pumps: [Place: Pump] = [:]
    }

    /// Where a kind's work is done.
    private struct Place: Hashable {
        let kind: WorkKind
        let origin: DatabaseOrigin
    }
    private let state = NIOLockedValueBox(State())

    /// Calls `action` with the kind (nil: any) and the due time of whatever is scheduled, until ``remove(_:)``.
    func listen(_ action: @escaping @Sendable (WorkKind?, Int64) -> Void) -> Int {
        state.withLockedValue { state in
            state.next += 1
            state.listeners[state.next] = action
            return state.next
        }
    }

    func remove(_ listener: Int) {
        state.withLockedValue { _ = $0.listeners.removeValue(forKey: listener) }
    }

    /// Lets a running pump be offered work that has just been made.
    func open(_ pump: Pump) {
        state.withLockedValue { $0.pumps[Place(kind: pump.kind, origin: pump.origin)] = pump }
    }

    func shut(_ pump: Pump) {
        state.withLockedValue { state in
            let place = Place(kind: pump.kind, origin: pump.origin)
            if state.pumps[place] === pump { state.pumps[place] = nil }
        }
    }

    /// The running pump of a kind on a database.
    func pump(_ kind: WorkKind, on origin: DatabaseOrigin) -> Pump? {
        state.withLockedValue { $0.pumps[Place(kind: kind, origin: origin)] }
    }

    /// Something of any kind may be due.
    func ringAll() { ring(nil, at: .min) }

    func ring(_ kind: WorkKind?, at dueAt: Int64) {
        let listeners = state.withLockedValue { Array($0.listeners.values) }
        for listener in listeners { listener(kind, dueAt) }
    }
}

/// One sleeper that can be woken: by a ring, by a due time earlier than the one it waits for, or by its timer.
final class Alarm: Sendable {
    private struct State {
        /// A ring that came while nobody slept is not lost.
        var isRung = false
        /// Until when the sleeper sleeps; nil while nobody does.
        var until: Int64?
        var sleeper: CheckedContinuation<Void, Never>?
    }
    private let state = NIOLockedValueBox(State())

    /// Wakes the sleeper, or keeps the next one from sleeping.
    func ring() { wake { _ in true } }

    /// Wakes the sleeper if it would oversleep `dueAt`.
    func ring(at dueAt: Int64) { wake { until in until.map { dueAt < $0 } ?? true } }

    private func wake(_ isNeeded: (Int64?) -> Bool) {
        let sleeper = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            guard isNeeded(state.until) else { return nil }
            state.isRung = true
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Sleeps until rung, until the task is cancelled, or for `until - now` milliseconds.
    func sleep(until: Int64, now: Int64) async {
        guard until > now else {
            state.withLockedValue { $0.isRung = false }
            return
        }
        let timer = Task {
            if (try? await Task.sleep(for: .milliseconds(until - now))) != nil { ring() }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRung = state.withLockedValue { state in
                    if state.isRung { return true }
                    state.until = until
                    state.sleeper = continuation
                    return false
                }
                if isRung { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
        timer.cancel()
        state.withLockedValue {
            $0.isRung = false
            $0.until = nil
        }
    }
}
