// SPDX-License-Identifier: Apache-2.0
// Sums by measure become a report's rows.

/// Makes rows of sums.
struct FigureMaker {
    let fields: [SurveyField]
    let countsCaptured: Bool

    /// Rows in the order of their keys, and the total. Rows in which everything was taken back again are left out.
    func figures(_ sums: [Int64: [String: MeasureSum]]) -> Figures {
        var all: [String: MeasureSum] = [:]
        for measures in sums.values {
            for (measure, sum) in measures { all[measure, default: MeasureSum()] += sum }
        }
        let rows = sums.filter { entry in entry.value.values.contains { !$0.isZero } }
            .map { row(key: $0.key, $0.value) }.sorted { $0.key < $1.key }
        return Figures(rows: rows, total: row(key: 0, all))
    }

    private func row(key: Int64, _ measures: [String: MeasureSum]) -> FigureRow {
        var funnel = Funnel()
        funnel.countsCaptured = countsCaptured
        funnel.completed = measures[StatisticMeasure.completed]?.n ?? 0
        for state in InvitationState.allCases {
            let n = measures[StatisticMeasure.state(state)]?.n ?? 0
            if n != 0 { funnel.states[state] = n }
        }
        let figures = fields.map { field in
            FieldFigure(
                field: field,
                sum: measures[StatisticMeasure.value(field.id, series: field.series)] ?? MeasureSum(),
                notApplicable: measures[StatisticMeasure.notApplicable(field.id, series: field.series)]?.n ?? 0)
        }
        return FigureRow(key: key, funnel: funnel, fields: figures)
    }
}
