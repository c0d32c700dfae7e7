// SPDX-License-Identifier: Apache-2.0
// The daily work that keeps a centre's retention periods.
import Durable
import Storage

extension Operations {
    private static let dayMilliseconds: Int64 = 86_400_000

    /// The room's durable work.
    public func handlers() -> [WorkHandler] {
        [
            upkeepHandler,
            WorkHandler(kind: Settings.retentionWork, batch: 10, concurrency: 1) { items, context in
                for item in items {
                    if context.isStopping() { return }
                    try await keep(item, at: Moment(milliseconds: context.now()))
                }
            },
        ]
    }

    /// One piece; it comes again at once while there is more, else tomorrow, and no more when nothing is limited.
    private func keep(_ item: WorkItem, at now: Moment) async throws {
        let tenant = TenantID(raw: item.tenant)
        try await installation.database.write { tx in
            let periods = try settings.retention(of: tenant, in: tx)
            guard periods != .forEver else { return try Work.settle([item], as: .done, in: tx) }
            let isMore = try RetentionStore(tx: tx, tenant: tenant).forget(periods, at: now)
            let next = now.milliseconds + (isMore ? 0 : Self.dayMilliseconds)
            try Work.settle([item], as: .again(at: next), in: tx)
        }
    }
}
