// SPDX-License-Identifier: Apache-2.0
// Deltas and cells: append, fold, read.
import Storage

/// The SQL of figures.
enum StatisticsStore {
    // MARK: Counting

    static func append(_ deltas: [StatisticDelta], of tenant: TenantID, in tx: any Transaction) throws {
        for piece in deltas.piecesForStatements {
            let rows = piece.map { delta -> SQL in
                let key = delta.key
                return """
                    (\(tenant), \(tx.newID()), \(key.completedOn), \(key.answeredOn), \(key.agent), \(key.team),
                     \(key.service), \(key.disposition), \(key.channel), \(key.form), \(key.language),
                     \(delta.json))
                    """
            }.joined(separator: ", ")
            try tx.send(
                """
                INSERT INTO statistic_delta (
                    tenant_id, id, completed_on, answered_on, agent_id, team_id,
                    service_id, disposition_id, channel, form_id, language, measures)
                VALUES \(rows)
                """)
        }
    }

    /// Takes up to `limit` of the oldest deltas and adds them to the cells, in one transaction: each counts once.
    /// - Returns: how many were taken; nil when folding is paused.
    static func fold(_ tenant: TenantID, limit: Int, in tx: any Transaction, at now: Moment) throws -> Int? {
        try tx.execute(
            "INSERT INTO statistic_pause (tenant_id, until) VALUES (\(tenant), 0) ON CONFLICT (tenant_id) DO NOTHING")
        // Held until the commit, so that nobody rebuilds between taking and adding.
        let pause = try tx.one("SELECT until FROM statistic_pause WHERE tenant_id = \(tenant)\(.forUpdate)")
        if let until = try pause?.at(0, as: Moment.self), until > now { return nil }
        let taken = try tx.query(
            """
            DELETE FROM statistic_delta WHERE tenant_id = \(tenant) AND id IN (
                SELECT id FROM statistic_delta WHERE tenant_id = \(tenant) ORDER BY id LIMIT \(limit))
            RETURNING \(deltaColumns)
            """)
        var cells = StatisticCells()
        for row in taken { cells.add(try delta(row)) }
        try add(cells, of: tenant, in: tx)
        return taken.count
    }

    private static func add(_ cells: StatisticCells, of tenant: TenantID, in tx: any Transaction) throws {
        let ordered = cells.inOrder
        for piece in ordered.piecesForStatements {
            let rows = piece.map { cell, sum -> SQL in
                """
                (\(tenant), \(cell.grain.rawValue), \(cell.day), \(cell.service), \(cell.team), \(cell.agent),
                 \(cell.disposition), \(cell.channel), \(cell.form), \(cell.language), \(cell.measure),
                 \(sum.n), \(sum.total), \(sum.squares), \(sum.top), \(sum.low))
                """
            }.joined(separator: ", ")
            try tx.execute(
                """
                INSERT INTO statistic_cell (
                    tenant_id, grain, day, service_id, team_id, agent_id, disposition_id, channel, form_id, language,
                    measure, n, total, squares, top, low)
                VALUES \(rows)
                ON CONFLICT (
                    tenant_id, grain, day, service_id, team_id, agent_id, disposition_id, channel, form_id, language,
                    measure)
                DO UPDATE SET
                    n = statistic_cell.n + excluded.n, total = statistic_cell.total + excluded.total,
                    squares = statistic_cell.squares + excluded.squares, top = statistic_cell.top + excluded.top,
                    low = statistic_cell.low + excluded.low
                """)
        }
    }

    // MARK: Making anew

    static func pause(_ tenant: TenantID, until: Moment, in tx: any Transaction) throws {
        try tx.execute(
            """
            INSERT INTO statistic_pause (tenant_id, until) VALUES (\(tenant), \(until))
            ON CONFLICT (tenant_id) DO UPDATE SET until = excluded.until
            """)
    }

    static func deltaIDs(of tenant: TenantID, in tx: any Transaction) throws -> [Int64] {
        try tx.query("SELECT id FROM statistic_delta WHERE tenant_id = \(tenant) ORDER BY id").map { try $0.at(0) }
    }

    /// Puts new cells in the old ones' place and drops the deltas that they contain.
    static func replace(
        _ cells: StatisticCells, of tenant: TenantID, without deltas: [Int64], in tx: any Transaction
    ) throws {
        try tx.execute("DELETE FROM statistic_cell WHERE tenant_id = \(tenant)")
        for start in stride(from: 0, to: deltas.count, by: 500) {
            let ids = deltas[start..<min(start + 500, deltas.count)].map { id -> SQL in "\(id)" }
            try tx.execute(
                """
                DELETE FROM statistic_delta WHERE tenant_id = \(tenant) AND id IN (\(ids.joined(separator: ", ")))
                """)
        }
        try add(cells, of: tenant, in: tx)
    }

    /// All cells of a centre with its deltas added, as they will be when everything is folded.
    static func cells(of tenant: TenantID, in tx: any Transaction) throws -> StatisticCells {
        var cells = StatisticCells()
        let rows = try tx.query(
            """
            SELECT grain, day, service_id, team_id, agent_id, disposition_id, channel, form_id, language, measure,
                n, total, squares, top, low
            FROM statistic_cell WHERE tenant_id = \(tenant)
            """)
        for row in rows {
            guard let grain = StatisticGrain(rawValue: try row.at(0)) else { throw MalformedDelta() }
            var key = StatisticKey(
                completedOn: 0, agent: try row.at(4), team: try row.at(3), service: try row.at(2),
                disposition: try row.at(5), channel: try row.at(6))
            key.form = try row.at(7)
            key.language = try row.at(8)
            cells.add(try sum(row, from: 10), to: StatisticCell(grain, day: try row.at(1), key, try row.at(9)))
        }
        for row in try tx.query("SELECT \(deltaColumns) FROM statistic_delta WHERE tenant_id = \(tenant)") {
            cells.add(try delta(row))
        }
        return cells
    }

    // MARK: Reading

    /// The sums of a period by group and measure: cells by months where whole ones lie in a long period, by days
    /// elsewhere, and deltas that are not folded yet.
    static func sums(
        of tenant: TenantID, _ filter: FigureFilter, by grouping: FigureGrouping, in tx: any Transaction
    ) throws -> [Int64: [String: MeasureSum]] {
        if filter.teams?.isEmpty == true { return [:] }
        var sums: [Int64: [String: MeasureSum]] = [:]
        let spans =
            grouping == .day
            ? [FigureSpan(grain: .day(filter.basis), from: filter.from, to: filter.to)] : FigureSpan.spans(of: filter)
        for span in spans {
            let rows = try tx.query(
                """
                SELECT \(column(grouping, day: "day")) AS figure_key, measure, CAST(sum(n) AS BIGINT), sum(total),
                    sum(squares), CAST(sum(top) AS BIGINT), CAST(sum(low) AS BIGINT)
                FROM statistic_cell
                WHERE tenant_id = \(tenant) AND grain = \(span.grain.rawValue)
                    AND day BETWEEN \(span.from) AND \(span.to)\(conditions(filter))
                GROUP BY 1, 2
                """)
            for row in rows {
                sums[try row.at(0), default: [:]][try row.at(1), default: MeasureSum()] += try sum(row, from: 2)
            }
        }
        let dayColumn: SQL = filter.basis == .completed ? "completed_on" : "answered_on"
        let deltas = try tx.query(
            """
            SELECT \(column(grouping, day: dayColumn)) AS figure_key, measures FROM statistic_delta
            WHERE tenant_id = \(tenant) AND \(dayColumn) BETWEEN \(filter.from) AND \(filter.to)\(conditions(filter))
            """)
        for row in deltas {
            let key: Int64 = try row.at(0)
            for (measure, sum) in try StatisticDelta.measures(try row.at(1)) {
                sums[key, default: [:]][measure, default: MeasureSum()] += sum
            }
        }
        return sums
    }

    /// Whether captured mails count as delivered: nobody but testers is asked there.
    static func countsCaptured(_ tenant: TenantID, in tx: any Transaction) throws -> Bool {
        let kind = try tx.one("SELECT kind FROM tenant WHERE id = \(tenant)")?.at(0, as: String.self)
        return kind == "demo" || kind == "test"
    }

    private static func column(_ grouping: FigureGrouping, day: SQL) -> SQL {
        switch grouping {
        case .agent: "agent_id"
        case .team: "team_id"
        case .service: "service_id"
        case .disposition: "disposition_id"
        case .day: day
        }
    }

    /// The conditions beside tenant and day; cells and deltas name these columns alike.
    private static func conditions(_ filter: FigureFilter) -> SQL {
        var all: SQL = ""
        if let teams = filter.teams {
            all = all + " AND team_id IN (\(teams.sorted().map { id -> SQL in "\(id)" }.joined(separator: ", ")))"
        }
        if let agent = filter.agent { all = all + " AND agent_id = \(agent)" }
        if let service = filter.service { all = all + " AND service_id = \(service)" }
        if let disposition = filter.disposition { all = all + " AND disposition_id = \(disposition)" }
        if let channel = filter.channel { all = all + " AND channel = \(channel)" }
        if let form = filter.form { all = all + " AND form_id = \(form)" }
        return all
    }

    private static let deltaColumns: SQL = """
        completed_on, answered_on, agent_id, team_id, service_id, disposition_id, channel, form_id, language, measures
        """

    private static func delta(_ row: Row) throws -> StatisticDelta {
        var key = StatisticKey(
            completedOn: try row.at(0), agent: try row.at(2), team: try row.at(3), service: try row.at(4),
            disposition: try row.at(5), channel: try row.at(6))
        key.answeredOn = try row.at(1)
        key.form = try row.at(7)
        key.language = try row.at(8)
        return StatisticDelta(key: key, measures: try StatisticDelta.measures(try row.at(9)))
    }

    private static func sum(_ row: Row, from position: Int) throws -> MeasureSum {
        MeasureSum(
            n: try row.at(position), total: try row.at(position + 1), squares: try row.at(position + 2),
            top: try row.at(position + 3), low: try row.at(position + 4))
    }
}
