// SPDX-License-Identifier: Apache-2.0
// The forms that a new one may begin with (spec 3.1): read from survey.templates.json beside this file.
import Foundation

/// A form to begin with, in Russian and English.
public struct SurveyTemplate: Sendable, Equatable {
    /// A text in the languages of the product.
    public struct Words: Sendable, Equatable, Decodable {
        let ru: String
        let en: String

        func text(_ language: String) -> String { language.hasPrefix("ru") ? ru : en }
    }

    /// Stands in addresses: `/forms/new?template=quality`.
    public let key: String
    private let names: Words
    private let descriptions: Words
    /// In Russian and English, bound to the built-in fields.
    public let content: SurveyContent

    public func name(_ language: String) -> String { names.text(language) }
    public func description(_ language: String) -> String { descriptions.text(language) }

    /// All that there are, the manual's sample first; the empty form is none of them.
    public static let all: [SurveyTemplate] = load()

    public static func find(_ key: String) -> SurveyTemplate? { all.first { $0.key == key } }

    /// The content as a centre can store it: a block whose field the centre has not, or on another scale, counts for
    /// none. The centre's own language comes first.
    public func content(fields: [String: SurveyField], language: String) -> SurveyContent {
        let usable = fields.filter { !$0.value.isRetired }
        var fitted = content
        for place in fitted.languages.indices {
            for index in fitted.languages[place].blocks.indices {
                let block = fitted.languages[place].blocks[index]
                guard block.field != nil, !block.fits(usable) else { continue }
                fitted.languages[place].blocks[index].field = nil
            }
        }
        fitted.languages.sort { left, right in
            left.language == language && right.language != language
        }
        return fitted
    }

    private static func load() -> [SurveyTemplate] {
        let path = "Surveys/survey.templates.json"
        guard let file = EmbeddedAssets.files.first(where: { $0.path.description == path }),
            let json = Data(base64Encoded: file.base64.description),
            let list = try? JSONDecoder().decode(StoredTemplates.self, from: json)
        else { preconditionFailure("The templates are in the program.") }
        return list.templates.map { stored in
            SurveyTemplate(
                key: stored.key, names: stored.name, descriptions: stored.description,
                content: SurveyContent(languages: ["ru", "en"].map(stored.language)))
        }
    }
}

extension SurveyBlock {
    /// Whether it keeps to the rules of the field that it counts for.
    func fits(_ fields: [String: SurveyField]) -> Bool {
        let language = FormLanguage(language: "en", title: "-", blocks: [self])
        return SurveyContent(languages: [language]).refusals(fields: fields).isEmpty
    }
}

/// The file's own form: every text in both languages.
private struct StoredTemplates: Decodable {
    /// An option of a choice.
    struct Option: Decodable {
        let text: SurveyTemplate.Words
        let value: Double?
    }
    /// A block.
    struct Block: Decodable {
        let key: String
        let kind: BlockKind
        let text: SurveyTemplate.Words
        let isRequired: Bool?
        let field: String?
        let options: [Option]?
        let minimum: Double?
        let maximum: Double?
        let step: Double?

        func block(_ language: String) -> SurveyBlock {
            var block = SurveyBlock(
                key: key, kind: kind, text: text.text(language), isRequired: isRequired ?? false, field: field,
                options: (options ?? []).map { BlockOption(text: $0.text.text(language), value: $0.value) })
            (block.minimum, block.maximum, block.step) = (minimum, maximum, step)
            return block
        }
    }
    /// A template.
    struct Template: Decodable {
        let key: String
        let name: SurveyTemplate.Words
        let description: SurveyTemplate.Words
        let title: SurveyTemplate.Words
        let blocks: [Block]

        func language(_ language: String) -> FormLanguage {
            FormLanguage(language: language, title: title.text(language), blocks: blocks.map { $0.block(language) })
        }
    }
    let templates: [Template]
}
