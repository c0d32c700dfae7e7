// SPDX-License-Identifier: Apache-2.0
// What a customer has entered, as it was sent: kept as it is, so that a page can be shown again with all of it.

/// The entries of one form, by block key.
struct AnswerEntries: Sendable, Equatable {
    /// What was sent for a block: positions of options, or a text.
    private(set) var sent: [String: [String]] = [:]

    static let empty = AnswerEntries()

    /// The input's name of a block.
    static func name(of block: SurveyBlock) -> String { "q_" + block.key }

    init() {}

    /// Entries of the blocks that take answers; anything else that was sent is left alone.
    init(_ input: FormInput, blocks: [SurveyBlock]) {
        for block in blocks where block.kind.isQuestion {
            let name = Self.name(of: block)
            let values = block.kind == .notes ? [input.exactText(name)] : input.values(name)
            let filled = values.prefix(SurveyLimits.options + 1).filter { $0.nonEmpty != nil }
            if !filled.isEmpty { sent[block.key] = Array(filled) }
        }
    }

    /// Entries as they were counted before, for changing an answer.
    init(_ answers: [StoredAnswer], blocks: [SurveyBlock]) {
        let stored = Dictionary(answers.map { ($0.block, $0) }, uniquingKeysWith: { first, _ in first })
        for block in blocks {
            guard let answer = stored[block.key] else { continue }
            switch block.kind {
            case .notes: sent[block.key] = answer.content.text.map { [$0] }
            case .slider: sent[block.key] = answer.number.map { [plainNumber($0)] }
            default:
                let texts = Set(answer.content.options ?? [])
                let places = block.options.indices.filter { texts.contains(block.options[$0].text) }
                if !places.isEmpty { sent[block.key] = places.map { String($0) } }
            }
        }
    }

    /// The first value of a block; empty when there is none.
    func text(_ block: SurveyBlock) -> String { sent[block.key]?.first ?? "" }

    /// Whether an option, or a slider's stop, was chosen.
    func isChosen(_ value: String, of block: SurveyBlock) -> Bool { sent[block.key]?.contains(value) ?? false }
}
