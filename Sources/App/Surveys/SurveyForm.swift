// SPDX-License-Identifier: Apache-2.0
// What we ask: forms, their language versions and their ten kinds of blocks (spec 3.3).
import Storage

/// The ten kinds of blocks; raw values stand in `form.json`.
public enum BlockKind: String, Codable, Sendable, CaseIterable {
    case checkbox, radio
    case radioHorizontal = "radio_horizontal"
    case dropdown
    case yesNo = "yes_no"
    case yesNoNA = "yes_no_na"
    case slider, notes, text, thanks

    /// Whether the customer answers it by choosing options.
    public var isChoice: Bool {
        switch self {
        case .checkbox, .radio, .radioHorizontal, .dropdown, .yesNo, .yesNoNA: true
        case .slider, .notes, .text, .thanks: false
        }
    }

    /// Whether it takes an answer at all.
    public var isQuestion: Bool { self != .text && self != .thanks }
}

/// One option of a choice.
public struct BlockOption: Codable, Sendable, Equatable {
    public var text: String
    /// Nil is N/A: answered, and in no denominator.
    public var value: Double?
}

/// One block of a language version. Which parts are used depends on the kind.
public struct SurveyBlock: Codable, Sendable, Equatable {
    /// Survives edits and is shared by the language versions; answers are kept under it.
    public var key: String
    public var kind: BlockKind
    /// The question of a question; the text of a fixed text or of a thank you.
    public var text: String
    public var isRequired: Bool
    /// The key of the survey field that it counts for.
    public var field: String?
    /// How a choice is shown, where it differs from its kind: checkbox, radio, radio_horizontal, dropdown.
    public var display: BlockKind?
    public var options: [BlockOption]
    /// A slider's scale.
    public var minimum: Double?
    public var maximum: Double?
    public var step: Double?
}

/// One language of a form.
public struct FormLanguage: Codable, Sendable, Equatable {
    /// BCP 47.
    public var language: String
    public var title: String
    /// The text of the send button; nil is the built-in one.
    public var sendButton: String?
    public var blocks: [SurveyBlock]
}

/// What a version of a form holds; never changed once it is stored.
public struct SurveyContent: Codable, Sendable, Equatable {
    public var languages: [FormLanguage]
    /// The form's style sheet, served inside `@scope (.survey)`.
    public var css: String
}

/// A version, as links and submits see it.
public struct SurveyVersion: Sendable, Equatable {
    public let id: FormVersionID
    public let form: FormID
    public let number: Int
    public let content: SurveyContent
}

/// A survey form.
public struct SurveyForm: Sendable, Equatable {
    public let id: FormID
    public var name: String
    /// The newest version.
    public var version: FormVersionID
    /// Link validity from the first successful send.
    public var validDays: Int
    /// How long a counted answer may be changed.
    public var editHours: Int
    /// A closed form takes no answers and is asked by no new mail.
    public var isClosed: Bool
    public var isArchived: Bool
}
