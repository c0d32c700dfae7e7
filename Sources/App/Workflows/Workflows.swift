// SPDX-License-Identifier: Apache-2.0
// The room's face: what other rooms may ask of scenarios and runs.
import Storage

/// Workflows, their configurations and their runs.
public struct Workflows: Sendable {
    let installation: Installation
    let surveys: Surveys
    let invitations: Invitations
    let inbox: Inbox
    /// Who writes the mails (Mailings).
    let messagesDue: @Sendable ([MessageDue], any Transaction, Moment) throws -> Void

    public init(
        installation: Installation, surveys: Surveys, invitations: Invitations, inbox: Inbox,
        messagesDue: @escaping @Sendable ([MessageDue], any Transaction, Moment) throws -> Void
    ) {
        self.installation = installation
        self.surveys = surveys
        self.invitations = invitations
        self.inbox = inbox
        self.messagesDue = messagesDue
    }

    /// Starts what the enabled configurations of the interaction's service want (spec 5.1), each at most once.
    public func consider(_ event: InteractionCompleted, in tx: any Transaction, at now: Moment) throws -> [RunStarted] {
        fatalError()
    }

    /// The interaction goes on: its waiting runs are cancelled.
    public func reopened(
        _ interaction: InteractionID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws { fatalError() }

    /// Tells a waiting run how its mail went; it goes on at once. A run that is over is left alone.
    public func signal(
        _ run: RunID, of tenant: TenantID, _ signal: RunSignal, in tx: any Transaction, at now: Moment
    ) throws { fatalError() }

    /// Tells several runs at once, in as many statements as one.
    public func signal(
        _ signals: [RunID: RunSignal], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws { fatalError() }

    /// Asks the gates again when survey mails are about to leave (spec 5.5), for all of them in as many statements as
    /// for one: the runs whose gate says no, with the gate as it stands in `run.reason`.
    public func gates(
        _ leaving: [RunID: InvitationID], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [RunID: String] { fatalError() }
}
