// SPDX-License-Identifier: Apache-2.0
// The one switch from what a server said to what becomes of the message (spec 2.2).
import Post

extension SMTPReason {
    /// As the ledger and its readers keep it: a sentence's key, and behind it verbatim what the server or the system
    /// said.
    func stored(with reply: SMTPReply? = nil) -> String {
        let key = "mailings.reason.\(code.rawValue)"
        return (reply?.description ?? detail).map { "\(key) \($0)" } ?? key
    }
}

extension Verdict {
    /// Judges an outcome.
    /// - Parameter jitter: 0…1, spreads the retries.
    static func of(
        _ outcome: SMTPOutcome, message: LedgerMessage, policy: UnknownPolicy, at now: Moment, jitter: Double
    ) -> Verdict {
        switch outcome {
        case .accepted(let reply):
            return .sent(reply: reply.description)
        case .refused(_, let reply):
            return .failed(reason: reply.description)
        case .postponed(_, let reply, let reason):
            let words = reply?.description ?? reason.stored()
            return retry(message, at: now, jitter: jitter, words: words)
        case .fault(let fault):
            return .held(reason: fault.reason.stored(with: fault.reply))
        case .unknown(let reason):
            let triesAgain = policy == .retryOnce && message.unknowns == 0 && now < message.windowEndsAt
            return .unknown(again: triesAgain ? now.adding(seconds: 5) : nil, reason: reason.stored())
        case .tooLarge(let limit):
            return .failed(reason: "mailings.reason.tooLarge \(limit)")
        case .needsSMTPUTF8:
            return .failed(reason: "mailings.reason.needsSMTPUTF8")
        case .withdrawn:
            return .postponed
        }
    }

    /// Growing delays with jitter until the send window ends.
    private static func retry(
        _ message: LedgerMessage, at now: Moment, jitter: Double, words: String
    ) -> Verdict {
        guard now < message.windowEndsAt else { return .failed(reason: words) }
        let doubled = MailLimits.firstRetrySeconds << min(Int64(max(0, message.attempt)), 10)
        let delay = Double(min(doubled, MailLimits.longestRetrySeconds)) * (0.75 + jitter / 2)
        let next = now.adding(milliseconds: Int64(delay * 1000))
        return .again(at: min(next, message.windowEndsAt), reply: words)
    }
}
