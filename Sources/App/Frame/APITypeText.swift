// SPDX-License-Identifier: Apache-2.0
// Kinds of values in words: objects lead to where they are described.
import Foundation
import Markup

/// Says in one language what a value may be.
struct APITypeText {
    let t: Localizer

    func html(_ schema: APISchema) -> HTML {
        var html = kind(schema)
        if schema.mayBeWhole { html += " \(t("frame.api.type.whole"))" }
        if schema.mayBeNull { html += " \(t("frame.api.type.null"))" }
        return html
    }

    private func kind(_ schema: APISchema) -> HTML {
        switch schema.kind {
        case .text(let limit, _, let pattern, let format): return text(limit, pattern, format)
        case .integer(let range): return number("integer", range)
        case .number(let range): return number("number", range)
        case .flag: return HTML(t("frame.api.type.flag"))
        case .choice(let values):
            let list: [HTML] = values.map { "<code>\($0)</code>" }
            return "\(t("frame.api.type.choice")) \(joined(list, by: ", "))"
        case .object, .anyObject, .anything: return HTML(t("frame.api.type.object"))
        case .map(let value): return "\(t("frame.api.type.map")) \(html(value))"
        case .list(let item, let limit):
            let words = limit.map { t("frame.api.type.listUpTo", ["limit": t.number($0)]) } ?? t("frame.api.type.list")
            return "\(words) \(html(item))"
        case .reference(let name): return "<a href=\"#object-\(name)\">\(name)</a>"
        case .either(let schemas):
            let known = schemas.filter { if case .anything = $0.kind { false } else { true } }
            return joined(known.map(html), by: " \(t("frame.api.type.or")) ")
        }
    }

    private func text(_ limit: Int?, _ pattern: String?, _ format: String?) -> HTML {
        if pattern == APISchema.idPattern { return HTML(t("frame.api.type.id")) }
        return switch (format, pattern, limit) {
        case ("date-time"?, _, _): HTML(t("frame.api.type.moment"))
        case ("date"?, _, _): HTML(t("frame.api.type.day"))
        case (_, _, let limit?): HTML(t("frame.api.type.textUpTo", ["limit": t.number(limit)]))
        default: HTML(t("frame.api.type.text"))
        }
    }

    private func number(_ name: String, _ range: ClosedRange<Double>?) -> HTML {
        let words = t("frame.api.type.\(name)")
        guard let range, range.upperBound <= 1_000_000 else { return HTML(words) }
        let bounds = ["from": t.number(Int(range.lowerBound)), "to": t.number(Int(range.upperBound))]
        return HTML("\(words) \(t("frame.api.type.range", bounds))")
    }

    private func joined(_ list: [HTML], by separator: HTML) -> HTML {
        list.enumerated().map { position, html in position == 0 ? html : separator + html }.joined()
    }
}
