// SPDX-License-Identifier: Apache-2.0
// What becomes of a message after an attempt (spec 2.2).

/// What becomes of a message after an attempt.
enum Verdict: Sendable, Equatable {
    /// The server has it.
    case sent(reply: String)
    /// It is kept as a file.
    case captured
    /// Nobody has it and it is not tried any more.
    case failed(reason: String)
    /// Not now: again at this time.
    case again(at: Moment, reply: String)
    /// The settings or the server are at fault: the queue is held.
    case held(reason: String)
    /// Nobody can know. Nil: it is not tried again.
    case unknown(again: Moment?, reason: String)
    /// A gate said no, as it stands in `run.reason`.
    case cancelled(gate: String)
    /// The program is stopping or its lease is not safe: as it was.
    case postponed
}
