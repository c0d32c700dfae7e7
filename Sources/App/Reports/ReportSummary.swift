// SPDX-License-Identifier: Apache-2.0
// A report as the API says it (spec 7.2). An empty set has null, never 0.
import Foundation

extension Report {
    /// `{"rows": […]}`, in the order of the keys; nobody's key is null and comes last.
    var json: JSON {
        let rows = figures.rows.map { (key: name(of: $0).key, row: $0) }.sorted {
            ($0.key == nil ? 1 : 0, $0.key ?? "") < ($1.key == nil ? 1 : 0, $1.key ?? "")
        }
        return .object(["rows": .array(rows.map { json($0.row, key: $0.key) })])
    }

    private func json(_ row: FigureRow, key: String?) -> JSON {
        let shown = Set(fields.map(\.id))
        let figures = row.fields.filter { shown.contains($0.field.id) }
        return .object([
            "key": key.map { .string($0) } ?? .null,
            "completed": .number(Double(row.funnel.completed)),
            "invited": .number(Double(row.funnel.invited)),
            "delivered": .number(Double(row.funnel.delivered)),
            "answered": .number(Double(row.funnel.answered)),
            "responseRate": Self.number(row.funnel.responseRate, places: 4),
            "fields": .object(
                Dictionary(figures.map { ($0.field.key, Self.json($0)) }, uniquingKeysWith: { first, _ in first })),
        ])
    }

    private static func json(_ figure: FieldFigure) -> JSON {
        // Scores are whole numbers, as everybody quotes them; shares and means are not.
        let places = figure.field.kind == .promoter ? 0 : 4
        var members: [String: JSON] = [
            "n": .number(Double(figure.n)),
            "low": number(figure.interval?.low, places: places),
            "high": number(figure.interval?.high, places: places),
            "notApplicable": .number(Double(figure.notApplicable)),
        ]
        let value = number(figure.value, places: places)
        switch figure.field.kind {
        case .percentage: members["share"] = value
        case .average:
            members["mean"] = value
            members["satisfied"] = number(figure.satisfied, places: 4)
        case .promoter:
            members["score"] = value
            members["promoters"] = .number(Double(figure.sum.top))
            members["passives"] = .number(Double(figure.n - figure.sum.top - figure.sum.low))
            members["detractors"] = .number(Double(figure.sum.low))
        }
        return .object(members)
    }

    private static func number(_ value: Double?, places: Int) -> JSON {
        guard let value else { return .null }
        let scale = pow(10, Double(places))
        return .number((value * scale).rounded() / scale)
    }
}
