// SPDX-License-Identifier: Apache-2.0
// What the product tells an employee: by a scenario's block, or because something needs attention.

/// A message in a person's inbox.
public struct InternalMessage: Sendable, Equatable {
    public let id: InternalMessageID
    public let person: PersonID
    /// The run that sent it; nil for a notice of the product itself.
    public let run: RunID?
    public let title: String
    public let body: String
    public let createdAt: Moment
    public let readAt: Moment?
}

/// A message to be put into inboxes, once per run, block and person.
public struct InternalMessageDraft: Sendable, Equatable {
    public let title: String
    public let body: String
    public let recipients: [PersonID]
    public let run: RunID
    public let workflow: WorkflowID
    /// The Internal message block's key.
    public let block: String

    public init(
        title: String, body: String, recipients: [PersonID], run: RunID, workflow: WorkflowID, block: String
    ) {
        self.title = title
        self.body = body
        self.recipients = recipients
        self.run = run
        self.workflow = workflow
        self.block = block
    }
}

/// Something that every administrator has to know, said once in each one's language.
public struct AdministratorNotice: Sendable, Equatable {
    /// A dictionary key; `KEY.title` and `KEY.body` are the sentences.
    public let key: String
    public let arguments: [String: String]
    /// A notice with the same text here is the same happening, and is not said again.
    public let once: String

    public init(key: String, arguments: [String: String], once: String) {
        self.key = key
        self.arguments = arguments
        self.once = once
    }
}
