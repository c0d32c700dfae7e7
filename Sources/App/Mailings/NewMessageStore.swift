// SPDX-License-Identifier: Apache-2.0
// What other rooms hand over, as rows of the ledger.

extension LedgerStore.NewMessage {
    /// A customer's mail: one recipient of an Email block.
    init(
        id: MessageID, due: MessageDue, recipient: EmailAddress, senderName: String, senderEmail: String,
        messageID: String, content: [UInt8]
    ) {
        self.init(
            id: id, kind: due.invitation == nil ? .letter : .survey, run: due.run, block: due.block,
            invitation: due.invitation, interaction: due.interaction, recipient: recipient, subject: due.subject,
            senderName: senderName,
            senderEmail: senderEmail, replyTo: due.replyTo, messageID: messageID, recipients: due.recipients.count,
            windowEndsAt: due.windowEndsAt, isTest: due.isTest, content: content)
    }

    /// An employee's mail.
    init(
        id: MessageID, due: StaffMailDue, senderName: String, senderEmail: String, messageID: String,
        content: [UInt8]
    ) {
        self.init(
            id: id, kind: .staff, person: due.person, recipient: due.recipient, subject: due.subject,
            senderName: senderName,
            senderEmail: senderEmail, messageID: messageID, windowEndsAt: due.windowEndsAt, content: content)
    }
}
