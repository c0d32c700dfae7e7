// SPDX-License-Identifier: Apache-2.0
// Figures in words: rounded as they are quoted, with their interval and n. An empty set is a dash, never 0.
import Markup

/// Says figures in one language.
struct FigureText {
    let t: Localizer
    static let nothing = "–"

    func value(_ figure: FieldFigure) -> String {
        guard let value = figure.value else { return Self.nothing }
        return number(value, figure.field.kind)
    }

    /// "41 % – 93 %, n = 12"; for CSAT also the share of satisfied.
    func note(_ figure: FieldFigure) -> String {
        var parts: [String] = []
        if let interval = figure.interval {
            parts.append(range(number(interval.low, figure.field.kind), number(interval.high, figure.field.kind)))
        }
        if let satisfied = figure.satisfied { parts.append(t("reports.satisfied", ["share": t.percent(satisfied)])) }
        parts.append("n\u{A0}=\u{A0}\(t.number(figure.n))")
        if figure.notApplicable > 0 {
            parts.append(t("reports.notApplicable", ["count": t.number(figure.notApplicable)]))
        }
        return parts.joined(separator: ", ")
    }

    func rate(_ funnel: Funnel) -> String { funnel.responseRate.map { t.percent($0) } ?? Self.nothing }

    func rateNote(_ funnel: Funnel) -> String {
        var parts: [String] = []
        if let interval = funnel.responseInterval {
            parts.append(range(t.percent(interval.low), t.percent(interval.high)))
        }
        parts.append("n\u{A0}=\u{A0}\(t.number(funnel.delivered))")
        return parts.joined(separator: ", ")
    }

    func asked(_ funnel: Funnel) -> String { funnel.askedShare.map { t.percent($0) } ?? Self.nothing }

    private func range(_ low: String, _ high: String) -> String { "\(low)\u{202F}…\u{202F}\(high)" }

    private func number(_ value: Double, _ kind: SurveyFieldKind) -> String {
        switch kind {
        case .percentage: t.percent(value)
        case .average: t.number(value, places: 2)
        case .promoter: t.number(Int(value.rounded()))
        }
    }
}
