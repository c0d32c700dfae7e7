// SPDX-License-Identifier: Apache-2.0
// A form on its way between the editor and us.
import Foundation
import Markup

/// A form as the editor sends it.
struct SurveyDraft: Decodable, Sendable {
    let name: String
    let validDays: Int
    let editHours: Int
    /// The revision that the editor began with; nil for a new form.
    let revision: Int?
    let content: SurveyContent

    /// The same as the rooms know it.
    var new: NewForm { NewForm(name: name, content: content, validDays: validDays, editHours: editHours) }
}

/// A form as the editor gets it.
struct SurveyEditorState: Encodable, Sendable {
    /// Nil while nothing is stored.
    let id: String?
    let name: String
    let validDays: Int
    let editHours: Int
    let revision: Int?
    /// The number of the version.
    let number: Int?
    /// When the version was saved and by whom, in words.
    let savedAt: String?
    let savedBy: String?
    let content: SurveyContent

    /// A form that begins with some content.
    init(new content: SurveyContent, name: String = "") {
        let draft = NewForm(name: name, content: content)
        (id, self.name, validDays, editHours) = (nil, name, draft.validDays, draft.editHours)
        (revision, number, savedAt, savedBy) = (nil, nil, nil, nil)
        self.content = content
    }

    /// A stored form with one of its versions.
    init(_ form: SurveyForm, _ version: SurveyVersion, _ saved: SurveyVersionEntry, zone: String, t: Localizer) {
        (id, name, validDays, editHours) = ("\(form.id)", form.name, form.validDays, form.editHours)
        (revision, number) = (form.revision, version.number)
        savedAt = t.dateTime(saved.at.date, in: TimeZone(identifier: zone) ?? .gmt)
        savedBy = saved.person
        content = version.content
    }
}

/// Everything that the editor's script is given.
struct SurveyEditorModel: Encodable, Sendable {
    /// A field that a block may count for.
    struct Field: Encodable, Sendable {
        let key: String
        let name: String
        let kind: String
        let minimum: Double
        let maximum: Double
        let isBuiltIn: Bool
    }

    /// How much a form may hold.
    struct Limits: Encodable, Sendable {
        let languages = SurveyLimits.languages
        let blocks = SurveyLimits.blocks
        let options = SurveyLimits.options
        let stops = SurveyLimits.stops
        let nameCharacters = SurveyLimits.nameCharacters
        let titleCharacters = SurveyLimits.titleCharacters
        let questionCharacters = SurveyLimits.questionCharacters
        let textCharacters = SurveyLimits.textCharacters
        let optionCharacters = SurveyLimits.optionCharacters
        let sendButtonCharacters = SurveyLimits.sendButtonCharacters
        let styleBytes = SurveyLimits.styleBytes
        let validDays = [SurveyLimits.validDays.lowerBound, SurveyLimits.validDays.upperBound]
        let editHours = [SurveyLimits.editHours.lowerBound, SurveyLimits.editHours.upperBound]
    }

    let form: SurveyEditorState
    /// True when what is shown is not what is stored: a template, an older version.
    let isUnsaved: Bool
    let fields: [Field]
    let limits = Limits()
    let language: String
    let token: String
    let texts: [String: EditorText]

    init(
        _ form: SurveyEditorState, isUnsaved: Bool, fields: [String: SurveyField], token: String, t: Localizer
    ) {
        self.form = form
        self.isUnsaved = isUnsaved
        self.fields = fields.values.filter { !$0.isRetired }
            .sorted { ($0.isBuiltIn ? 0 : 1, $0.id) < ($1.isBuiltIn ? 0 : 1, $1.id) }
            .map {
                Field(
                    key: $0.key, name: $0.name, kind: $0.kind.rawValue, minimum: $0.minimum, maximum: $0.maximum,
                    isBuiltIn: $0.isBuiltIn)
            }
        language = t.language
        self.token = token
        texts = ["surveys.editor.", "surveys.rule.", "surveys.bad", "frame.editor."]
            .flatMap { t.sentences(beginningWith: $0) }
            .reduce(into: [:]) { $0[$1.key] = EditorText(sentence: $1.value) }
    }
}

/// A sentence for scripts: a text, or its plural forms by CLDR's names.
struct EditorText: Encodable, Sendable {
    let sentence: Sentence

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch sentence {
        case .plain(let text): try container.encode(text)
        case .plural(let forms):
            try container.encode(
                Dictionary(forms.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}
