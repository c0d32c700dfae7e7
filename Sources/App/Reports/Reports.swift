// SPDX-License-Identifier: Apache-2.0
// The room's face: figures with names beside them, for people and for programs (spec 7.2).
import Foundation
import Storage

/// Reports of the contact centres.
public struct Reports: Sendable {
    let installation: Installation
    let statistics: Statistics

    public init(installation: Installation, statistics: Statistics) {
        self.installation = installation
        self.statistics = statistics
    }

    /// One report: figures, what their rows are called, and how sure they are.
    func report(of tenant: TenantID, _ query: ReportQuery) async throws -> Report {
        let figures = try await statistics.figures(of: tenant, query.filter, by: query.grouping)
        let keys = figures.rows.map(\.key)
        let (names, centre) = try await installation.database.read { tx in
            let store = ReportsStore(tenant: tenant, tx: tx)
            return (try store.names(of: keys, by: query.grouping), try store.centre())
        }
        return Report(query: query, figures: figures, names: names, minimumN: centre.minimumN)
    }

    /// The choices of the filter, narrowed to the teams that a person may see (nil: all).
    func choices(of tenant: TenantID, teams: Set<TeamID>?) async throws -> ReportChoices {
        try await installation.database.read { tx in
            try ReportsStore(tenant: tenant, tx: tx).choices(teams: teams)
        }
    }

    /// The present day where the centre is.
    func today(of tenant: TenantID) async throws -> LocalDay {
        let centre = try await installation.database.read { try ReportsStore(tenant: tenant, tx: $0).centre() }
        return LocalDay(of: installation.clock.now(), in: TimeZone(identifier: centre.timeZone) ?? .gmt)
    }
}

/// What a report is called by and looks at.
struct ReportQuery: Sendable {
    var filter: FigureFilter
    var grouping: FigureGrouping
    /// The key of the field that rows are ranked by and the chart shows; `rate` is the response rate.
    var measure = "fcr"

    static let rate = "rate"
}

/// A row's name for people and its key for programs; both nil for nobody.
struct ReportName: Sendable, Equatable {
    let name: String?
    let key: String?
}

/// What filters offer, by name.
struct ReportChoices: Sendable {
    var teams: [(id: TeamID, name: String)] = []
    var services: [(id: ServiceID, name: String)] = []
}

/// Figures with names.
struct Report: Sendable {
    let query: ReportQuery
    let figures: Figures
    let names: [Int64: ReportName]
    /// Below so many answers a figure is weak.
    let minimumN: Int

    func name(of row: FigureRow) -> ReportName { names[row.key] ?? ReportName(name: nil, key: nil) }

    /// Fields that are built in or have answers in this report.
    var fields: [SurveyField] {
        figures.total.fields.filter { $0.field.isBuiltIn || $0.n > 0 || $0.notApplicable > 0 }.map(\.field)
    }

    /// Days in their order; others by the lower bound of the chosen figure, best first, those without one last.
    var rankedRows: [FigureRow] {
        if query.grouping == .day { return figures.rows }
        return figures.rows.sorted { left, right in
            switch (bound(of: left), bound(of: right)) {
            case (let left?, let right?) where left != right: return left > right
            case (.some, nil): return true
            case (nil, .some): return false
            default: return (name(of: left).name ?? "", left.key) < (name(of: right).name ?? "", right.key)
            }
        }
    }

    private func bound(of row: FigureRow) -> Double? {
        if query.measure == ReportQuery.rate { return row.funnel.responseInterval?.low }
        guard let figure = row.field(query.measure), let value = figure.value else { return nil }
        // One answer has no interval of its mean: it ranks below all that have one.
        return figure.interval?.low ?? min(value, figure.field.minimum)
    }

    var isEmpty: Bool { figures.rows.isEmpty }
}
