// SPDX-License-Identifier: Apache-2.0
// Many tasks want something written or looked up at nearly the same time. While one transaction is under way the
// others' elements gather, and the next one takes them all: no delay when it is quiet.
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
        @usableFromInline let isPatient: Bool
        @usableFromInline let continuation: CheckedContinuation<Outcome, any Error>

        @inlinable
        init(element: Element, isPatient: Bool, continuation: CheckedContinuation<Outcome, any Error>) {
            self.element = element
            self.isPatient = isPatient
            self.continuation = continuation
        }
    }

    /// What waits, and what is on its way.
    @usableFromInline
    struct State: Sendable {
        @usableFromInline var waiting: [Waiting] = []
        /// How many of those that wait are not patient.
        @usableFromInline var hurried = 0
        /// Batches that will let the next one begin.
        @usableFromInline var underWay = 0
        /// What the newest of them has taken; nil until it has.
        @usableFromInline var taken: Int?
        @usableFromInline var lastBegan: ContinuousClock.Instant?
        @usableFromInline var lastEnded: ContinuousClock.Instant?
        /// When the state is looked at again, since some wait for others to come.
        @usableFromInline var restsUntil: ContinuousClock.Instant?

        @inlinable init() {}
    }

    /// What follows from a state.
    @usableFromInline
    enum Next: Sendable {
        case nothing, batch
        case rest(until: ContinuousClock.Instant)
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
    /// For so many elements a transaction is worth its statements, though another is under way or more may come.
    @inlinable static var worthwhile: Int { 32 }

    @usableFromInline let state = NIOLockedValueBox(State())
    @usableFromInline let limit: Int
    @usableFromInline let triesSingly: Bool
    @usableFromInline let takesTurns: Bool
    @usableFromInline let atOnce: Int
    @usableFromInline let patience: Duration
    @usableFromInline let lull: Duration
    @usableFromInline let commit: @Sendable (Batch) async throws -> [Outcome]

    /// - Parameters:
    ///   - database: Where the transactions go. With one writer the next batch queues up behind the one that is being
    ///     written and takes what has come until it is its turn, so that the writer never waits for it. Without, or
    ///     where connections work beside each other, a batch begins when the one before has ended: it would else hold
    ///     little.
    ///   - limit: How many elements one commit takes at most.
    ///   - triesSingly: Whether each is committed alone when several failed, so that one bad element does not spoil the
    ///     others. Not where only the database can fail, as in a look-up.
    ///   - atOnce: How many batches may be under way where connections work beside each other. Another begins when as
    ///     many elements wait as the last one took, so that none becomes smaller by it.
    ///   - patience: How long after the last batch began patient elements wait for others where connections work beside
    ///     each other: batches then are fewer and larger.
    ///   - lull: How long a few elements wait for others after a large batch has ended, where connections work beside
    ///     each other: who was just answered often comes again at once.
    ///   - commit: Commits a batch's elements in one transaction and answers in their order.
    @inlinable
    public init(
        in database: Database? = nil, limit: Int = 192, triesSingly: Bool = true, atOnce: Int = 1,
        patience: Duration = .zero, lull: Duration = .zero,
        commit: @escaping @Sendable (Batch) async throws -> [Outcome]
    ) {
        takesTurns = database?.hasOneWriter != true
        self.limit = limit
        self.triesSingly = triesSingly
        self.atOnce = atOnce
        self.patience = patience
        self.lull = lull
        self.commit = commit
    }

    /// How many elements wait for the next transaction.
    var waitingCount: Int { state.withLockedValue(\.waiting.count) }

    /// Returns when the element is committed.
    /// - Parameter isPatient: Nobody waits for what follows from it.
    @inlinable
    public func add(_ element: Element, isPatient: Bool = false) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let next = state.withLockedValue { state in
                state.waiting.append(Waiting(element: element, isPatient: isPatient, continuation: continuation))
                if !isPatient { state.hurried += 1 }
                return step(&state)
            }
            act(on: next)
        }
    }

    /// Decides what follows from a state, and notes it there.
    @inlinable
    func step(_ state: inout State) -> Next {
        if state.waiting.isEmpty { return .nothing }
        if state.underWay > 0 {
            guard takesTurns, state.underWay < atOnce, let taken = state.taken,
                state.waiting.count >= max(taken, Self.worthwhile)
            else { return .nothing }
        } else if let end = endOfRest(state) {
            if let known = state.restsUntil, known <= end { return .nothing }
            state.restsUntil = end
            return .rest(until: end)
        }
        state.underWay += 1
        state.taken = nil
        if patience > .zero { state.lastBegan = .now }
        return .batch
    }

    /// Until when those that wait do so for others to come; nil when they are to be committed.
    @inlinable
    func endOfRest(_ state: State) -> ContinuousClock.Instant? {
        guard takesTurns, state.waiting.count < Self.worthwhile else { return nil }
        let end: ContinuousClock.Instant? =
            if let last = state.lastBegan, patience > .zero, state.hurried == 0 {
                last + patience
            } else if let last = state.lastEnded, lull > .zero, let taken = state.taken, taken >= Self.evenBatch {
                last + lull
            } else {
                nil
            }
        return end.flatMap { $0 > .now ? $0 : nil }
    }

    @inlinable
    func act(on next: Next) {
        switch next {
        case .nothing: break
        case .batch:
            Task {
                await serve(Batch { self.takeWaiting() })
                if takesTurns { endBatch() }
            }
        case .rest(let end):
            Task {
                try? await Task.sleep(until: end, clock: .continuous)
                act(
                    on: state.withLockedValue { state in
                        state.restsUntil = nil
                        return self.step(&state)
                    })
            }
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
            state.hurried -= batch.count { !$0.isPatient }
            state.taken = batch.count
            return batch
        }
        if !takesTurns { endBatch() }
        return batch
    }

    @inlinable
    func endBatch() {
        act(
            on: state.withLockedValue { state in
                state.underWay -= 1
                if lull > .zero { state.lastEnded = .now }
                return step(&state)
            })
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
