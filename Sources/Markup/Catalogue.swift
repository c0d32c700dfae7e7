// SPDX-License-Identifier: Apache-2.0
// The product's sentences in every language, from the rooms' JSON dictionaries.
import Foundation

/// One entry of a dictionary: a sentence, or one for each plural category of the language.
public enum Sentence: Sendable, Equatable {
    case plain(String)
    case plural([PluralCategory: String])
}

/// CLDR's categories, as far as our languages use them.
public enum PluralCategory: String, Sendable, CaseIterable {
    case one, few, many, other

    /// The category of a whole number in a language (CLDR plural rules, cardinal).
    public static func of(_ count: Int, in language: String) -> PluralCategory {
        let number = abs(count)
        guard language == "ru" else { return number == 1 ? .one : .other }
        switch (number % 10, number % 100) {
        case (1, let rest) where rest != 11: return .one
        case (2...4, let rest) where !(12...14).contains(rest): return .few
        default: return .many
        }
    }

    /// The categories that a dictionary of this language must give.
    public static func all(in language: String) -> Set<PluralCategory> {
        language == "ru" ? [.one, .few, .many] : [.one, .other]
    }
}

/// All sentences of all languages.
public struct Catalogue: Sendable {
    /// Sentences by language, then by key.
    public private(set) var sentences: [String: [String: Sentence]] = [:]

    public init() {}

    public var languages: [String] { sentences.keys.sorted() }

    /// Adds a room's dictionary.
    /// - Throws: ``DictionaryError`` when it is not an object of texts and plural objects, or says a key twice.
    public mutating func add(_ json: Data, language: String, name: String) throws {
        guard let entries = try JSONSerialization.jsonObject(with: json) as? [String: Any] else {
            throw DictionaryError(name: name, key: nil, reason: "not an object")
        }
        for (key, value) in entries {
            guard sentences[language]?[key] == nil else {
                throw DictionaryError(name: name, key: key, reason: "said twice")
            }
            if let text = value as? String {
                sentences[language, default: [:]][key] = .plain(text)
            } else if let forms = value as? [String: String] {
                var plural: [PluralCategory: String] = [:]
                for (category, text) in forms {
                    guard let category = PluralCategory(rawValue: category) else {
                        throw DictionaryError(name: name, key: key, reason: "unknown plural category \(category)")
                    }
                    plural[category] = text
                }
                sentences[language, default: [:]][key] = .plural(plural)
            } else {
                throw DictionaryError(name: name, key: key, reason: "neither a text nor plural forms")
            }
        }
    }

    /// The sentences in one language; English where the language is unknown.
    public func localizer(_ language: String) -> Localizer {
        let known = sentences[language] == nil ? "en" : language
        return Localizer(language: known, sentences: sentences[known] ?? [:])
    }
}

/// A dictionary that cannot be read.
public struct DictionaryError: Error, Equatable {
    public let name: String
    public let key: String?
    public let reason: String
}
