// SPDX-License-Identifier: Apache-2.0
// What a message says, before MIME and with its secret links left out (spec 2.3), as the ledger keeps it.

/// Subject and bodies with ``MailPlaceholder``s where the links will stand.
public struct MailContent: Sendable, Equatable {
    public var subject: String
    /// Nil for plain text.
    public var html: String?
    /// Nil when it is made from the HTML.
    public var text: String?
    public var language: String

    init(subject: String, html: String?, text: String?, language: String) {
        self.subject = subject
        self.html = html
        self.text = text
        self.language = language
    }

    /// How much memory its texts take.
    var byteCount: Int { subject.utf8.count + (html?.utf8.count ?? 0) + (text?.utf8.count ?? 0) }
}

/// Limits of mail.
enum MailLimits {
    /// The largest content of one message before encoding.
    static let contentBytes = 32 << 20
    /// How long contents are kept.
    static let contentDays: Int64 = 30
    /// How much of a subject a message can be found by.
    static let subjectLetters = 100
    /// The provider's limit for one encoded message.
    static let messageBytes = 25 << 20
    /// The largest report that is read; the rest of a larger one is left aside.
    static let reportBytes = 5 << 20
    /// The same as JSON.
    static let reportBodyBytes = 7 << 20
    /// How many reports the page shows.
    static let reportsShown = 200
    /// How long after the other tries are made: growing, with jitter.
    static let firstRetrySeconds: Int64 = 30
    static let longestRetrySeconds: Int64 = 3600
    /// How long a message is tried that somebody sends again.
    static let resendHours: Int64 = 24
    /// How many lines of a message's history are shown.
    static let eventsShown = 100
    /// How often a held queue is probed.
    static let probeSeconds: Int64 = 60
    /// Different messages refused at MAIL FROM in a row that hold a sender address.
    static let refusalsThatHold = 3
    /// Messages whose intent is committed while they wait for one of their server's connections.
    static let begunAhead = 56
    /// The largest content of a message that is handed over in memory (``FreshMessage``).
    static let freshBytes = 64 << 10
}
