// SPDX-License-Identifier: Apache-2.0
// The room's face: what happened is counted by deltas in the same transaction, and read as figures (spec 7).
import Durable
import Storage

/// Figures of the contact centres.
public struct Statistics: Sendable {
    /// The folding of one centre's deltas into cells. Its subject is the centre.
    public static let folding = WorkKind("fold")
    /// How long deltas gather before they are folded.
    static let gatheringMilliseconds: Int64 = 1000

    let installation: Installation
    private let surveys: Surveys

    public init(installation: Installation) {
        self.installation = installation
        surveys = Surveys(installation: installation)
    }

    // MARK: Counting

    /// Counts parts that agents of one centre have finished. An interaction that ends counts nothing more.
    public func count(_ events: [InteractionCompleted], in tx: any Transaction, at now: Moment) throws {
        guard let tenant = events.first?.tenant else { return }
        var deltas: [StatisticKey: StatisticDelta] = [:]
        for event in events where !event.isTest && event.part != nil {
            let key = StatisticKey(
                completedOn: event.completedOn.number, agent: event.agent?.raw ?? 0, team: event.team?.raw ?? 0,
                service: event.service.id.raw, disposition: event.disposition?.id.raw ?? 0,
                channel: event.channel.rawValue)
            deltas[key, default: StatisticDelta(key: key)].add(MeasureSum(n: 1), to: StatisticMeasure.completed)
        }
        try append(Array(deltas.values), of: tenant, in: tx, at: now)
    }

    /// Counts changes of invitations' states.
    public func count(_ events: [InvitationChanged], in tx: any Transaction, at now: Moment) throws {
        var tenants: [TenantID: [StatisticKey: StatisticDelta]] = [:]
        for event in events where !event.invitation.isTest {
            let key = StatisticKey(event.invitation.belonging, form: event.invitation.form)
            var delta = tenants[event.invitation.tenant]?[key] ?? StatisticDelta(key: key)
            delta.add(event)
            tenants[event.invitation.tenant, default: [:]][key] = delta
        }
        for (tenant, deltas) in tenants { try append(Array(deltas.values), of: tenant, in: tx, at: now) }
    }

    /// Counts answers, and what they made of the invitation; replaced ones leave the figures.
    public func count(_ event: AnswersSubmitted, in tx: any Transaction, at now: Moment) throws {
        guard !event.invitation.isTest else { return }
        let fields = Dictionary(
            event.fields.map { (FieldSeries($0.id, $0.series), $0) }, uniquingKeysWith: { first, _ in first })
        var deltas: [StatisticDelta] = []
        if let change = event.change {
            var delta = StatisticDelta(key: StatisticKey(change.invitation.belonging, form: change.invitation.form))
            delta.add(change)
            deltas.append(delta)
        }
        let replacedLanguage = event.replacedLanguage ?? event.language
        for (values, factor, language) in [(event.values, 1, event.language), (event.replaced, -1, replacedLanguage)]
        where !values.isEmpty {
            var key = StatisticKey(event.invitation.belonging, form: event.form)
            key.answeredOn = event.answeredOn.number
            key.language = language
            var delta = StatisticDelta(key: key)
            for value in values {
                guard let number = value.number else {
                    let measure = StatisticMeasure.notApplicable(value.field, series: value.series)
                    delta.add(MeasureSum(n: factor), to: measure)
                    continue
                }
                guard let field = fields[FieldSeries(value.field, value.series)] else { continue }
                delta.add(
                    MeasureSum(number, of: field).times(factor),
                    to: StatisticMeasure.value(value.field, series: value.series))
            }
            deltas.append(delta)
        }
        try append(deltas, of: event.invitation.tenant, in: tx, at: now)
    }

    private func append(
        _ deltas: [StatisticDelta], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let counting = deltas.filter { delta in delta.measures.values.contains { !$0.isZero } }
        guard !counting.isEmpty else { return }
        try StatisticsStore.append(counting, of: tenant, in: tx)
        try Work.ensure(
            Self.folding, tenant: tenant.raw, subject: tenant.raw, at: now.milliseconds + Self.gatheringMilliseconds,
            in: tx)
    }

    // MARK: Reading

    /// The figures of a period, with a row for each agent, team, service, disposition or day that has any.
    ///
    /// Cells and deltas that are not folded yet are read from one state, so a change counts once at any time.
    public func figures(
        of tenant: TenantID, _ filter: FigureFilter, by grouping: FigureGrouping
    ) async throws -> Figures {
        let surveys = self.surveys
        return try await installation.database.read { tx in
            let fields = try surveys.fields(of: tenant, in: tx).values.sorted {
                ($0.isBuiltIn ? 0 : 1, $0.id) < ($1.isBuiltIn ? 0 : 1, $1.id)
            }
            let sums = try StatisticsStore.sums(of: tenant, filter, by: grouping, in: tx)
            let countsCaptured = try StatisticsStore.countsCaptured(tenant, in: tx)
            let maker = FigureMaker(fields: fields, countsCaptured: countsCaptured)
            return maker.figures(sums)
        }
    }

    /// Makes the cells of a centre anew from its raw rows. Folding waits meanwhile; figures stay as they are until the
    /// new cells take the old ones' place.
    public func rebuild(_ tenant: TenantID, at now: Moment) async throws {
        let database = installation.database
        let until = now.adding(hours: 1)
        try await database.write { tx in try StatisticsStore.pause(tenant, until: until, in: tx) }
        let surveys = self.surveys
        let (cells, counted) = try await database.read { tx in
            let fields = try surveys.series(of: tenant, in: tx)
            let cells = try RawFiguresStore(tenant: tenant, fields: fields).cells(in: tx)
            return (cells, try StatisticsStore.deltaIDs(of: tenant, in: tx))
        }
        try await database.write { tx in
            try StatisticsStore.replace(cells, of: tenant, without: counted, in: tx)
            try StatisticsStore.pause(tenant, until: Moment(milliseconds: 0), in: tx)
        }
    }

    /// Compares cells and deltas of a centre with its raw rows. Empty when all is well.
    ///
    /// Completed parts are compared as one number: a later correction of a part, or of the centre's time zone, leaves
    /// it counted where and when it was finished.
    public func verify(_ tenant: TenantID) async throws -> [FigureDifference] {
        let surveys = self.surveys
        return try await installation.database.read { tx in
            let fields = try surveys.series(of: tenant, in: tx)
            let raw = try RawFiguresStore(tenant: tenant, fields: fields).cells(in: tx).withCompletedAsOne
            let kept = try StatisticsStore.cells(of: tenant, in: tx).withCompletedAsOne
            return Set(raw.sums.keys).union(kept.sums.keys).compactMap { cell in
                let (counted, wanted) = (kept.sums[cell] ?? MeasureSum(), raw.sums[cell] ?? MeasureSum())
                return counted.isClose(to: wanted) ? nil : FigureDifference(cell: cell, counted: counted, raw: wanted)
            }.sorted { $0.description < $1.description }
        }
    }
}

/// A cell that does not hold what the raw rows say.
public struct FigureDifference: Sendable, Equatable, CustomStringConvertible {
    let cell: StatisticCell
    public let counted: MeasureSum
    public let raw: MeasureSum

    /// The cell's place and what it holds and should hold, for the command line.
    public var description: String {
        "\(cell.grain.rawValue) \(cell.day) service \(cell.service) team \(cell.team) agent \(cell.agent) "
            + "disposition \(cell.disposition) \(cell.channel) form \(cell.form) \(cell.language) \(cell.measure): "
            + "counted \(counted.n), raw \(raw.n)"
    }
}
