// SPDX-License-Identifier: Apache-2.0
// What comes at the same time shares a transaction, and one bad element spoils no other.
import Dispatch
import NIOConcurrencyHelpers
import NIOPosix
import TestSupport
import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(1))) struct GatheringTests {
    private struct Bad: Error {}

    /// Keeps what was committed together. The first batch waits until it is let go, so that the next one gathers.
    private final class Ledger: Sendable {
        let batches = NIOLockedValueBox<[[Int]]>([])
        private let gate = AsyncStream<Void>.makeStream()

        func open() { gate.continuation.finish() }

        func commit(_ elements: [Int]) async throws -> [Int] {
            let isFirst = batches.withLockedValue { batches in
                batches.append(elements)
                return batches.count == 1
            }
            if isFirst { for await _ in gate.stream {} }
            if elements.contains(13) { throw Bad() }
            return elements.map { $0 * 2 }
        }
    }

    /// Adds a first element, and when it is being committed the others.
    private func gather(
        _ elements: [Int], triesSingly: Bool
    ) async throws -> (outcomes: [Int: Int], batches: [[Int]]) {
        let ledger = Ledger()
        let gathering = Gathering<Int, Int>(triesSingly: triesSingly) { try await ledger.commit($0.elements) }
        return try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
            group.addTask { (0, try await gathering.add(0)) }
            while ledger.batches.withLockedValue(\.isEmpty) { await Task.yield() }
            for element in elements { group.addTask { (element, try? await gathering.add(element)) } }
            while gathering.waitingCount < elements.count { await Task.yield() }
            ledger.open()
            var outcomes: [Int: Int] = [:]
            for try await (element, outcome) in group { outcomes[element] = outcome }
            return (outcomes, ledger.batches.withLockedValue(\.self))
        }
    }

    @Test func `what waits during a commit is committed together, and everybody gets his own outcome`() async throws {
        let (outcomes, batches) = try await gather(Array(1...10), triesSingly: true)
        #expect(batches.map { $0.sorted() } == [[0], Array(1...10)])
        #expect(outcomes == Dictionary(uniqueKeysWithValues: (0...10).map { ($0, $0 * 2) }))
    }

    @Test(arguments: engines) func `what comes while the writer is busy is in the next transaction`(
        _ engine: Dialect
    ) async throws {
        try await withDatabase(engine) { database in
            let batches = NIOLockedValueBox<[[Int]]>([])
            let gathering = Gathering<Int, Int>(in: database) { batch in
                try await database.write { _ in
                    let elements = batch.elements
                    batches.withLockedValue { $0.append(elements) }
                    return elements.map { $0 * 2 }
                }
            }
            let (isBusy, goesOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let writing: Void = database.write { _ in
                isBusy.signal()
                goesOn.wait()
            }
            try await NIOThreadPool.singleton.runIfActive { isBusy.wait() }
            let outcomes = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for element in 1...9 { group.addTask { (element, try await gathering.add(element)) } }
                while engine == .sqlite, gathering.waitingCount < 9 { await Task.yield() }
                goesOn.signal()
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            try await writing
            #expect(outcomes == Dictionary(uniqueKeysWithValues: (1...9).map { ($0, $0 * 2) }))
            let taken = batches.withLockedValue(\.self)
            #expect(taken.flatMap(\.self).sorted() == Array(1...9))
            if engine == .sqlite { #expect(taken.count == 1) }
        }
    }

    @Test(arguments: engines) func `a database that is closed tells everybody`(_ engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            let gathering = Gathering<Int, Int>(in: database) { batch in
                try await database.write { _ in batch.elements }
            }
            try await database.close()
            for element in 1...3 {
                await #expect(throws: StorageError.closed) { try await gathering.add(element) }
            }
        }
    }

    @Test func `many are committed sixteen by sixteen, and the rest afterwards`() async throws {
        let (outcomes, batches) = try await gather(Array(20...60), triesSingly: true)
        #expect(batches.map(\.count) == [1, 32, 9])
        #expect(outcomes.count == 42)
    }

    @Test func `another batch begins beside one that is under way when enough wait for it`() async throws {
        let ledger = Ledger()
        let gathering = Gathering<Int, Int>(atOnce: 2) { try await ledger.commit($0.elements) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await gathering.add(0) }
            while ledger.batches.withLockedValue(\.isEmpty) { await Task.yield() }
            for element in 20..<51 { group.addTask { _ = try await gathering.add(element) } }
            while gathering.waitingCount < 31 { await Task.yield() }
            #expect(gathering.waitingCount == 31)
            // The first one is held up all the while.
            try await gathering.add(51).expect(102)
            #expect(ledger.batches.withLockedValue(\.self).map(\.count) == [1, 32])
            ledger.open()
            try await group.waitForAll()
        }
    }

    @Test func `the patient wait until others come who are not`() async throws {
        let ledger = Ledger()
        ledger.open()
        let gathering = Gathering<Int, Int>(patience: .seconds(3600)) { try await ledger.commit($0.elements) }
        // Nothing has been committed before: no reason to wait.
        try await gathering.add(0, isPatient: true).expect(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for element in 1...3 { group.addTask { _ = try await gathering.add(element, isPatient: true) } }
            while gathering.waitingCount < 3 { await Task.yield() }
            #expect(gathering.waitingCount == 3)
            try await gathering.add(4).expect(8)
            try await group.waitForAll()
        }
        #expect(ledger.batches.withLockedValue(\.self).map { $0.sorted() } == [[0], [1, 2, 3, 4]])
    }

    @Test func `the patient wait no longer when there are enough of them`() async throws {
        let ledger = Ledger()
        ledger.open()
        let gathering = Gathering<Int, Int>(patience: .seconds(3600)) { try await ledger.commit($0.elements) }
        try await gathering.add(0).expect(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for element in 20..<52 { group.addTask { _ = try await gathering.add(element, isPatient: true) } }
            try await group.waitForAll()
        }
        #expect(ledger.batches.withLockedValue(\.self).map(\.count) == [1, 32])
    }

    @Test func `nobody is patient for ever`() async throws {
        let ledger = Ledger()
        ledger.open()
        let gathering = Gathering<Int, Int>(patience: .milliseconds(20)) { try await ledger.commit($0.elements) }
        for element in 20...30 { try await gathering.add(element, isPatient: true).expect(element * 2) }
        #expect(ledger.batches.withLockedValue(\.self).map(\.count) == Array(repeating: 1, count: 11))
    }

    @Test(arguments: [Duration.seconds(3600), .milliseconds(20)])
    func `after a large batch a few wait for those who were just answered, but not for ever`(
        _ lull: Duration
    ) async throws {
        let ledger = Ledger()
        let gathering = Gathering<Int, Int>(lull: lull) { try await ledger.commit($0.elements) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await gathering.add(0) }
            while ledger.batches.withLockedValue(\.isEmpty) { await Task.yield() }
            for element in 20..<36 { group.addTask { _ = try await gathering.add(element) } }
            while gathering.waitingCount < 16 { await Task.yield() }
            ledger.open()
            try await group.waitForAll()
            for element in 40..<43 { group.addTask { _ = try await gathering.add(element) } }
            if lull > .seconds(1) {
                while gathering.waitingCount < 3 { await Task.yield() }
                #expect(gathering.waitingCount == 3)
                for element in 43..<72 { group.addTask { _ = try await gathering.add(element) } }
            }
            try await group.waitForAll()
        }
        let counts = ledger.batches.withLockedValue(\.self).map(\.count)
        #expect(lull > .seconds(1) ? counts == [1, 16, 32] : counts.reduce(0, +) == 20)
    }

    @Test func `one that fails fails alone`() async throws {
        let (outcomes, batches) = try await gather([11, 12, 13, 14], triesSingly: true)
        #expect(outcomes == [0: 0, 11: 22, 12: 24, 14: 28])
        #expect(batches.map(\.count) == [1, 4, 1, 1, 1, 1])
    }

    @Test func `a look-up that fails fails for all that share it`() async throws {
        let (outcomes, batches) = try await gather([11, 12, 13, 14], triesSingly: false)
        #expect(outcomes == [0: 0])
        #expect(batches.map(\.count) == [1, 4])
    }
}

extension Int {
    fileprivate func expect(_ value: Int, at location: SourceLocation = #_sourceLocation) {
        #expect(self == value, sourceLocation: location)
    }
}
