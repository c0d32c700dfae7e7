// SPDX-License-Identifier: Apache-2.0
// What speaks for or against a person behind a submit (spec 3.5). Coarse on purpose: nothing identifies anybody.
import Foundation

/// What is kept beside a submission for the report's columns "counted" and "quarantined".
struct Evidence: Sendable, Equatable {
    /// Seconds between the first page and the submit; nil without a valid nonce.
    var seconds: Int?
    /// The browser's family, for example `chrome`.
    var agent: String
    var isMobile: Bool

    /// As it is stored. Its texts are our own words.
    var json: String {
        let time = seconds.map { "\"seconds\":\($0)," } ?? ""
        return "{" + time + "\"agent\":\"\(agent)\",\"isMobile\":\(isMobile)}"
    }

    init(issuedAt: Moment?, now: Moment, userAgent: String) {
        seconds = issuedAt.map { Int(now.milliseconds(since: $0) / 1000) }
        agent = Self.family(of: userAgent)
        isMobile = userAgent.contains("Mobi")
    }

    private static let families: [(mark: String, name: String)] = [
        ("bot", "bot"), ("crawler", "bot"), ("curl/", "tool"), ("python", "tool"), ("YaBrowser", "yandex"),
        ("Edg", "edge"), ("OPR/", "opera"), ("SamsungBrowser", "samsung"), ("Firefox/", "firefox"),
        ("FxiOS", "firefox"), ("Chrome/", "chrome"), ("CriOS", "chrome"), ("Safari/", "safari"),
    ]

    private static func family(of userAgent: String) -> String {
        families.first { userAgent.contains($0.mark) }?.name ?? "other"
    }
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
