// SPDX-License-Identifier: Apache-2.0
// Many tasks want something written or looked up at nearly the same time. While one transaction is under way the
// others' elements gather, and the next one takes them all: no timer, no delay when it is quiet.
import NIOConcurrencyHelpers

/// Commits elements that arrive one by one in as few transactions as their pace allows.
///
/// The engines group the commits of transactions that wait; a gathering goes further: its elements share statements,
/// which cost more than the commit does.
///
///     let notes = Gathering<Note, NoteID> { notes in
///         try await database.write { tx in try NoteStore(tx: tx).insert(notes) }
///     }
///     let id = try await notes.add(note)
public final class Gathering<Element: Sendable, Outcome: Sendable>: Sendable {
    private struct Waiting {
        let element: Element
        let continuation: CheckedContinuation<Outcome, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isCommitting = false
    }

    /// From here on a batch is a multiple of this, and the rest goes with the next one: its lists then are few
    /// statements that are kept (``Swift/Collection/piecesForStatements``).
    private static var evenBatch: Int { 16 }

    private let state = NIOLockedValueBox(State())
    private let limit: Int
    private let triesSingly: Bool
    private let commit: @Sendable ([Element]) async throws -> [Outcome]

    /// - Parameters:
    ///   - limit: How many elements one commit takes at most.
    ///   - triesSingly: Whether each is committed alone when several failed, so that one bad element does not spoil the
    ///     others. Not where only the database can fail, as in a look-up.
    ///   - commit: Commits elements in one transaction and answers in their order.
    public init(
        limit: Int = 192, triesSingly: Bool = true,
        commit: @escaping @Sendable ([Element]) async throws -> [Outcome]
    ) {
        self.limit = limit
        self.triesSingly = triesSingly
        self.commit = commit
    }

    /// How many elements wait for the next transaction.
    var waitingCount: Int { state.withLockedValue(\.waiting.count) }

    /// Returns when the element is committed.
    public func add(_ element: Element) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let begins = state.withLockedValue { state in
                state.waiting.append(Waiting(element: element, continuation: continuation))
                defer { state.isCommitting = true }
                return !state.isCommitting
            }
            if begins { Task { await self.commitAll() } }
        }
    }

    private func commitAll() async {
        while true {
            let batch = state.withLockedValue { state -> [Waiting] in
                let count = min(state.waiting.count, limit)
                let even = count < Self.evenBatch ? count : count / Self.evenBatch * Self.evenBatch
                let batch = Array(state.waiting.prefix(even))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.isCommitting = false }
                return batch
            }
            if batch.isEmpty { return }
            await commit(batch)
        }
    }

    private func commit(_ batch: [Waiting]) async {
        do {
            let outcomes = try await commit(batch.map(\.element))
            for (waiting, outcome) in zip(batch, outcomes) { waiting.continuation.resume(returning: outcome) }
        } catch let error where batch.count == 1 || !triesSingly {
            for waiting in batch { waiting.continuation.resume(throwing: error) }
        } catch {
            for waiting in batch { await commit([waiting]) }
        }
    }
}
