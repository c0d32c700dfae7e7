// SPDX-License-Identifier: Apache-2.0
// Entries become answers, or problems that the customer can mend. Pure: the same for every page and engine.
import Foundation

/// What an answer keeps beside its number.
struct AnswerContent: Codable, Sendable, Equatable {
    /// The texts of the chosen options, in the form's order.
    var options: [String]?
    /// What was written into notes.
    var text: String?

    /// As it is stored. By hand: an encoder costs more than the rest of a submit together.
    var json: String {
        if let text { return "{\"text\":" + Self.quoted(text) + "}" }
        guard let options else { return "{}" }
        return "{\"options\":[" + options.map(Self.quoted).joined(separator: ",") + "]}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                quoted += "\\"
                quoted.unicodeScalars.append(scalar)
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1F}": quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// One block's answer.
struct CheckedAnswer: Sendable, Equatable {
    let block: String
    /// The key of the field that it counts for.
    let field: String?
    let number: Double?
    let isNotApplicable: Bool
    let content: AnswerContent
}

/// Why an entry cannot be taken.
enum EntryProblem: Sendable, Equatable {
    case missing
    case unknownOption
    case notANumber(minimum: Double, maximum: Double)
    case offStep(step: Double, minimum: Double)
    case tooLong(by: Int)
}

/// Entries checked against one language of one version.
struct AnswerCheck: Sendable {
    private(set) var answers: [CheckedAnswer] = []
    /// In the order of the blocks.
    private(set) var problems: [(block: SurveyBlock, problem: EntryProblem)] = []

    init(_ entries: AnswerEntries, blocks: [SurveyBlock]) {
        for block in blocks where block.kind.isQuestion {
            switch Self.read(block, entries.sent[block.key] ?? []) {
            case .nothing: if block.isRequired { problems.append((block, .missing)) }
            case .answer(let answer): answers.append(answer)
            case .problem(let problem): problems.append((block, problem))
            }
        }
    }

    /// What makes two submits the same: the answers, whatever the language of the page.
    var fingerprintText: String {
        let parts = answers.map { answer in
            let content = (answer.content.options ?? []) + [answer.content.text ?? ""]
            return ([answer.block, answer.number.map(plainNumber) ?? ""] + content)
                .map { "\($0.utf8.count):\($0)" }.joined()
        }
        return parts.joined(separator: "\n")
    }

    private enum Reading {
        case nothing
        case answer(CheckedAnswer)
        case problem(EntryProblem)
    }

    private static func read(_ block: SurveyBlock, _ sent: [String]) -> Reading {
        guard let first = sent.first else { return .nothing }
        switch block.kind {
        case .notes: return readNotes(block, first)
        case .slider: return readSlider(block, first)
        default: return readChoice(block, block.shownAs == .checkbox ? sent : [first])
        }
    }

    private static func readNotes(_ block: SurveyBlock, _ sent: String) -> Reading {
        let text = String(String.UnicodeScalarView(sent.unicodeScalars.filter(isWritable))).trimmed
        guard !text.isEmpty else { return .nothing }
        // A text has no more characters than scalars, which are counted faster.
        if text.unicodeScalars.count > SurveyLimits.notesCharacters {
            let excess = text.count - SurveyLimits.notesCharacters
            if excess > 0 { return .problem(.tooLong(by: excess)) }
        }
        return .answer(answer(block, number: nil, content: AnswerContent(text: text)))
    }

    /// Control characters but line ends and tabs have no place in a text.
    private static func isWritable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .control || scalar == "\n" || scalar == "\t"
    }

    private static func readSlider(_ block: SurveyBlock, _ sent: String) -> Reading {
        let (minimum, maximum) = (block.minimum ?? 0, block.maximum ?? 0)
        guard let number = Double(sent.trimmed.replacing(",", with: ".")), (minimum...maximum).contains(number)
        else { return .problem(.notANumber(minimum: minimum, maximum: maximum)) }
        guard let stop = block.stops.first(where: { abs($0 - number) < 1e-6 })
        else { return .problem(.offStep(step: block.step ?? 1, minimum: minimum)) }
        return .answer(answer(block, number: stop, content: AnswerContent()))
    }

    private static func readChoice(_ block: SurveyBlock, _ sent: [String]) -> Reading {
        let places = sent.map { Int($0) ?? -1 }
        guard places.allSatisfy(block.options.indices.contains) else { return .problem(.unknownOption) }
        let chosen = Set(places).sorted().map { block.options[$0] }
        let values = chosen.compactMap(\.value)
        // An N/A beside other options says nothing: the others are the answer.
        let counted = values.isEmpty ? chosen : chosen.filter { $0.value != nil }
        return .answer(
            answer(
                block, number: values.isEmpty ? nil : values.reduce(0, +),
                content: AnswerContent(options: counted.map(\.text))))
    }

    private static func answer(_ block: SurveyBlock, number: Double?, content: AnswerContent) -> CheckedAnswer {
        CheckedAnswer(
            block: block.key, field: block.field, number: number,
            isNotApplicable: number == nil && content.options != nil, content: content)
    }
}
