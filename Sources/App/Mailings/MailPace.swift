// SPDX-License-Identifier: Apache-2.0
// How many messages of a centre leave in a second, where the provider limits it (spec 8). Each node keeps its own pace:
// what has no place in this second is given one in a later second, and leaves when that comes.
import NIOConcurrencyHelpers

/// Gives messages their seconds.
final class MailPace: Sendable {
    /// One centre's pace.
    private struct Lane {
        var perSecond: Int
        /// From when on there are free places, in milliseconds with their fractions.
        var freeAt: Double = 0
        /// Messages that wait for the second they were given.
        var promised: [MessageID: Int64] = [:]
    }

    /// Promises kept at most; beyond them a message is given a new place when it comes again, which is only later.
    private static let mostPromises = 200_000
    private let lanes = NIOLockedValueBox<[TenantID: Lane]>([:])

    /// When a message leaves that wants to leave now: now, or at the beginning of the second that it is given.
    func place(for message: MessageID, of tenant: TenantID, perSecond: Int, at now: Moment) -> Moment {
        lanes.withLockedValue { lanes in
            var lane = lanes[tenant] ?? Lane(perSecond: perSecond)
            if lane.perSecond != perSecond { lane = Lane(perSecond: perSecond) }
            defer { lanes[tenant] = lane }
            let second = now.milliseconds / 1000
            if let promised = lane.promised[message] {
                guard promised <= second else { return Moment(milliseconds: promised * 1000) }
                lane.promised[message] = nil
                return now
            }
            let place = max(Double(now.milliseconds), lane.freeAt)
            lane.freeAt = place + 1000 / Double(perSecond)
            let given = Int64(place) / 1000
            guard given > second else { return now }
            if lane.promised.count < Self.mostPromises { lane.promised[message] = given }
            return Moment(milliseconds: given * 1000)
        }
    }
}
