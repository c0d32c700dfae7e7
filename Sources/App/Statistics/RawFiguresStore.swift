// SPDX-License-Identifier: Apache-2.0
// The same sums from the raw rows: parts, invitations and counted answers. What cells must equal.
import Foundation
import Storage

/// Counts a centre's raw rows, as if every event came again.
struct RawFiguresStore {
    let tenant: TenantID
    /// As their scales were in each series.
    let fields: [FieldSeries: SurveyField]

    func cells(in tx: any Transaction) throws -> StatisticCells {
        var cells = StatisticCells()
        try addParts(to: &cells, in: tx)
        try addInvitations(to: &cells, in: tx)
        try addAnswers(to: &cells, in: tx)
        return cells
    }

    /// Every time zone's days begin at a whole quarter of an hour, so that quarters can be counted by the database and
    /// days by us.
    private static let quarterMilliseconds: Int64 = 900_000

    private func addParts(to cells: inout StatisticCells, in tx: any Transaction) throws {
        let zoneName = try tx.one("SELECT time_zone FROM tenant WHERE id = \(tenant)")?.at(0, as: String.self)
        let zone = zoneName.flatMap { TimeZone(identifier: $0) } ?? .gmt
        let rows = try tx.query(
            """
            SELECT interaction_part.completed_at / \(Self.quarterMilliseconds) AS quarter, interaction_part.agent_id,
                interaction_part.team_id, interaction.service_id, interaction_part.disposition_id,
                interaction.channel, count(*)
            FROM interaction_part
            JOIN interaction ON interaction.tenant_id = interaction_part.tenant_id
                AND interaction.id = interaction_part.interaction_id
            WHERE interaction_part.tenant_id = \(tenant) AND interaction.is_test = 0
            GROUP BY 1, 2, 3, 4, 5, 6
            """)
        for row in rows {
            let quarter: Int64 = try row.at(0)
            var key = try Self.key(row)
            key.completedOn = LocalDay(of: Moment(milliseconds: quarter * Self.quarterMilliseconds), in: zone).number
            var delta = StatisticDelta(key: key)
            delta.add(MeasureSum(n: try row.at(6)), to: StatisticMeasure.completed)
            cells.add(delta)
        }
    }

    private func addInvitations(to cells: inout StatisticCells, in tx: any Transaction) throws {
        let rows = try tx.query(
            """
            SELECT completed_on, agent_id, team_id, service_id, disposition_id, channel, form_id, state, count(*)
            FROM invitation WHERE tenant_id = \(tenant) AND is_test = 0
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
            """)
        for row in rows {
            var delta = StatisticDelta(key: try Self.key(row, form: try row.at(6)))
            delta.add(MeasureSum(n: try row.at(8)), to: StatisticMeasure.state(try row.at(7)))
            cells.add(delta)
        }
    }

    private func addAnswers(to cells: inout StatisticCells, in tx: any Transaction) throws {
        let rows = try tx.query(
            """
            SELECT invitation.completed_on, invitation.agent_id, invitation.team_id, invitation.service_id,
                invitation.disposition_id, invitation.channel, submission.form_id, submission.answered_on,
                submission.language, answer.field_id, answer.series, answer.is_not_applicable, answer.number, count(*)
            FROM submission
            JOIN invitation ON invitation.tenant_id = submission.tenant_id AND invitation.id = submission.invitation_id
            JOIN answer ON answer.tenant_id = submission.tenant_id AND answer.submission_id = submission.id
            WHERE submission.tenant_id = \(tenant) AND submission.state = 'counted' AND submission.is_test = 0
                AND answer.field_id IS NOT NULL AND answer.series IS NOT NULL
                AND (answer.is_not_applicable = 1 OR answer.number IS NOT NULL)
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
            """)
        for row in rows {
            var key = try Self.key(row, form: try row.at(6))
            key.answeredOn = try row.at(7)
            key.language = try row.at(8)
            let id: SurveyFieldID = try row.at(9)
            let series: Int = try row.at(10)
            let n: Int = try row.at(13)
            var delta = StatisticDelta(key: key)
            if try row.at(11, as: Bool.self) {
                delta.add(MeasureSum(n: n), to: StatisticMeasure.notApplicable(id, series: series))
            } else if let field = fields[FieldSeries(id, series)] {
                let one = MeasureSum(try row.at(12, as: Double.self), of: field)
                delta.add(one.times(n), to: StatisticMeasure.value(id, series: series))
            }
            cells.add(delta)
        }
    }

    private static func key(_ row: Row, form: Int64 = 0) throws -> StatisticKey {
        var key = StatisticKey(
            completedOn: Int(try row.at(0, as: Int64.self)), agent: try row.at(1, as: Int64?.self) ?? 0,
            team: try row.at(2, as: Int64?.self) ?? 0, service: try row.at(3),
            disposition: try row.at(4, as: Int64?.self) ?? 0, channel: try row.at(5))
        key.form = form
        return key
    }
}
