// SPDX-License-Identifier: Apache-2.0
// What somebody should look at: only what is so, the worst first.

/// What was found in a centre in the last days.
public struct Attention: Sendable, Equatable {
    /// So many of a kind are counted; more read "1 000".
    static let most = 1000
    static let days: Int64 = 7

    /// Mail that waits until settings or server work again.
    public var held = 0
    /// Mail that did not reach anybody.
    public var notSent = 0
    /// Agents whom only a sender's system knows.
    public var unknownAgents = 0
    /// Parts of interactions with an outcome that their service does not have.
    public var unknownDispositions = 0
    /// Open forms that lack a language which other forms of the centre have, and the languages.
    public var untranslated: [(form: String, languages: [String])] = []
    /// Fields with answers at the bad end of their scale, and how many of how many.
    public var lowScores: [(field: SurveyField, low: Int, answers: Int)] = []

    public init() {}

    public static func == (left: Attention, right: Attention) -> Bool {
        left.held == right.held && left.notSent == right.notSent && left.unknownAgents == right.unknownAgents
            && left.unknownDispositions == right.unknownDispositions
            && left.untranslated.map(\.form) == right.untranslated.map(\.form)
            && left.untranslated.map(\.languages) == right.untranslated.map(\.languages)
            && left.lowScores.map(\.low) == right.lowScores.map(\.low)
    }

    /// The forms that lack a language, by the versions that customers get.
    static func untranslated(
        _ forms: [(name: String, languages: [String])], centre: String
    ) -> [(form: String, languages: [String])] {
        let wanted = Set(forms.flatMap(\.languages)).union([centre])
        return forms.compactMap { form in
            let missing = wanted.subtracting(form.languages).sorted()
            return missing.isEmpty ? nil : (form.name, missing)
        }
    }

    /// The fields with bad answers, from a period's figures.
    static func lowScores(_ row: FigureRow) -> [(field: SurveyField, low: Int, answers: Int)] {
        row.fields.compactMap { figure in
            figure.field.kind != .average && figure.sum.low > 0 ? (figure.field, figure.sum.low, figure.n) : nil
        }
    }
}

/// One sentence of the list, and where it can be mended.
struct AttentionLine: Sendable {
    let tone: Tone
    let text: String
    let path: String
}
