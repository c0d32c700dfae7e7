// SPDX-License-Identifier: Apache-2.0
// `otklik report summary`: the figures of a period, as the API says them.
import App
import ArgumentParser

extension FigureGrouping: ExpressibleByArgument {}

/// Reports by the command line.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: say("report"), subcommands: [ReportSummaryCommand.self])
}

/// Prints the figures of a period.
struct ReportSummaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: say("report.summary"), discussion: say("report.summary.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Option(help: help("from")) var from: String
    @Option(help: help("to")) var to: String
    @Option(help: help("by")) var by: FigureGrouping = .agent
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let report = try await otklik.report(
                from: from, to: to, by: by.rawValue, tenant: centre.tenant, language: words.language)
            try json.print(report.json) {
                TextTable(titles: report.titles, rows: report.rows, numbersFrom: 1).text(empty: say("report.none"))
            }
        }
    }
}
