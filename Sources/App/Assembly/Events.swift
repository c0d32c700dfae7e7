// SPDX-License-Identifier: Apache-2.0
// Who listens to what. Read from top to bottom, it is the product.
import Storage

/// The hand-overs between rooms, each in the transaction of the fact itself.
struct Events: Sendable {
    let rooms: Later<Rooms>

    /// 1. Agents have finished: figures count it, workflows start.
    func interactionsCompleted(
        _ events: [InteractionCompleted], isLater: Bool, in tx: any Transaction, at now: Moment
    ) throws -> [[RunStarted]] {
        try rooms.value.statistics.count(events, in: tx, at: now)
        return try rooms.value.workflows.consider(events, isLater: isLater, in: tx, at: now)
    }

    /// An ended interaction's sentiment became known: triggers on it are asked.
    func sentimentArrived(
        _ event: InteractionCompleted, isLater: Bool, in tx: any Transaction, at now: Moment
    ) throws -> [RunStarted] {
        try rooms.value.workflows.sentimentArrived(event, isLater: isLater, in: tx, at: now)
    }

    /// The interaction goes on after all: what waits for it is cancelled.
    func interactionReopened(
        _ interaction: InteractionID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        try rooms.value.workflows.reopened(interaction, of: tenant, in: tx, at: now)
    }

    /// A repeated delivery is answered with the runs that the first one started.
    func runsStarted(
        by interactions: [InteractionID], of tenant: TenantID, in tx: any Transaction
    ) throws -> [InteractionID: [RunStarted]] {
        try rooms.value.workflows.runs(of: interactions, of: tenant, in: tx).mapValues { stories in
            stories.map { RunStarted(run: $0.id, workflow: $0.workflow, configuration: $0.configuration) }
        }
    }

    /// All that Interactions says.
    var ofInteractions: InteractionEvents {
        InteractionEvents(
            completed: { try interactionsCompleted($0, isLater: $1, in: $2, at: $3) },
            lookUps: { rooms.value.workflows.lookUps(aboutInteractionsOf: $1, of: $0) },
            reopened: { try interactionReopened($1, of: $0, in: $2, at: $3) },
            sentimentArrived: { try sentimentArrived($0, isLater: $1, in: $2, at: $3) },
            runsStarted: { try runsStarted(by: $1, of: $0, in: $2) })
    }

    /// 2. Scenarios have reached their Email blocks: the mails are written and leave from the ledger.
    func messagesDue(_ events: [MessageDue], in tx: any Transaction, at now: Moment) throws {
        try rooms.value.mailings.compose(events, in: tx, at: now)
    }

    /// What writing them looks up of a centre.
    func mailLookUps(of tenant: TenantID) -> [SQL] { rooms.value.mailings.lookUps(of: tenant) }

    /// Employees were told something in the product: copies go to their mail.
    func staffMailsDue(_ events: [StaffMailDue], in tx: any Transaction, at now: Moment) throws {
        try rooms.value.mailings.compose(events, in: tx, at: now)
    }

    /// People are invited, or have forgotten their passwords: links go to their mail.
    func accountMailsDue(_ events: [AccountMailDue], in tx: any Transaction, at now: Moment) throws {
        let mails = events.map { due in
            StaffMailDue(
                tenant: due.tenant, person: due.person, recipient: due.recipient, subject: due.subject,
                text: due.text, language: due.language, windowEndsAt: due.windowEndsAt)
        }
        try rooms.value.mailings.compose(mails, in: tx, at: now)
    }

    /// 3. Invitations were made, sent, answered or lost: figures count them.
    func invitationsChanged(_ events: [InvitationChanged], in tx: any Transaction, at now: Moment) throws {
        try rooms.value.statistics.count(events, in: tx, at: now)
    }

    /// 4. A customer has answered: figures count the values.
    func answersSubmitted(_ event: AnswersSubmitted, in tx: any Transaction, at now: Moment) throws {
        try rooms.value.statistics.count(event, in: tx, at: now)
    }
}
