// SPDX-License-Identifier: Apache-2.0
// What waits for a connection. A body's type of result is erased here, so that one queue serves all of them.
import NIOConcurrencyHelpers

/// One transaction body, or one statement, that waits for its turn on a thread that owns a connection.
struct Job: Sendable {
    /// Runs the body once. What comes back hands the result to the waiting task; it is called after the commit.
    let attempt: @Sendable (any Transaction) throws -> (@Sendable () -> Void)
    /// Hands an error to the waiting task. Either this or what `attempt` gave back is called, once.
    let fail: @Sendable (any Error) -> Void
    /// Whether the body needs one state for several statements; a single statement needs no transaction around it.
    let isTransaction: Bool
    /// How a cancelled task stops the statement that runs for it. Only reads have one.
    let interruption: Interruption?
}

/// The cancellation of one read: remembered when it comes early, passed on to the engine while a statement runs.
final class Interruption: Sendable {
    private struct State {
        var isCancelled = false
        var stop: (@Sendable () -> Void)?
    }

    private let state = NIOLockedValueBox(State())

    var isCancelled: Bool { state.withLockedValue(\.isCancelled) }
    var isRunning: Bool { state.withLockedValue { $0.stop != nil } }

    /// Called by the cancelled task.
    func cancel() {
        state.withLockedValue { state in
            state.isCancelled = true
            state.stop?()
        }
    }

    /// Lets `stop` be called while `body` runs, and not after it.
    func whileRunning<Value>(stop: @escaping @Sendable () -> Void, _ body: () throws -> Value) throws -> Value {
        try state.withLockedValue { state in
            if state.isCancelled { throw CancellationError() }
            state.stop = stop
        }
        defer { state.withLockedValue { $0.stop = nil } }
        return try body()
    }
}

extension Job {
    /// Waits until `enqueue` has had a body run that changes something. It is carried out even if the task is
    /// cancelled meanwhile: whoever asked for a change may not be left without knowing whether it was made.
    static func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value, enqueue: (Job) -> Void
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(
                Job(
                    attempt: { transaction in
                        let value = try body(transaction)
                        return { continuation.resume(returning: value) }
                    },
                    fail: { continuation.resume(throwing: $0) }, isTransaction: true, interruption: nil))
        }
    }

    /// Waits until `enqueue` has had a reading body run; a cancelled task stops it.
    static func read<Value: Sendable>(
        isTransaction: Bool, _ body: @escaping @Sendable (any Transaction) throws -> Value, enqueue: (Job) -> Void
    ) async throws -> Value {
        let interruption = Interruption()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(
                    Job(
                        attempt: { transaction in
                            let value = try body(transaction)
                            return { continuation.resume(returning: value) }
                        },
                        fail: { continuation.resume(throwing: $0) }, isTransaction: isTransaction,
                        interruption: interruption))
            }
        } onCancel: {
            interruption.cancel()
        }
    }
}
