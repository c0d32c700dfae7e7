// SPDX-License-Identifier: Apache-2.0
// Folding: about a second after something was counted, its deltas move into cells.
import Durable
import Storage

extension Statistics {
    /// How many deltas one transaction folds.
    static let foldedAtOnce = 500
    /// How long folding waits while cells are made anew.
    static let pausedMilliseconds: Int64 = 5000

    /// The room's durable work.
    public func handlers() -> [WorkHandler] {
        let database = installation.database
        return [
            WorkHandler(kind: Self.folding, batch: 10, concurrency: 1) { items, context in
                for item in items {
                    if context.isStopping() { return }
                    let now = Moment(milliseconds: context.now())
                    try await database.write { tx in try Self.fold(item, in: tx, at: now) }
                }
            }
        ]
    }

    /// Folds once. It comes again until it finds nothing: what was counted during the folding found an alarm there.
    private static func fold(_ item: WorkItem, in tx: any Transaction, at now: Moment) throws {
        let tenant = TenantID(raw: item.tenant)
        let folded = try StatisticsStore.fold(tenant, limit: foldedAtOnce, in: tx, at: now)
        let outcome: WorkOutcome =
            switch folded {
            case nil: .again(at: now.milliseconds + pausedMilliseconds)
            case 0: .done
            case foldedAtOnce: .again(at: now.milliseconds)
            default: .again(at: now.milliseconds + gatheringMilliseconds)
            }
        try Work.settle([item], as: outcome, in: tx)
    }
}
