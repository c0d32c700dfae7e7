// SPDX-License-Identifier: Apache-2.0
// Many tasks want something written or looked up at nearly the same time. While one transaction is under way the
// others' elements gather, and the next one takes them all: no timer, no delay when it is quiet.
import NIOConcurrencyHelpers

/// Commits elements that arrive one by one in as few transactions as their pace allows.
///
/// The engines group the commits of transactions that wait; a gathering goes further: its elements share statements,
/// which cost more than the commit does.
///
///     let notes = Gathering<Note, NoteID>(in: database) { batch in
///         try await database.write { tx in try NoteStore(tx: tx).insert(batch.elements) }
///     }
///     let id = try await notes.add(note)
///
/// In the caller's module, where the types of elements and outcomes are known: hundreds of both pass in a moment.
public final class Gathering<Element: Sendable, Outcome: Sendable>: Sendable {
    /// An element, and who waits for it.
    @usableFromInline
    struct Waiting: Sendable {
        @usableFromInline let element: Element
        @usableFromInline let continuation: CheckedContinuation<Outcome, any Error>

        @inlinable
        init(element: Element, continuation: CheckedContinuation<Outcome, any Error>) {
            self.element = element
            self.continuation = continuation
        }
    }

    /// What waits, and whether it is served.
    @usableFromInline
    struct State: Sendable {
        @usableFromInline var waiting: [Waiting] = []
        /// Whether a batch is on its way that will take what waits, or will let the next one begin.
        @usableFromInline var isServed = false

        @inlinable init() {}
    }

    /// Elements that are committed together.
    public final class Batch: Sendable {
        @usableFromInline let taken: NIOLockedValueBox<[Waiting]?>
        @usableFromInline let take: @Sendable () -> [Waiting]

        @inlinable
        init(_ waiting: [Waiting]? = nil, take: @escaping @Sendable () -> [Waiting] = { [] }) {
            taken = NIOLockedValueBox(waiting)
            self.take = take
        }

        /// The same each time: chosen when they are asked for first. Ask in the transaction, so that those are among
        /// them that came while it waited for its turn.
        @inlinable
        public var elements: [Element] { waiting.map(\.element) }

        @inlinable var waiting: [Waiting] {
            taken.withLockedValue { taken in
                let waiting = taken ?? take()
                taken = waiting
                return waiting
            }
        }
    }

    /// From here on a batch is a multiple of this, and the rest goes with the next one: its lists then are few
    /// statements that are kept (``Swift/Collection/piecesForStatements``).
    @inlinable static var evenBatch: Int { 16 }

    @usableFromInline let state = NIOLockedValueBox(State())
    @usableFromInline let limit: Int
    @usableFromInline let triesSingly: Bool
    @usableFromInline let takesTurns: Bool
    @usableFromInline let commit: @Sendable (Batch) async throws -> [Outcome]

    /// - Parameters:
    ///   - database: Where the transactions go. With one writer the next batch queues up behind the one that is being
    ///     written and takes what has come until it is its turn, so that the writer never waits for it. Without, or
    ///     where connections work beside each other, a batch begins when the one before has ended: it would else hold
    ///     little.
    ///   - limit: How many elements one commit takes at most.
    ///   - triesSingly: Whether each is committed alone when several failed, so that one bad element does not spoil the
    ///     others. Not where only the database can fail, as in a look-up.
    ///   - commit: Commits a batch's elements in one transaction and answers in their order.
    @inlinable
    public init(
        in database: Database? = nil, limit: Int = 192, triesSingly: Bool = true,
        commit: @escaping @Sendable (Batch) async throws -> [Outcome]
    ) {
        takesTurns = database?.hasOneWriter != true
        self.limit = limit
        self.triesSingly = triesSingly
        self.commit = commit
    }

    /// How many elements wait for the next transaction.
    var waitingCount: Int { state.withLockedValue(\.waiting.count) }

    /// Returns when the element is committed.
    @inlinable
    public func add(_ element: Element) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let begins = state.withLockedValue { state in
                state.waiting.append(Waiting(element: element, continuation: continuation))
                defer { state.isServed = true }
                return !state.isServed
            }
            if begins { beginNext() }
        }
    }

    @inlinable
    func beginNext() {
        Task {
            await self.serve(Batch { self.takeWaiting() })
            if self.takesTurns { self.continueIfAnyWait() }
        }
    }

    /// What the next transaction commits.
    @inlinable
    func takeWaiting() -> [Waiting] {
        let batch = state.withLockedValue { state in
            let count = min(state.waiting.count, limit)
            let even = count < Self.evenBatch ? count : count / Self.evenBatch * Self.evenBatch
            let batch = Array(state.waiting.prefix(even))
            state.waiting.removeFirst(batch.count)
            return batch
        }
        if !takesTurns { continueIfAnyWait() }
        return batch
    }

    @inlinable
    func continueIfAnyWait() {
        let isWanted = state.withLockedValue { state in
            state.isServed = !state.waiting.isEmpty
            return state.isServed
        }
        if isWanted { beginNext() }
    }

    @inlinable
    func serve(_ batch: Batch) async {
        let result: Result<[Outcome], any Error>
        do {
            result = .success(try await commit(batch))
        } catch {
            result = .failure(error)
        }
        // Also where the transaction did not come to them: they hear of its error.
        let waiting = batch.waiting
        switch result {
        case .success(let outcomes):
            for (one, outcome) in zip(waiting, outcomes) { one.continuation.resume(returning: outcome) }
        case .failure(let error) where waiting.count == 1 || !triesSingly:
            for one in waiting { one.continuation.resume(throwing: error) }
        case .failure:
            for one in waiting { await serve(Batch([one])) }
        }
    }
}
