// SPDX-License-Identifier: Apache-2.0
// The durable work that copies internal messages to people's mail: one alarm for each person with something to copy.
import Durable
import Storage

extension Inbox {
    /// The kind of work that copies a person's messages.
    static let copyWork = WorkKind("inbox")

    /// Copies what is due, a centre after the other, up to a hundred people in one transaction.
    public var handler: WorkHandler {
        WorkHandler(kind: Self.copyWork, batch: 100, concurrency: 1) { items, context in
            let now = Moment(milliseconds: context.now())
            try await installation.database.write { tx in
                let centres = Dictionary(grouping: items, by: \.tenant).sorted { $0.key < $1.key }
                for (tenant, items) in centres { try copy(items, of: TenantID(raw: tenant), in: tx, at: now) }
            }
        }
    }

    private func copy(
        _ items: [WorkItem], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let store = InboxCopyStore(tenant: tenant, tx: tx)
        let waiting = try store.waiting(for: items.map { PersonID(raw: $0.subject) })
        var due: Set<CopyGroup> = []
        var later: [PersonID: Moment] = [:]
        for (group, last) in waiting {
            let next = last?.adding(hours: InboxLimits.gatheringHours) ?? now
            if next <= now {
                due.insert(group)
            } else {
                later[group.person] = min(next, later[group.person] ?? next)
            }
        }
        let mails = try copies(of: try store.take(due, at: now), store, at: now)
        if !mails.isEmpty { try staffMailsDue(mails, tx, now) }
        try Work.settle(
            items.map { item in
                let next = later[PersonID(raw: item.subject)]
                return (item, next.map { .again(at: $0.milliseconds) } ?? .done)
            }, in: tx)
    }
}
