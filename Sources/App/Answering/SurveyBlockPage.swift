// SPDX-License-Identifier: Apache-2.0
// The ten kinds of blocks as markup. Inputs are the browser's own, so that keys, touch and readers work as ever.
import Foundation
import Markup

/// One block with what was entered into it.
struct SurveyBlockPage {
    let block: SurveyBlock
    let entries: AnswerEntries
    let problem: EntryProblem?
    let t: Localizer
    /// The language attribute of our own words; empty when they are in the form's language.
    let frame: HTML

    var html: HTML {
        switch block.shownAs {
        case .text, .thanks: "<div class=\"text\">\(Self.paragraphs(block.text))</div>"
        case .notes: notes
        case .dropdown: dropdown
        case .slider: block.stops.count <= SurveyLimits.stopsInARow ? scale : number
        case .checkbox, .radio: group("list", options)
        case .radioHorizontal, .yesNo, .yesNoNA: group("row", options)
        }
    }

    private var name: String { AnswerEntries.name(of: block) }

    /// Where a link of the error summary leads.
    static func firstInput(of block: SurveyBlock) -> String {
        let name = AnswerEntries.name(of: block)
        let isGroup = block.shownAs != .dropdown && block.kind.isChoice
        let isRow = block.kind == .slider && block.stops.count <= SurveyLimits.stopsInARow
        return isGroup || isRow ? name + "_0" : name
    }

    /// Plain text as paragraphs: an empty line begins a new one.
    static func paragraphs(_ text: String) -> HTML {
        text.replacing("\r\n", with: "\n").split(separator: "\n\n").map { paragraph -> HTML in
            let lines: [HTML] = paragraph.split(separator: "\n").map { HTML(String($0)) }
            let joined = lines.dropFirst().reduce(lines.first ?? .empty) { $0 + "<br>" + $1 }
            return "<p>\(joined)</p>"
        }.joined()
    }

    /// A problem in the customer's words.
    static func words(for problem: EntryProblem, t: Localizer) -> String {
        switch problem {
        case .missing: t("answering.problem.missing")
        case .unknownOption: t("answering.problem.unknownOption")
        case .notANumber(let minimum, let maximum):
            t(
                "answering.problem.notANumber",
                ["minimum": shown(minimum, t), "maximum": shown(maximum, t)])
        case .offStep(let step, let minimum):
            t("answering.problem.offStep", ["step": shown(step, t), "minimum": shown(minimum, t)])
        case .tooLong(let excess): t("answering.problem.tooLong", count: excess)
        }
    }

    private static func shown(_ value: Double, _ t: Localizer) -> String {
        let text = plainNumber(value).replacing("-", with: "\u{2212}")
        return t.language == "ru" ? text.replacing(".", with: ",") : text
    }

    // MARK: Parts

    private var mark: HTML {
        block.isRequired ? " <span class=\"must\"\(frame)>\(t("answering.required"))</span>" : .empty
    }

    private var required: HTML { block.isRequired ? " required" : .empty }

    private var problemLine: HTML {
        guard let problem else { return .empty }
        return "<p class=\"problem\" id=\"\(name)_e\"\(frame)>\(Self.words(for: problem, t: t))</p>"
    }

    /// Ties hint and problem to the input, for readers.
    private func described(hasHint: Bool) -> HTML {
        let ids = [hasHint ? name + "_h" : nil, problem == nil ? nil : name + "_e"].compactMap { $0 }
        return ids.isEmpty ? .empty : " aria-describedby=\"\(ids.joined(separator: " "))\""
    }

    private var invalid: HTML { problem == nil ? .empty : " aria-invalid=\"true\"" }

    private func group(_ layout: HTML, hint: HTML? = nil, _ content: HTML) -> HTML {
        """
        <fieldset class="block\(if: problem != nil, " wrong")"\(described(hasHint: hint != nil))>
        <legend id="\(name)_l">\(block.text)\(mark)</legend>
        \(hint)\(problemLine)<div class="\(layout)">
        \(content)</div>
        </fieldset>

        """
    }

    private func single(hint: HTML? = nil, _ content: HTML) -> HTML {
        """
        <div class="block\(if: problem != nil, " wrong")">
        <label for="\(name)" id="\(name)_l">\(block.text)\(mark)</label>
        \(hint)\(problemLine)\(content)
        </div>

        """
    }

    private func hint(_ text: String) -> HTML { "<p class=\"hint\" id=\"\(name)_h\"\(frame)>\(text)</p>" }

    // MARK: Kinds

    private var options: HTML {
        let isCheckbox = block.shownAs == .checkbox
        return block.options.indices.map { place -> HTML in
            let value = String(place)
            let type: HTML = isCheckbox ? "checkbox" : "radio"
            // A group of check boxes is required as a whole, which the browser cannot say of one of them.
            let must = isCheckbox ? .empty : required
            return """
                <label><input type="\(type)" name="\(name)" id="\(name)_\(place)" value="\(value)"\(must)\
                \(if: entries.isChosen(value, of: block), " checked")><span>\(block.options[place].text)</span></label>

                """
        }.joined()
    }

    private var dropdown: HTML {
        let items: [HTML] = block.options.indices.map { place in
            let isChosen = entries.isChosen(String(place), of: block)
            return "<option value=\"\(place)\"\(if: isChosen, " selected")>\(block.options[place].text)</option>\n"
        }
        return single(
            """
            <select id="\(name)" name="\(name)"\(required)\(invalid)\(described(hasHint: false))>
            <option value=""\(frame)>\(t("answering.choose"))</option>
            \(items)</select>
            """)
    }

    private var notes: HTML {
        let limit = t.number(SurveyLimits.notesCharacters)
        let shown: HTML = "\n\(entries.text(block))"
        return single(
            hint: hint(t("answering.notesHint", ["limit": limit])),
            """
            <textarea id="\(name)" name="\(name)" rows="4" maxlength="\(SurveyLimits.notesCharacters)"\
            \(required)\(invalid)\(described(hasHint: true))>\(shown)</textarea>
            """)
    }

    /// A slider of few stops: a row of numbers, none of them chosen beforehand.
    private var scale: HTML {
        let stops = block.stops
        let chosen = Double(entries.text(block).replacing(",", with: "."))
        let tiles = stops.indices.map { place -> HTML in
            """
            <label><input type="radio" name="\(name)" id="\(name)_\(place)" value="\(plainNumber(stops[place]))"\
            \(required)\(if: chosen == stops[place], " checked")><span>\(Self.shown(stops[place], t))</span></label>

            """
        }
        return group("scale n\(stops.count)", hint: hint(range), tiles.joined())
    }

    /// A slider of many stops: a number that is typed in.
    private var number: HTML {
        let (minimum, maximum) = (plainNumber(block.minimum ?? 0), plainNumber(block.maximum ?? 0))
        let step = block.step ?? 1
        let words =
            step == 1
            ? range : range + ", " + t("answering.step", ["step": Self.shown(step, t)])
        let value = entries.text(block).replacing(",", with: ".")
        return single(
            hint: hint(words),
            """
            <input type="number" id="\(name)" name="\(name)" min="\(minimum)" max="\(maximum)"\
             step="\(plainNumber(step))" inputmode="decimal" value="\(value)"\
            \(required)\(invalid)\(described(hasHint: true))>
            """)
    }

    private var range: String {
        t(
            "answering.range",
            ["minimum": Self.shown(block.minimum ?? 0, t), "maximum": Self.shown(block.maximum ?? 0, t)])
    }
}
