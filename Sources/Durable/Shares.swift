// SPDX-License-Identifier: Apache-2.0
// Who has how much of a pump's room, so that tenants whose work is slow leave some for the others.

/// Items under way by tenant.
///
/// A tenant may begin more as long as it has fewer under way than there are places free. One that is alone gets half of
/// the room, two get a third each, and so on: some is always left for whoever comes next, however slow the others are.
struct Shares: Sendable {
    /// Places for items.
    let room: Int
    private var underWay: [Int64: Int] = [:]
    private(set) var total = 0

    init(room: Int) { self.room = room }

    var free: Int { max(0, room - total) }

    /// Whether a tenant may begin more.
    func mayBegin(_ tenant: Int64) -> Bool { underWay[tenant, default: 0] < free }

    /// Tenants that have their share.
    var sated: Set<Int64> {
        let free = free
        return Set(underWay.lazy.filter { $0.value >= free }.map(\.key))
    }

    mutating func begin(_ items: [WorkItem]) {
        total += items.count
        for item in items { underWay[item.tenant, default: 0] += 1 }
    }

    mutating func end(_ items: [WorkItem]) {
        total -= items.count
        for item in items {
            let left = underWay[item.tenant, default: 0] - 1
            underWay[item.tenant] = left > 0 ? left : nil
        }
    }
}
