// SPDX-License-Identifier: Apache-2.0
// The durable work of the room: wishes for a new password are answered.
import Durable
import Storage

extension Accounts {
    /// Answers wishes for a new password, a few in one transaction.
    public var handler: WorkHandler {
        WorkHandler(kind: Self.passwordWork, batch: 10, concurrency: 1) { items, context in
            let now = Moment(milliseconds: context.now())
            try await installation.database.write { tx in
                for item in items {
                    let request = PasswordRequestID(raw: item.subject)
                    try answer(request, of: TenantID(raw: item.tenant), in: tx, at: now)
                }
                try Work.settle(items, as: .done, in: tx)
            }
        }
    }
}
