// SPDX-License-Identifier: Apache-2.0
// Work that is made as already claimed: from the transaction that makes it to the pump that does it, in memory.
import NIOConcurrencyHelpers

/// Items of a transaction that has not been committed yet, with a lease that this node holds from now on.
///
/// When the transaction is rolled back nobody keeps the offer, and with it the lease is forgotten. When the process
/// dies, the rows are found by their node as any claimed ones are.
final class Offer: Sendable {
    let items: [WorkItem]
    /// The node's identity, as the rows carry it.
    let node: Int64
    private let holder: Node
    private let pump: Pump
    private let isAccepted = NIOLockedValueBox(false)

    init(_ items: [WorkItem], pump: Pump, node: Node) {
        self.items = items
        self.node = node.id
        self.pump = pump
        holder = node
        // Before the commit, so that no beat takes the rows for forgotten.
        for lease in items.leases { node.remember(lease) }
    }

    deinit {
        // Whoever handles an accepted one forgets its lease.
        if isAccepted.withLockedValue({ $0 }) { return }
        for lease in items.leases { holder.forget(lease) }
    }

    /// Hands the items over; after the commit.
    func accept() {
        isAccepted.withLockedValue { $0 = true }
        pump.take(self)
    }
}
