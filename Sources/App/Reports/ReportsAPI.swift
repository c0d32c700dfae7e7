// SPDX-License-Identifier: Apache-2.0
// The room's call as the API's description names it, with the members that `ReportSummary` writes.

extension APISection {
    /// Figures of a period.
    public static let reports: APISection = {
        var operation = APIOperation("summary", "GET", "/api/v1/reports/summary", scope: .reportsRead)
        operation.parameters = [
            .query("from", .day, isRequired: true), .query("to", .day, isRequired: true),
            .query("by", .choice(FigureGrouping.self), isRequired: true),
        ]
        operation.answers = [APIAnswer(200, .reference("Summary"))]
        operation.problems = [
            APIProblem(.invalid, "bad_day", "reports.badDay"),
            APIProblem(.invalid, "unknown_grouping", "reports.badGrouping"),
            APIProblem(.invalid, "period_backwards", "reports.periodBackwards"),
            APIProblem(.invalid, "period_too_long", "reports.periodTooLong"),
        ]
        return APISection(
            "reports", words: "reports.api.", operations: [operation],
            objects: [
                APIObject("Summary", [.always("rows", .list(of: .reference("SummaryRow")))]),
                APIObject("SummaryRow", row), APIObject("FieldScore", score),
            ])
    }()

    private static let row: [APIMember] = [
        .always("key", .text().orNull), .always("completed", .count), .always("invited", .count),
        .always("delivered", .count), .always("answered", .count),
        .always("responseRate", .number(in: 0...1).orNull), .always("fields", .map(of: .reference("FieldScore"))),
    ]

    private static let score: [APIMember] = [
        .always("n", .count), .always("low", .number().orNull), .always("high", .number().orNull),
        .always("notApplicable", .count), APIMember("share", .number(in: 0...1).orNull),
        APIMember("mean", .number().orNull), APIMember("satisfied", .number(in: 0...1).orNull),
        APIMember("score", .number(in: -100...100).orNull), APIMember("promoters", .count),
        APIMember("passives", .count), APIMember("detractors", .count),
    ]
}
