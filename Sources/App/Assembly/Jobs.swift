// SPDX-License-Identifier: Apache-2.0
// Every kind of work that outlives a process, and which room does it.
import Durable
import Post

extension Rooms {
    /// The handlers of all rooms: one for each kind of work.
    func handlers(node: Node, pool: SMTPPool) -> [WorkHandler] {
        [accounts.handler, workflows.handler, inbox.handler] + mailings.handlers(pool: pool)
            + [mailings.mailboxHandler(contacts: contacts)]
            + statistics.handlers() + operations.handlers()
    }
}
