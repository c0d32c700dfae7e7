// SPDX-License-Identifier: Apache-2.0
// Sentences, numbers and dates in one language.
import Foundation

/// Says things in one language.
///
///     let t = catalogue.localizer("ru")
///     t("reports.title")                              // «Отчёты»
///     t("reports.answers", count: 3)                  // «3 ответа»; the hole {count} is the number
///     t("mailings.held", ["since": "10:04"])
public struct Localizer: Sendable {
    /// "ru" or "en".
    public let language: String
    let sentences: [String: Sentence]

    /// The sentence of a key with its holes `{name}` filled. A missing key shows itself, and a test finds it.
    public func callAsFunction(_ key: String, _ arguments: [String: String] = [:]) -> String {
        guard case .plain(let text) = sentences[key] else { return key }
        return Self.fill(text, arguments)
    }

    /// The sentence of a key in the plural form of a number; `{count}` is the number.
    public func callAsFunction(_ key: String, count: Int, _ arguments: [String: String] = [:]) -> String {
        guard case .plural(let forms) = sentences[key],
            let text = forms[.of(count, in: language)] ?? forms[.other]
        else { return key }
        return Self.fill(text, arguments.merging(["count": number(count)]) { given, _ in given })
    }

    /// All sentences whose keys begin alike, for pages that say them by script.
    public func sentences(beginningWith prefix: String) -> [String: Sentence] {
        sentences.filter { $0.key.hasPrefix(prefix) }
    }

    /// True when the key has a sentence.
    public func knows(_ key: String) -> Bool { sentences[key] != nil }

    /// A reason as it is stored, in words: a key of the dictionary, behind it what somebody else said, verbatim; or
    /// only what somebody else said.
    ///
    ///     t.reason("mailings.reason.timeout DATA")        // «Сервер не ответил вовремя: DATA»
    ///     t.reason("550 5.1.1 no such user")              // "550 5.1.1 no such user"
    public func reason(_ stored: String) -> String {
        let parts = stored.split(separator: " ", maxSplits: 1)
        guard let key = parts.first.map({ String($0) }), knows(key) else { return stored }
        return parts.count == 1 ? self(key) : "\(self(key)): \(parts[1])"
    }

    private static func fill(_ text: String, _ arguments: [String: String]) -> String {
        var filled = text
        for (name, value) in arguments { filled = filled.replacing("{\(name)}", with: value) }
        return filled
    }
}
