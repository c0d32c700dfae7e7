// SPDX-License-Identifier: Apache-2.0
// The report's page: filter, figures, chart, table, definitions.
import Foundation
import Markup

/// A report as a page.
struct ReportPage {
    let report: Report
    let choices: ReportChoices
    let period: ReportPeriod?
    let chosenTeam: TeamID?
    /// True for a supervisor, who sees own teams only.
    let isLimited: Bool
    let order: TableOrder?
    let errors: FieldErrors
    let list: ListContext
    var t: Localizer { list.t }

    var query: ReportQuery { report.query }
    var total: FigureRow { report.figures.total }

    var page: Page {
        let body: HTML =
            report.isEmpty
            ? "\(errors.summary(t))\(filter)\(emptyState(t("reports.empty"), t(emptyHint)))\(definitions)"
            : "\(errors.summary(t))\(filter)\(heading)\(tiles)\(funnel)\(chart)\(rows)\(definitions)"
        var page = Page(
            title: t("reports.title"), current: .reports, body: body,
            actions: columnMenu("report", columns, hidden: list.hidden("report"), in: list), hasErrors: !errors.isEmpty)
        page.isWide = true
        return page
    }

    private var emptyHint: String {
        isLimited && query.filter.teams?.isEmpty == true ? "reports.emptyNoTeams" : "reports.emptyHint"
    }

    // MARK: Filter

    private var filter: HTML {
        let periods = ReportPeriod.allCases.map { choice in
            let isCurrent = choice == period || (period == nil && choice.rawValue == "month" && isDefaultPeriod)
            return Tab(t("reports.period.\(choice.rawValue)"), path: address(period: choice), isCurrent: isCurrent)
        }
        let groupings = FigureGrouping.allCases.map { choice in
            Tab(t("reports.by.\(choice.rawValue)"), path: address(by: choice), isCurrent: choice == query.grouping)
        }
        let everything = FieldOption("", t("reports.all"))
        let teams = [everything] + choices.teams.map { FieldOption($0.id.description, $0.name) }
        let services = [everything] + choices.services.map { FieldOption($0.id.description, $0.name) }
        let channels =
            [everything]
            + Channel.allCases.map { FieldOption($0.rawValue, t("reports.channel.\($0.rawValue)")) }
        let bases = FigureFilter.Basis.allCases.map { FieldOption($0.rawValue, t("reports.basis.\($0.rawValue)")) }
        let bar = filterBar(
            to: "/reports", isFiltered: isFiltered,
            """
            \(hiddenField("by", query.grouping.rawValue))\
            \(dateRangeField(t("reports.periodLabel"), from: query.filter.from.description,
                to: query.filter.to.description, errors: errors, t: t))\
            \(selectField(FieldLabel("team", t("reports.team")), teams, selected: chosenTeam?.description ?? ""))\
            \(selectField(FieldLabel("service", t("reports.service")), services,
                selected: query.filter.service?.description ?? ""))\
            \(selectField(FieldLabel("channel", t("reports.channel")), channels,
                selected: query.filter.channel?.rawValue ?? ""))\
            \(selectField(FieldLabel("basis", t("reports.basis")), bases, selected: query.filter.basis.rawValue))\
            \(selectField(FieldLabel("measure", t("reports.measure")), measures, selected: query.measure))
            """, t: t)
        return """
            \(tabs(t("reports.byLabel"), groupings, t: t))\(segments(t("reports.periodLabel"), periods))\(bar)
            """
    }

    private var isFiltered: Bool {
        let filter = query.filter
        return chosenTeam != nil || filter.service != nil || filter.channel != nil || filter.basis != .completed
    }

    private var measures: [FieldOption] {
        report.fields.map { FieldOption($0.key, $0.name) } + [FieldOption(ReportQuery.rate, t("reports.rate"))]
    }

    /// Whether the days shown are those of a page without a query.
    private var isDefaultPeriod: Bool {
        query.filter.to.daysSince1970 - query.filter.from.daysSince1970 == 29
    }

    /// The page's address with one thing changed.
    private func address(
        by grouping: FigureGrouping? = nil, period: ReportPeriod? = nil, order: TableOrder? = nil
    ) -> String {
        var parts = ["by=\((grouping ?? query.grouping).rawValue)"]
        if let kept = period ?? self.period {
            parts.append("period=\(kept.rawValue)")
        } else {
            parts += ["from=\(query.filter.from)", "to=\(query.filter.to)"]
        }
        if let chosenTeam { parts.append("team=\(chosenTeam)") }
        if let service = query.filter.service { parts.append("service=\(service)") }
        if let channel = query.filter.channel { parts.append("channel=\(channel.rawValue)") }
        if query.filter.basis != .completed { parts.append("basis=\(query.filter.basis.rawValue)") }
        if measures.contains(where: { $0.value == query.measure }) { parts.append("measure=\(query.measure)") }
        if let order = order ?? (grouping == nil ? self.order : nil) { parts.append("sort=\(order.query)") }
        return "/reports?" + parts.joined(separator: "&")
    }

    private var heading: HTML {
        let days = ["from": text(query.filter.from), "to": text(query.filter.to)]
        let limit: HTML = isLimited ? " \(t("reports.ownTeams"))" : .empty
        let basis = t("reports.basisNote.\(query.filter.basis.rawValue)")
        return "<p class=\"note\">\(t("reports.heading", days)) \(basis)\(limit)</p>"
    }

    func text(_ day: LocalDay) -> String {
        t.day(year: day.number / 10000, month: day.number / 100 % 100, day: day.number % 100)
    }

    // MARK: Figures

    private var tiles: HTML {
        let figures: [HTML] = total.fields.filter { figure in report.fields.contains { $0.id == figure.field.id } }
            .map { figure in
                tile(
                    figure.field.name, FigureText(t: t).value(figure), note: FigureText(t: t).note(figure),
                    isWeak: isWeak(figure.n), explanation: explanation(figure.field))
            }
        let rate = tile(
            t("reports.rate"), FigureText(t: t).rate(total.funnel), note: FigureText(t: t).rateNote(total.funnel),
            isWeak: isWeak(total.funnel.delivered), explanation: t("reports.definition.rate"))
        return "<div class=\"tiles\">\(figures)\(rate)</div>"
    }

    private func tile(_ name: String, _ value: String, note: String, isWeak: Bool, explanation: String) -> HTML {
        let weak: HTML = isWeak ? "<p class=\"note\">\(t("reports.weak"))</p>" : .empty
        return """
            <div class="tile\(if: isWeak, " weak")"><span class="figure">\(value)</span>\
            <div class="name">\(definition(HTML(name), explanation))</div><p class="note">\(note)</p>\(weak)</div>
            """
    }

    func isWeak(_ n: Int) -> Bool { n < report.minimumN }

    func explanation(_ field: SurveyField) -> String { t("reports.definition.\(field.kind.rawValue)") }

    private var funnel: HTML {
        let counts = total.funnel
        var steps = [("completed", counts.completed), ("invited", counts.invited), ("delivered", counts.delivered)]
        if counts.captured > 0 { steps.append(("captured", counts.captured)) }
        steps.append(("answered", counts.answered))
        let lost: [InvitationState] = [.notSent, .bounced, .unknown, .expired, .optedOut]
        steps += lost.compactMap { state in counts.states[state].map { ("state.\(state.rawValue)", $0) } }
        let items: [HTML] = steps.map { name, count in
            "<div><dt>\(t("reports.funnel.\(name)"))</dt><dd>\(t.number(count))</dd></div>"
        }
        return card(t("reports.funnel"), "<dl class=\"report-funnel\">\(items)</dl>")
    }

    // MARK: Chart

    private var chart: HTML {
        let rows = report.rankedRows
        let points = rows.compactMap { point($0) }
        guard !points.isEmpty, let scale = scale else { return .empty }
        let title = t("reports.chart", ["measure": measureName, "by": t("reports.by.\(query.grouping.rawValue)")])
        let drawn = ReportChart(points: points, scale: scale.range, title: title)
        let picture = query.grouping == .day ? drawn.course(top: scale.top, bottom: scale.bottom) : drawn.rows
        return card(title, "\(picture)<p class=\"note\">\(t("reports.chartNote"))</p>")
    }

    private var measured: FieldFigure? { total.field(query.measure) }
    private var measureName: String { measured?.field.name ?? t("reports.rate") }

    private var scale: (range: ClosedRange<Double>, top: String, bottom: String)? {
        guard let field = measured?.field else { return (0...1, t.percent(1), t.percent(0)) }
        switch field.kind {
        case .percentage: return (0...1, t.percent(1), t.percent(0))
        case .promoter: return (-100...100, t.number(100), t.number(-100))
        case .average:
            guard field.minimum < field.maximum else { return nil }
            return (
                field.minimum...field.maximum, t.number(Int(field.maximum)), t.number(Int(field.minimum))
            )
        }
    }

    private func point(_ row: FigureRow) -> ChartPoint? {
        if let figure = row.field(query.measure) {
            guard let value = figure.value else { return nil }
            return ChartPoint(
                label: name(of: row), text: FigureText(t: t).value(figure), value: value, interval: figure.interval,
                isWeak: isWeak(figure.n))
        }
        guard let rate = row.funnel.responseRate else { return nil }
        return ChartPoint(
            label: name(of: row), text: t.percent(rate), value: rate, interval: row.funnel.responseInterval,
            isWeak: isWeak(row.funnel.delivered))
    }

    // MARK: Table

    func name(of row: FigureRow) -> String {
        if query.grouping == .day { return text(LocalDay(number: Int(row.key))) }
        return report.name(of: row).name ?? t("reports.nobody.\(query.grouping.rawValue)")
    }

    private var columns: [TableColumn] {
        func figure(_ key: String, _ title: String, hint: String? = nil) -> TableColumn {
            TableColumn(title, isNumeric: true, hint: hint, key: key, canSort: true, canBeHidden: true)
        }
        return [TableColumn(t("reports.by.\(query.grouping.rawValue)"), key: "name", canSort: true)]
            + report.fields.map { figure($0.key, $0.name) } + [
                figure("rate", t("reports.rate")), figure("answered", t("reports.funnel.answered")),
                figure("delivered", t("reports.funnel.delivered")), figure("invited", t("reports.funnel.invited")),
                figure("asked", t("reports.asked")),
            ]
    }

    /// What the table can be ordered by.
    static func orders(of report: Report) -> Set<String> {
        Set(report.fields.map(\.key)).union(["name", "rate", "answered", "delivered", "invited", "asked"])
    }

    /// The rows in the order that was chosen; what has no value counts as less than everything.
    private var sortedRows: [FigureRow] {
        guard let order else { return report.rankedRows }
        if order.key == "name" {
            return query.grouping == .day
                ? order.sorted(report.rankedRows) { $0.key } : order.sorted(report.rankedRows) { name(of: $0).folded }
        }
        return order.sorted(report.rankedRows) { value(of: order.key, in: $0) ?? -.infinity }
    }

    private func value(of key: String, in row: FigureRow) -> Double? {
        switch key {
        case "rate": row.funnel.responseRate
        case "answered": Double(row.funnel.answered)
        case "delivered": Double(row.funnel.delivered)
        case "invited": Double(row.funnel.invited)
        case "asked": row.funnel.askedShare
        default: row.field(key)?.value
        }
    }

    private var rows: HTML {
        var lines = sortedRows.map { cells($0, name: name(of: $0), report.fields) }
        lines.append(cells(total, name: t("reports.total"), report.fields))
        let caption = t("reports.tableCaption", ["by": t("reports.by.\(query.grouping.rawValue)")])
        let sorting = TableSorting(order) { [self] in address(order: $0) }
        return """
            \(table(caption, columns, lines, narrow: .scrolls, sorting: sorting, hidden: list.hidden("report"),
                hasTotal: true))\
            <p class="note">\(t("reports.weakNote", count: report.minimumN))</p>
            """
    }

    private func cells(_ row: FigureRow, name: String, _ fields: [SurveyField]) -> [HTML] {
        let words = FigureText(t: t)
        let figures: [HTML] = fields.map { field in
            guard let figure = row.field(field.key) else { return HTML("–") }
            return cell(words.value(figure), words.note(figure), n: figure.n)
        }
        return [HTML(name)] + figures + [
            cell(words.rate(row.funnel), words.rateNote(row.funnel), n: row.funnel.delivered),
            HTML(t.number(row.funnel.answered)), HTML(t.number(row.funnel.delivered)),
            HTML(t.number(row.funnel.invited)), HTML(words.asked(row.funnel)),
        ]
    }

    private func cell(_ value: String, _ note: String, n: Int) -> HTML {
        guard n > 0 else { return HTML("–") }
        let weak = isWeak(n)
        return """
            <span class="report-value\(if: weak, " weak")">\(value)\(if: weak, "*")</span>\
            <span class="report-note">\(note)</span>
            """
    }

    private var definitions: HTML {
        let kinds = SurveyFieldKind.allCases.filter { kind in report.fields.contains { $0.kind == kind } }
        var entries: [(name: String, value: HTML)] = kinds.map { kind in
            let names = report.fields.filter { $0.kind == kind }.map(\.name).joined(separator: ", ")
            return (name: names, value: HTML(t("reports.definition.\(kind.rawValue)")))
        }
        entries.append((name: t("reports.rate"), value: HTML(t("reports.definition.rate"))))
        entries.append((name: t("reports.asked"), value: HTML(t("reports.definition.asked"))))
        entries.append((name: t("reports.intervalName"), value: HTML(t("reports.definition.interval"))))
        return card(t("reports.definitions"), descriptionList(entries))
    }
}
