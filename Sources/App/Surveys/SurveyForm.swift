// SPDX-License-Identifier: Apache-2.0
// What we ask: forms, their language versions and their ten kinds of blocks (spec 3.3).

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

    public init(text: String, value: Double?) {
        self.text = text
        self.value = value
    }
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

    public init(
        key: String, kind: BlockKind, text: String, isRequired: Bool = false, field: String? = nil,
        options: [BlockOption] = []
    ) {
        self.key = key
        self.kind = kind
        self.text = text
        self.isRequired = isRequired
        self.field = field
        self.options = options
    }

    /// A slider; its scale is the field's when it counts for one.
    public static func slider(
        key: String, text: String, scale: ClosedRange<Double>, isRequired: Bool = false, field: String? = nil
    ) -> SurveyBlock {
        var block = SurveyBlock(key: key, kind: .slider, text: text, isRequired: isRequired, field: field)
        block.minimum = scale.lowerBound
        block.maximum = scale.upperBound
        block.step = 1
        return block
    }

    /// How a choice is shown: its kind, unless another way was chosen.
    public var shownAs: BlockKind { display ?? kind }

    /// The values that a slider can take, in order; empty for other kinds and for a scale that is none.
    public var stops: [Double] {
        guard kind == .slider, let minimum, let maximum, let step, step > 0, maximum > minimum else { return [] }
        let count = ((maximum - minimum) / step).rounded()
        guard count <= Double(SurveyLimits.stops) else { return [] }
        return (0...Int(count)).map { ((minimum + Double($0) * step) * 1e6).rounded() / 1e6 }
    }
}

/// One language of a form.
public struct FormLanguage: Codable, Sendable, Equatable {
    /// BCP 47.
    public var language: String
    public var title: String
    /// The text of the send button; nil is the built-in one.
    public var sendButton: String?
    public var blocks: [SurveyBlock]

    public init(language: String, title: String, sendButton: String? = nil, blocks: [SurveyBlock]) {
        self.language = language
        self.title = title
        self.sendButton = sendButton
        self.blocks = blocks
    }
}

/// What a version of a form holds; never changed once it is stored.
public struct SurveyContent: Codable, Sendable, Equatable {
    public var languages: [FormLanguage]
    /// The form's style sheet, served inside `@scope (.survey)`.
    public var css: String
    /// The name of the picture above the title: the SHA-256 of a PNG that Settings keeps. Absent where there is none.
    public var image: String?

    public init(languages: [FormLanguage], css: String = "", image: String? = nil) {
        self.languages = languages
        self.css = css
        self.image = image
    }

    /// A language by its exact tag.
    public func language(_ tag: String) -> FormLanguage? { languages.first { $0.language == tag } }
}

/// A version, as links and submits see it.
public struct SurveyVersion: Sendable, Equatable {
    public let id: FormVersionID
    public let form: FormID
    public let number: Int
    public let content: SurveyContent

    public init(id: FormVersionID, form: FormID, number: Int, content: SurveyContent) {
        self.id = id
        self.form = form
        self.number = number
        self.content = content
    }
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
    /// Grows with every change: who saves says which one he saw.
    public var revision: Int
    public var changedAt: Moment
}
