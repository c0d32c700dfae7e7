// SPDX-License-Identifier: Apache-2.0
// Contents of messages are kept for a while and then erased (spec 2.3); what the ledger counts stays.
import Storage

extension Mailings {
    /// Contents that are erased in one transaction.
    static let erasedAtOnce = 1_000

    /// Erases one piece of a centre's contents whose time is over.
    /// - Returns: whether there may be more.
    public func eraseContents(of tenant: TenantID, at now: Moment) async throws -> Bool {
        try await installation.database.write { tx in
            try LedgerStore(tx: tx, tenant: tenant).eraseContents(atMost: Self.erasedAtOnce, at: now)
                == Self.erasedAtOnce
        }
    }
}
