// SPDX-License-Identifier: Apache-2.0
// Mail that leaves at once: its row is made as being sent, so that it need be neither read nor marked before its first
// byte. Its gates (spec 5.5) were asked in the same transaction, in which it leaves as far as the ledger knows.
import NIOConcurrencyHelpers

/// How a centre's mail leaves just now: what the delivery asks the database for before it sends.
struct MailTerms: Sendable {
    var settings: SMTPSettings?
    var limits = TenantLimits()
    /// What signs the mail of the centre's domains.
    var keys: [SigningKey] = []

    /// How many messages may leave in a second; nil when nothing limits that.
    var perSecond: Int? { [limits.messagesPerSecond, settings?.messagesPerSecond].compactMap { $0 }.min() }
}

/// A message of a transaction that committed its intent: what its row would be read for, kept in memory.
final class FreshMessage: Sendable {
    /// The attempt that its row is at.
    static let attempt = 1

    /// As it would have been read while it was queued.
    let message: LedgerMessage
    let terms: MailTerms
    private let allowance: FreshAllowance
    private let tenant: TenantID
    private let madeAt = ContinuousClock.now
    private let begun = NIOLockedValueBox(false)

    /// With a place of the allowance, which it gives back when it begins or when nobody wants it any more.
    init(_ message: LedgerMessage, terms: MailTerms, of tenant: TenantID, allowance: FreshAllowance) {
        self.message = message
        self.terms = terms
        self.tenant = tenant
        self.allowance = allowance
    }

    deinit {
        if !hasBegun { allowance.giveBack(of: tenant) }
    }

    /// From then on only its row says what is known of it.
    var hasBegun: Bool { begun.withLockedValue { $0 } }

    /// Its first byte is about to leave.
    func begin() {
        let isFirst = begun.withLockedValue { begun in
            defer { begun = true }
            return !begun
        }
        if isFirst { allowance.giveBack(of: tenant, madeAt: madeAt) }
    }
}

/// How much mail may be made as already being sent.
///
/// Whatever is being sent when the program dies has an outcome that nobody knows, also where nothing of it had left: so
/// it is no more than what keeps the connections busy. It grows by one with each message that begins soon after its
/// transaction and is halved by each that had to wait: a few of them end it, so that what is queued gets through first.
final class FreshAllowance: Sendable {
    /// At most, for one centre.
    static let most = 96
    private static let atFirst = 8
    private static let soon = Duration.milliseconds(100)

    private struct Share {
        var allowed = FreshAllowance.atFirst
        var taken = 0
    }

    private let shares = NIOLockedValueBox<[TenantID: Share]>([:])

    func hasPlaces(for tenant: TenantID) -> Bool {
        shares.withLockedValue { shares in shares[tenant].map { $0.taken < $0.allowed } ?? true }
    }

    /// Takes up to so many places.
    func take(_ wanted: Int, of tenant: TenantID) -> Int {
        shares.withLockedValue { shares in
            let share = shares[tenant] ?? Share()
            let given = min(wanted, max(0, share.allowed - share.taken))
            if given > 0 { shares[tenant, default: share].taken += given }
            return given
        }
    }

    /// Gives a place back.
    /// - Parameters:
    ///   - madeAt: When the message was made whose first byte leaves now; nil when it never came to that.
    func giveBack(of tenant: TenantID, madeAt: ContinuousClock.Instant? = nil, at now: ContinuousClock.Instant = .now) {
        shares.withLockedValue { shares in
            guard var share = shares[tenant] else { return }
            share.taken -= 1
            if let madeAt {
                let isSoon = now - madeAt <= Self.soon
                share.allowed = isSoon ? min(Self.most, share.allowed + 1) : max(1, share.allowed / 2)
            }
            shares[tenant] = share
        }
    }
}
