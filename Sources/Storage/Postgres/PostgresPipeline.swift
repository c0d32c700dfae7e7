// SPDX-License-Identifier: Apache-2.0
// Statements that travel together. A round trip costs both sides a switch and a packet each way, which for most
// statements is more than their work: what nobody waits for goes along with the next one that somebody does wait for.
import CPostgres

/// What has been sent on a connection and has not been answered yet. While there is something, libpq is in its pipeline
/// mode, in which it does nothing else.
struct PostgresPipeline {
    /// After so many their answers are read, for those take memory.
    static let limit = 64

    /// What the statements came to.
    struct Answers {
        /// Of the last one; whoever takes it gives it back.
        var last: OpaquePointer?
        /// Of the first one that failed, with its text.
        var failed: (result: OpaquePointer?, text: String)?
        /// Of the first one that did not change what it should have.
        var unmet: (any Error)?
    }

    /// A statement on its way.
    private struct Sent {
        let text: String
        let expectation: Expectation?
        let lookUp: PostgresLookUp?
    }

    private let handle: OpaquePointer
    private var sent: [Sent] = []

    init(_ handle: OpaquePointer) { self.handle = handle }

    var isEmpty: Bool { sent.isEmpty }
    var isFull: Bool { sent.count >= Self.limit }
    /// Whether an answer must be known before anything is committed.
    var expects: Bool { sent.contains { $0.expectation != nil } }

    /// Sends a statement; false when libpq would not.
    mutating func add(
        _ text: String, expecting expectation: Expectation? = nil, answering lookUp: PostgresLookUp? = nil,
        _ send: (OpaquePointer) -> Int32
    ) -> Bool {
        guard !sent.isEmpty || PQenterPipelineMode(handle) == 1 else { return false }
        guard send(handle) == 1 else {
            if sent.isEmpty { PQexitPipelineMode(handle) }
            return false
        }
        sent.append(Sent(text: text, expectation: expectation, lookUp: lookUp))
        return true
    }

    /// Waits for all answers. Nil when the connection is lost, or of no use any more.
    ///
    /// After a failed statement PostgreSQL passes over those that came with it.
    mutating func finish() -> Answers? {
        let waiting = sent
        sent = []
        var answers = Answers()
        guard PQpipelineSync(handle) == 1 else { return nil }
        for one in waiting {
            guard let result = PQgetResult(handle) else { return discard(answers) }
            keep(result, of: one, in: &answers)
            // Between the answers of two statements comes nothing, unless the connection has ended.
            let more = PQgetResult(handle)
            defer { PQclear(more) }
            guard more == nil, PQstatus(handle) == CONNECTION_OK else { return discard(answers) }
        }
        let end = PQgetResult(handle)
        defer { PQclear(end) }
        guard PQresultStatus(end) == PGRES_PIPELINE_SYNC, PQexitPipelineMode(handle) == 1 else {
            return discard(answers)
        }
        return answers
    }

    private func keep(_ result: OpaquePointer, of one: Sent, in answers: inout Answers) {
        PQclear(answers.last)
        answers.last = nil
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
            if let lookUp = one.lookUp {
                lookUp.result = result
                return
            }
            answers.last = result
            guard let expectation = one.expectation, answers.unmet == nil else { return }
            do {
                try expectation.check(PostgresStatement.changes(of: result))
            } catch {
                answers.unmet = error
            }
        case _ where answers.failed == nil: answers.failed = (result, one.text)
        default: PQclear(result)
        }
    }

    private func discard(_ answers: Answers) -> Answers? {
        PQclear(answers.last)
        PQclear(answers.failed?.result)
        return nil
    }
}
