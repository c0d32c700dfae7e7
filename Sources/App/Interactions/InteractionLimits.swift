// SPDX-License-Identifier: Apache-2.0
// How much of anything one delivery may hold. docs/API.md names the same numbers.

/// The room's limits.
enum InteractionLimits {
    /// Characters of a sender's id and of a part's name.
    static let externalID = 128
    static let part = 64
    /// Bytes of a request's body: one delivery, and a batch.
    static let bodyBytes = 256 * 1024
    static let batchBodyBytes = 8 * 1024 * 1024
    /// Deliveries of one batch, and of one transaction.
    static let batch = 1_000
    static let transaction = 100
    /// Transactions under way at once where the database allows several, and how long the next one waits after a large
    /// one for the senders that were just answered: the smaller it is, the more statements each interaction costs.
    static let transactionsAtOnce = 2
    static let lull = Duration.milliseconds(12)
    /// Characters of texts.
    static let name = 200
    static let login = AccountsLimits.loginLength
    static let email = 320
    static let phone = 64
    static let language = 35
    static let caseNumber = 100
    static let caseTitle = 500
    static let disposition = 200
    static let note = 10_000
    /// Bytes of attached data as JSON.
    static let dataBytes = 16 * 1024
    /// Parts of one interaction.
    static let parts = 200
    /// Sentiment that becomes known this long after the end still asks the triggers on it.
    static let sentimentHours: Int64 = 24
    /// How far a sender's clock may be ahead.
    static let aheadHours: Int64 = 24
}
