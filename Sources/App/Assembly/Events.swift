// SPDX-License-Identifier: Apache-2.0
// Who listens to what. Read from top to bottom, it is the product.
import Storage

/// The hand-overs between rooms, each in the transaction of the fact itself.
struct Events: Sendable {
    let rooms: Later<Rooms>

    /// 1. An agent has finished: figures count it, workflows start.
    func interactionCompleted(
        _ event: InteractionCompleted, in tx: any Transaction, at now: Moment
    ) throws -> [RunStarted] {
        try rooms.value.statistics.count(event, in: tx, at: now)
        return try rooms.value.workflows.consider(event, in: tx, at: now)
    }

    /// The interaction goes on after all: what waits for it is cancelled.
    func interactionReopened(
        _ interaction: InteractionID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        try rooms.value.workflows.reopened(interaction, of: tenant, in: tx, at: now)
    }

    /// 2. A scenario has reached its Email block: the mail is written and leaves from the ledger.
    func messageDue(_ event: MessageDue, in tx: any Transaction, at now: Moment) throws {
        try rooms.value.mailings.compose(event, in: tx, at: now)
    }

    /// 3. An invitation was made, sent, answered or lost: figures count it.
    func invitationChanged(_ event: InvitationChanged, in tx: any Transaction, at now: Moment) throws {
        try rooms.value.statistics.count(event, in: tx, at: now)
    }

    /// 4. A customer has answered: figures count the values.
    func answersSubmitted(_ event: AnswersSubmitted, in tx: any Transaction, at now: Moment) throws {
        try rooms.value.statistics.count(event, in: tx, at: now)
    }
}
