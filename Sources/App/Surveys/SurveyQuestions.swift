// SPDX-License-Identifier: Apache-2.0
// What this room asks of rooms below it, which know who uses a form; Assembly says who answers.
import Storage

/// A workflow whose mails lead to a form.
public struct FormUse: Sendable, Equatable {
    public let workflow: WorkflowID
    public let name: String
    /// Whether one of its configurations is enabled.
    public let isActive: Bool

    public init(workflow: WorkflowID, name: String, isActive: Bool) {
        self.workflow = workflow
        self.name = name
        self.isActive = isActive
    }
}

/// Who uses things.
public typealias UsedBy<Thing: Hashable & Sendable> = [Thing: [FormUse]]

/// The questions; nobody uses anything while no one answers.
public struct SurveyQuestions: Sendable {
    /// The workflows of a centre by the forms that they lead to.
    public var uses: @Sendable (TenantID, any Transaction) throws -> UsedBy<FormID> = { _, _ in [:] }
    /// Counted answers by form, each up to ``SurveyLimits/answersCounted``.
    public var answers: @Sendable (TenantID, any Transaction) throws -> [FormID: Int] = { _, _ in [:] }
    /// Whether customers may have links to a form: some version of a workflow has led to it.
    public var wasAsked: @Sendable (FormID, TenantID, any Transaction) throws -> Bool = { _, _, _ in false }

    public init() {}
}
