// SPDX-License-Identifier: Apache-2.0
// What speaks for or against a person behind a submit (spec 3.5). Coarse on purpose: nothing identifies anybody.
import Foundation
import NIOConcurrencyHelpers

/// What is kept beside a submission for the report's columns "counted" and "quarantined".
struct Evidence: Sendable, Equatable {
    /// Seconds between the first page and the submit; nil without a valid nonce.
    var seconds: Int?
    /// How often the page was fetched before, as far as this process has seen; nil when it has seen none.
    var fetches: Int?
    /// Whether the page's script ran. Never a condition: the page works without any.
    var hasScript: Bool
    /// The browser's family, for example `chrome`.
    var agent: String
    var isMobile: Bool

    /// As it is stored. Its texts are our own words.
    var json: String {
        let time = seconds.map { "\"seconds\":\($0)," } ?? ""
        let count = fetches.map { "\"fetches\":\($0)," } ?? ""
        return "{" + time + count + "\"hasScript\":\(hasScript),\"agent\":\"\(agent)\",\"isMobile\":\(isMobile)}"
    }

    init(seconds: Int?, fetches: Int?, hasScript: Bool, userAgent: String) {
        self.seconds = seconds
        self.fetches = fetches
        self.hasScript = hasScript
        let text = Array(userAgent.utf8.prefix(Self.agentBytes))
        agent = Self.families.first { Self.holds(text, $0.mark) }?.name ?? "other"
        isMobile = Self.holds(text, Self.mobileMark)
    }

    /// What is looked at of a browser's name for itself.
    private static let agentBytes = 500
    private static let mobileMark = Array("Mobi".utf8)
    private static let families: [(mark: [UInt8], name: String)] = [
        ("bot", "bot"), ("crawler", "bot"), ("curl/", "tool"), ("python", "tool"), ("YaBrowser", "yandex"),
        ("Edg", "edge"), ("OPR/", "opera"), ("SamsungBrowser", "samsung"), ("Firefox/", "firefox"),
        ("FxiOS", "firefox"), ("Chrome/", "chrome"), ("CriOS", "chrome"), ("Safari/", "safari"),
    ].map { (Array($0.0.utf8), $0.1) }

    private static func holds(_ text: [UInt8], _ mark: [UInt8]) -> Bool {
        guard text.count >= mark.count else { return false }
        return (0...(text.count - mark.count)).contains { start in
            text[start] == mark[0] && text[start..<(start + mark.count)].elementsEqual(mark)
        }
    }
}

/// How often pages were fetched, for the evidence. In memory: looking at a page writes nothing.
final class SurveyFetches: Sendable {
    /// Beyond so many invitations counting begins anew.
    private static let limit = 20_000
    private let counts = NIOLockedValueBox<[InvitationID: Int]>([:])

    func count(_ invitation: InvitationID) {
        counts.withLockedValue { counts in
            if counts.count >= Self.limit, counts[invitation] == nil { counts.removeAll() }
            counts[invitation, default: 0] += 1
        }
    }

    func find(_ invitation: InvitationID) -> Int? { counts.withLockedValue { $0[invitation] } }
}

/// Why a submit is not taken at its word; raw values stand in `submission.reason`.
enum WeakReason: String, Sendable {
    case noNonce = "no_nonce"
    case tooFast = "too_fast"
    case decoyFilled = "decoy_filled"

    /// The least time between the first page and a submit.
    static let leastMilliseconds: Int64 = 2_000

    /// Nil when nothing speaks against the submit. Scripts, browsers and addresses never do.
    static func of(nonce: SurveyNonce?, decoy: String, now: Moment) -> WeakReason? {
        guard let nonce else { return .noNonce }
        if now.milliseconds(since: nonce.issuedAt) < leastMilliseconds { return .tooFast }
        return !nonce.isShownAgain && !decoy.isEmpty ? .decoyFilled : nil
    }
}
