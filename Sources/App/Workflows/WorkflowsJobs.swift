// SPDX-License-Identifier: Apache-2.0
// The durable handler of runs: a batch is one transaction, in which claim, effects and settlement are one commit.
import Durable
import Storage

extension Workflows {
    /// Takes due runs on, up to a hundred in one transaction.
    public var handler: WorkHandler {
        WorkHandler(kind: Self.work, batch: 100, database: installation.database) { items, context, tx in
            try handle(items, in: tx, at: Moment(milliseconds: context.now()))
        }
    }

    private func handle(_ items: [WorkItem], in tx: any Transaction, at now: Moment) throws {
        // A centre after the other, always in the same order, so that two batches cannot wait for each other.
        let centres = Dictionary(grouping: items, by: \.tenant).sorted { $0.key < $1.key }
        var settled: [(item: WorkItem, outcome: WorkOutcome)] = []
        for (tenant, items) in centres {
            let outcomes = try advance(
                items.map { RunID(raw: $0.subject) }, of: TenantID(raw: tenant), in: tx, at: now)
            settled += items.map { ($0, outcomes[RunID(raw: $0.subject)] ?? .done) }
        }
        try Work.settle(settled, in: tx)
    }
}
