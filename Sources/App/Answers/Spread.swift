// SPDX-License-Identifier: Apache-2.0
// How the answers to each question are spread. Answers meet by bound field, else by the block's key, and options by
// their value: never by position.
import Foundation

/// A question as one version in one language asked it.
struct QuestionPlace: Sendable, Hashable {
    let version: FormVersionID
    let language: String
    let block: String
}

/// Equal answers, counted by the database.
struct AnswerGroup: Sendable {
    let place: QuestionPlace
    let field: FieldSeries?
    let number: Double?
    let isNotApplicable: Bool
    let texts: [String]
    let count: Int
}

/// What a spread is made of.
struct SpreadSource: Sendable {
    var groups: [AnswerGroup] = []
    /// Notes by block.
    var notes: [QuestionPlace: Int] = [:]
    /// How many submissions were made to each version in each language.
    var shown: [(version: FormVersionID, language: String, count: Int)] = []
    /// The versions that were answered, and the newest one.
    var versions: [FormVersionID: SurveyVersion] = [:]
    var fields: [FieldSeries: SurveyField] = [:]
    /// The field's present series by its key.
    var present: [String: SurveyField] = [:]
}

/// One answer and how often it was given.
struct SpreadBar: Sendable, Equatable {
    let label: String
    let count: Int
}

/// The answers to one question.
struct QuestionSpread: Sendable, Equatable {
    let title: String
    let kind: BlockKind
    /// What the answers count for, in this series; nil for none.
    let field: SurveyField?
    /// Whether the field's scale is another one by now.
    let isEarlier: Bool
    var bars: [SpreadBar] = []
    /// Answers in the shares: neither N/A nor skipped.
    var n = 0
    var notApplicable = 0
    /// Submissions that were asked and left it empty; nil for an earlier series, of which nobody knows.
    var skipped: Int?
    /// Sums of the values; meaningful for fields and sliders.
    var sum = MeasureSum()
    /// Notes have no bars.
    var isNotes: Bool { kind == .notes }
}

/// Puts the questions of all versions and languages together.
struct SpreadMaker {
    /// What makes two questions the same.
    private enum Question: Hashable {
        case field(FieldSeries)
        case block(String)
    }
    /// What makes two answers the same.
    private enum Choice: Hashable {
        case value(Double)
        case text(String)
    }

    private let source: SpreadSource
    private let language: String
    private var blocks: [QuestionPlace: SurveyBlock] = [:]
    private var order: [Question] = []
    private var samples: [Question: SurveyBlock] = [:]
    private var counts: [Question: [Choice: Int]] = [:]
    private var labels: [Question: [Choice: String]] = [:]
    private var spreads: [Question: QuestionSpread] = [:]

    /// - Parameter language: The language whose words are taken where the form has it.
    init(_ source: SpreadSource, language: String) {
        self.source = source
        self.language = language
    }

    /// The questions, those of the newest version first and in its order.
    mutating func spreads(newest: FormVersionID) -> [QuestionSpread] {
        let versions = source.versions.values.sorted { left, right in
            (left.id == newest ? 0 : 1, -left.number) < (right.id == newest ? 0 : 1, -right.number)
        }
        for version in versions { read(version) }
        for group in source.groups { add(group) }
        for (place, count) in source.notes { add(place, notes: count) }
        countSkipped()
        return order.compactMap { finished($0) }
    }

    // MARK: Questions

    private mutating func read(_ version: SurveyVersion) {
        let languages = version.content.languages.sorted { left, right in
            (left.language == language ? 0 : 1) < (right.language == language ? 0 : 1)
        }
        for language in languages {
            for block in language.blocks where block.kind.isQuestion {
                blocks[QuestionPlace(version: version.id, language: language.language, block: block.key)] = block
                note(question(of: block), block)
            }
        }
    }

    /// The question that a block is now: of its field where it fits its scale.
    private func question(of block: SurveyBlock) -> Question {
        guard let key = block.field, let field = source.present[key], SurveyContentCheck.fits(block, field) else {
            return .block(block.key)
        }
        return .field(FieldSeries(field.id, field.series))
    }

    private mutating func note(_ question: Question, _ block: SurveyBlock) {
        guard samples[question] == nil else { return }
        samples[question] = block
        order.append(question)
        guard block.kind.isChoice else { return }
        for option in block.options where option.value != nil {
            let choice = Self.choice(option, in: block)
            if labels[question]?[choice] == nil { labels[question, default: [:]][choice] = option.text }
        }
    }

    private static func choice(_ option: BlockOption, in block: SurveyBlock) -> Choice {
        let values = block.options.compactMap(\.value)
        guard let value = option.value, Set(values).count == values.count else { return .text(option.text) }
        return .value(value)
    }

    // MARK: Answers

    private mutating func add(_ group: AnswerGroup) {
        guard let block = blocks[group.place] else { return }
        let question = group.field.map { Question.field($0) } ?? .block(group.place.block)
        note(question, block)
        var spread = spreads[question] ?? made(question, block)
        if group.isNotApplicable {
            spread.notApplicable += group.count
        } else if let number = group.number {
            spread.n += group.count
            let one =
                spread.field.map { MeasureSum(number, of: $0) }
                ?? MeasureSum(n: 1, total: number, squares: number * number)
            spread.sum += one.times(group.count)
            for (choice, label) in choices(of: group, number, in: block) {
                counts[question, default: [:]][choice, default: 0] += group.count
                if labels[question]?[choice] == nil { labels[question, default: [:]][choice] = label }
            }
        }
        spreads[question] = spread
    }

    private func choices(
        of group: AnswerGroup, _ number: Double, in block: SurveyBlock
    ) -> [(choice: Choice, label: String)] {
        guard block.kind.isChoice else { return [(.value(number), plainNumber(number))] }
        return group.texts.map { text in
            let option = block.options.first { $0.text == text } ?? BlockOption(text: text, value: nil)
            return (Self.choice(option, in: block), text)
        }
    }

    private mutating func add(_ place: QuestionPlace, notes: Int) {
        guard let block = blocks[place] else { return }
        let question = Question.block(place.block)
        note(question, block)
        var spread = spreads[question] ?? made(question, block)
        spread.n += notes
        spreads[question] = spread
    }

    private func made(_ question: Question, _ block: SurveyBlock) -> QuestionSpread {
        var field: SurveyField?
        if case .field(let series) = question { field = source.fields[series] }
        let isEarlier = field.map { source.present[$0.key]?.series != $0.series } ?? false
        return QuestionSpread(
            title: samples[question]?.text ?? block.text, kind: block.shownAs, field: field, isEarlier: isEarlier)
    }

    /// Who was asked and has not answered.
    private mutating func countSkipped() {
        var answered: [QuestionPlace: Int] = source.notes
        for group in source.groups { answered[group.place, default: 0] += group.count }
        for shown in source.shown {
            let content = source.versions[shown.version]?.content
            for block in content?.language(shown.language)?.blocks ?? [] where block.kind.isQuestion {
                let place = QuestionPlace(version: shown.version, language: shown.language, block: block.key)
                let question = question(of: block)
                var spread = spreads[question] ?? made(question, block)
                spread.skipped = (spread.skipped ?? 0) + max(0, shown.count - answered[place, default: 0])
                spreads[question] = spread
            }
        }
    }

    // MARK: Bars

    private func finished(_ question: Question) -> QuestionSpread? {
        guard let block = samples[question] else { return nil }
        var spread = spreads[question] ?? made(question, block)
        guard !spread.isNotes else { return spread }
        var given = counts[question] ?? [:]
        var known: [(Choice, String)] = []
        if block.kind.isChoice {
            for option in block.options where option.value != nil {
                known.append((Self.choice(option, in: block), option.text))
            }
        } else if block.stops.count <= SurveyLimits.stopsInARow, !spread.isEarlier {
            known = block.stops.map { (.value($0), plainNumber($0)) }
        }
        for (choice, label) in known {
            spread.bars.append(SpreadBar(label: label, count: given.removeValue(forKey: choice) ?? 0))
        }
        let rest = given.sorted { left, right in
            switch (left.key, right.key) {
            case (.value(let one), .value(let other)): one < other
            case (.text(let one), .text(let other)): one < other
            case (.value, .text): true
            case (.text, .value): false
            }
        }
        spread.bars += rest.map { SpreadBar(label: labels[question]?[$0.key] ?? "", count: $0.value) }
        return spread
    }
}
