// SPDX-License-Identifier: Apache-2.0
// What rooms ask of rooms behind them, and who answers.
import Storage

/// The answers.
struct Questions: Sendable {
    let rooms: Later<Rooms>

    /// Accounts asks before it offers to mail a link: whether the centre's mail leaves by a server.
    func hasMailServer(_ tenant: TenantID, in tx: any Transaction) throws -> Bool {
        try rooms.value.settings.smtp(of: tenant, in: tx)?.host != nil
    }
}
