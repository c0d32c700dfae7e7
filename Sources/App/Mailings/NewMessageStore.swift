// SPDX-License-Identifier: Apache-2.0
// What other rooms hand over, as rows of the ledger.

extension LedgerStore.NewMessage {
    /// A customer's mail: one recipient of an Email block.
    init(
        id: MessageID, due: MessageDue, recipient: EmailAddress, senderName: String, senderEmail: String,
        messageID: String, content: MailContent, packed: [UInt8]
    ) {
        self.init(
            id: id, kind: due.invitation == nil ? .letter : .survey, run: due.run, block: due.block,
            invitation: due.invitation, interaction: due.interaction, recipient: recipient, subject: due.subject,
            senderName: senderName,
            senderEmail: senderEmail, replyTo: due.replyTo, messageID: messageID, recipients: due.recipients.count,
            windowEndsAt: due.windowEndsAt, isTest: due.isTest,
            areGatesAsked: due.invitation == nil || due.isInvitationNew, content: content, packed: packed)
    }

    /// An employee's mail.
    init(
        id: MessageID, due: StaffMailDue, senderName: String, senderEmail: String, messageID: String,
        content: MailContent
    ) throws {
        self.init(
            id: id, kind: .staff, person: due.person, recipient: due.recipient, subject: due.subject,
            senderName: senderName,
            senderEmail: senderEmail, messageID: messageID, windowEndsAt: due.windowEndsAt, content: content,
            packed: try content.packed())
    }

    /// The row as it would be read while it is queued.
    func queued(at now: Moment) -> LedgerMessage {
        LedgerMessage(
            id: id, kind: kind, run: run, block: block, invitation: invitation, recipient: recipient.description,
            recipientFolded: recipient.folded, senderName: senderName, senderEmail: senderEmail, replyTo: replyTo,
            messageID: messageID, state: .queued, attempt: 0, unknowns: 0, recipients: recipients, reply: nil,
            windowEndsAt: windowEndsAt, createdAt: now, isTest: isTest, packed: nil, written: content)
    }
}
