// SPDX-License-Identifier: Apache-2.0
// Many tasks want something written at nearly the same time. While one commit is under way the others' elements gather,
// and the next commit takes them all: no timer, no delay when it is quiet.
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

    private let state = NIOLockedValueBox(State())
    private let limit: Int
    private let commit: @Sendable ([Element]) async throws -> [Outcome]

    /// - Parameters:
    ///   - limit: How many elements one commit takes at most.
    ///   - commit: Commits elements in one transaction and answers in their order. When it throws for several, each is
    ///     committed alone, so that one bad element does not spoil the others.
    public init(limit: Int = 200, commit: @escaping @Sendable ([Element]) async throws -> [Outcome]) {
        self.limit = limit
        self.commit = commit
    }

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
                let batch = Array(state.waiting.prefix(limit))
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
        } catch let error where batch.count == 1 {
            batch[0].continuation.resume(throwing: error)
        } catch {
            for waiting in batch { await commit([waiting]) }
        }
    }
}
