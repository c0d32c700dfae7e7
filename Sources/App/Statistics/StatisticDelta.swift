// SPDX-License-Identifier: Apache-2.0
// One event as it is counted: where it belongs, and what it adds to which measures.

/// Where something counts. 0 stands for nobody and nothing.
struct StatisticKey: Sendable, Hashable {
    var completedOn: Int
    /// 0 for what is no answer.
    var answeredOn = 0
    var agent: Int64
    var team: Int64
    var service: Int64
    var disposition: Int64
    var channel: String
    var form: Int64 = 0
    var language = ""

    init(
        completedOn: Int, agent: Int64, team: Int64, service: Int64, disposition: Int64, channel: String
    ) {
        self.completedOn = completedOn
        self.agent = agent
        self.team = team
        self.service = service
        self.disposition = disposition
        self.channel = channel
    }

    init(_ belonging: Belonging, form: FormID) {
        completedOn = belonging.completedOn.number
        agent = belonging.agent?.raw ?? 0
        team = belonging.team?.raw ?? 0
        service = belonging.service.raw
        disposition = belonging.disposition?.raw ?? 0
        channel = belonging.channel.rawValue
        self.form = form.raw
    }
}

/// What is counted, as cells name it.
enum StatisticMeasure {
    static let completed = "completed"
    static func state(_ state: InvitationState) -> String { "state." + state.rawValue }
    static func value(_ field: SurveyFieldID, series: Int) -> String { "value.\(field).\(series)" }
    static func notApplicable(_ field: SurveyFieldID, series: Int) -> String { "na.\(field).\(series)" }
}

/// Measures of one place.
struct StatisticDelta: Sendable, Equatable {
    let key: StatisticKey
    var measures: [String: MeasureSum] = [:]

    mutating func add(_ sum: MeasureSum, to measure: String) { measures[measure, default: MeasureSum()] += sum }

    /// An invitation that left one state for another.
    mutating func add(_ change: InvitationChanged) {
        if let from = change.from { add(MeasureSum(n: -1), to: StatisticMeasure.state(from)) }
        add(MeasureSum(n: 1), to: StatisticMeasure.state(change.to))
    }

    /// The measures as JSON: `{"state.sent":[1,0,0,0,0]}`.
    var json: String {
        JSON.object(
            measures.mapValues { sum in
                .array([Double(sum.n), sum.total, sum.squares, Double(sum.top), Double(sum.low)].map { .number($0) })
            }
        ).text
    }

    static func measures(_ json: String) throws -> [String: MeasureSum] {
        guard case .object(let members) = try JSON(text: json) else { throw MalformedDelta() }
        return try members.mapValues { member in
            guard case .array(let values) = member else { throw MalformedDelta() }
            let numbers = try values.map { value in
                guard case .number(let number) = value else { throw MalformedDelta() }
                return number
            }
            guard numbers.count == 5 else { throw MalformedDelta() }
            return MeasureSum(
                n: Int(numbers[0]), total: numbers[1], squares: numbers[2], top: Int(numbers[3]), low: Int(numbers[4]))
        }
    }
}

/// A stored delta that no version of the program has written.
struct MalformedDelta: Error {}

/// Which days and which length of time a cell is about.
enum StatisticGrain: String, CaseIterable {
    case completedDay = "completed_day"
    case completedMonth = "completed_month"
    case answeredDay = "answered_day"
    case answeredMonth = "answered_month"

    static func day(_ basis: FigureFilter.Basis) -> StatisticGrain {
        basis == .completed ? .completedDay : .answeredDay
    }
    static func month(_ basis: FigureFilter.Basis) -> StatisticGrain {
        basis == .completed ? .completedMonth : .answeredMonth
    }

    /// The day that a place's cell carries: a month's first, 0 when the place has no cell of this grain.
    func day(of key: StatisticKey) -> Int {
        switch self {
        case .completedDay: key.completedOn
        case .completedMonth: key.completedOn / 100 * 100 + 1
        case .answeredDay: key.answeredOn
        case .answeredMonth: key.answeredOn == 0 ? 0 : key.answeredOn / 100 * 100 + 1
        }
    }
}

/// One cell: a place, a length of time and a measure.
struct StatisticCell: Sendable, Hashable {
    let grain: StatisticGrain
    let day: Int
    let service: Int64
    let team: Int64
    let agent: Int64
    let disposition: Int64
    let channel: String
    let form: Int64
    let language: String
    let measure: String

    init(_ grain: StatisticGrain, day: Int, _ key: StatisticKey, _ measure: String) {
        self.grain = grain
        self.day = day
        service = key.service
        team = key.team
        agent = key.agent
        disposition = key.disposition
        channel = key.channel
        form = key.form
        language = key.language
        self.measure = measure
    }
}

/// Deltas added up by cell.
struct StatisticCells: Sendable {
    private(set) var sums: [StatisticCell: MeasureSum] = [:]

    mutating func add(_ delta: StatisticDelta) {
        for grain in StatisticGrain.allCases {
            let day = grain.day(of: delta.key)
            guard day != 0 else { continue }
            for (measure, sum) in delta.measures {
                sums[StatisticCell(grain, day: day, delta.key, measure), default: MeasureSum()] += sum
            }
        }
    }

    mutating func add(_ sum: MeasureSum, to cell: StatisticCell) { sums[cell, default: MeasureSum()] += sum }

    /// The same with all completed parts of a grain in one cell.
    var withCompletedAsOne: StatisticCells {
        var joined = StatisticCells()
        let nowhere = StatisticKey(completedOn: 0, agent: 0, team: 0, service: 0, disposition: 0, channel: "")
        for (cell, sum) in sums {
            let isCompleted = cell.measure == StatisticMeasure.completed
            joined.add(sum, to: isCompleted ? StatisticCell(cell.grain, day: 0, nowhere, cell.measure) : cell)
        }
        return joined
    }

    /// In the order of the table's key: neighbours are written together, and two writers cannot wait for each other.
    var inOrder: [(cell: StatisticCell, sum: MeasureSum)] {
        func order(_ cell: StatisticCell) -> (String, Int, Int64, Int64, Int64, Int64) {
            (cell.grain.rawValue, cell.day, cell.service, cell.team, cell.agent, cell.disposition)
        }
        func rest(_ cell: StatisticCell) -> (String, Int64, String, String) {
            (cell.channel, cell.form, cell.language, cell.measure)
        }
        return sums.filter { !$0.value.isZero }.map { (cell: $0.key, sum: $0.value) }.sorted {
            let (left, right) = (order($0.cell), order($1.cell))
            return left == right ? rest($0.cell) < rest($1.cell) : left < right
        }
    }
}
