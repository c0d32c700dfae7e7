// SPDX-License-Identifier: Apache-2.0
// Forms, workflows and configurations in the configuration file.

extension CentreShapes {
    static let form = CentreRecord(
        title: "Form",
        members: [
            .required("name", .text, "The form's name."), .was,
            .usual("validDays", .whole(SurveyLimits.validDays), .number(30), "How long a link is valid."),
            .usual("editHours", .whole(SurveyLimits.editHours), .number(0), "How long an answer may be changed."),
            .usual("isClosed", .flag, .bool(false), "Whether it takes no answers."),
            .usual("css", .text, .string(""), "The form's style sheet."),
            .optional("image", .text, "The name of a picture that the centre holds: the SHA-256 of its PNG."),
            .required("languages", ordered(language, by: "language"), "What is asked, in every language."),
        ])

    private static let language = CentreRecord(
        title: "FormLanguage",
        members: [
            .required("language", .text, "A tag such as `ru` (BCP 47)."),
            .required("title", .text, "The title of the page."),
            .optional("sendButton", .text, "The text of the button; the built-in one when left out."),
            .required("blocks", ordered(question, by: "key"), "Questions and texts, in their order."),
        ])

    private static let question = CentreRecord(
        title: "FormBlock",
        members: [
            .required("key", .text, "The same in all languages; answers are kept under it."),
            .required("kind", .choice(of: BlockKind.self), "What kind of block it is."),
            .required("text", .text, "The question, or the text."),
            .usual("isRequired", .flag, .bool(false), "Whether it has to be answered."),
            .optional("field", .text, "The key of the survey field that it counts for."),
            .optional("display", .choice(of: BlockKind.self), "How a choice is shown, where it differs."),
            .usual("options", .list(.record(option), by: [], isOrdered: true), .array([]), "What can be chosen."),
            .optional("minimum", .number, "A slider's least value."),
            .optional("maximum", .number, "A slider's greatest value."),
            .optional("step", .number, "A slider's step."),
        ])

    private static let option = CentreRecord(
        title: "Option",
        members: [
            .required("text", .text, "What the customer reads."),
            .optional("value", .number, "What it counts; left out for *not applicable*."),
        ])

    // MARK: Workflows

    static let workflow = CentreRecord(
        title: "Workflow",
        members: [
            .required("name", .text, "The workflow's name."), .was,
            .required("blocks", blocks, "What is done, in order."),
        ])

    private static let blocks: CentreShape = .list(.named("block"), by: ["key"], isOrdered: true)

    static let block = CentreRecord(
        title: "Block",
        members: [
            .required("key", .text, "Unique in the workflow; waiting runs find their place by it."),
            .usual("title", .text, .string(""), "Shown beside the block."),
            .optional("email", .record(email), "Sends a mail."),
            .optional("wait", .record(wait), "Waits."),
            .optional("internalMessage", .record(message), "Tells employees something."),
            .optional("if", .record(choice), "Chooses a branch."),
            .optional("exit", .record(CentreRecord(title: "Exit", members: [])), "Ends the run: `{}`."),
        ], oneOf: ["email", "wait", "internalMessage", "if", "exit"])

    private static let email = CentreRecord(
        title: "Email",
        members: [
            .usual("fromName", .text, .string(""), "The sender's name; empty: that of `smtp`."),
            .usual("fromAddress", .text, .string(""), "The sender's address; empty: that of `smtp`."),
            .usual("replyTo", .text, .string(""), "Where answers go."),
            .required("to", .text, "Addresses with variables, separated by commas."),
            .usual("sendWithinSeconds", .whole(60...30 * 86400), .number(86400), "How long sending is tried."),
            .optional("defaultLanguage", .text, "The language used when the customer has none of the templates'."),
            .required("templates", ordered(template, by: "language"), "The mail in every language."),
            .usual("notSent", blocks, .array([]), "What is done when the mail could not be sent."),
        ])

    private static let template = CentreRecord(
        title: "Template",
        members: [
            .required("language", .text, "A tag such as `ru` (BCP 47)."),
            .required("subject", .text, "The subject, with variables."),
            .usual("format", .choice(of: EmailTemplate.Format.self), .string("html"), "How the body is written."),
            .required("body", .text, "The text; `$(survey.link:NAME OF FORM)` is the customer's link."),
        ])

    private static let wait = CentreRecord(
        title: "Wait",
        members: [
            .required("duration", .whole(nil), "How long."),
            .required("unit", .choice(of: WaitBlock.Unit.self), "What the duration counts."),
        ])

    private static let message = CentreRecord(
        title: "InternalMessage",
        members: [
            .required("title", .text, "The message's title."),
            .required("users", .text, "Login names with variables, separated by commas."),
            .usual("message", .text, .string(""), "The message."),
            .usual("failed", blocks, .array([]), "What is done when nobody could be told."),
        ])

    private static let choice = CentreRecord(
        title: "If",
        members: [
            .required("branches", ordered(branch, by: "name"), "The first branch whose conditions hold is taken."),
            .usual("otherwise", blocks, .array([]), "What is done when none holds."),
        ])

    private static let branch = CentreRecord(
        title: "Branch",
        members: [
            .required("name", .text, "The branch's name."),
            .usual("match", .choice(of: IfBranch.Match.self), .string("all"), "Whether all conditions must hold."),
            .required("conditions", .list(.record(condition), by: [], isOrdered: true), "When it is taken."),
            .usual("blocks", blocks, .array([]), "What is done."),
        ])

    private static let condition = CentreRecord(
        title: "Condition",
        members: [
            .required("variable", .text, "A variable's name, such as `survey.score.nps`."),
            .required("comparison", .choice(of: Condition.Comparison.self), "How they are compared."),
            .usual("value", .text, .string(""), "Text with variables, in quotes where it is a number."),
        ])

    // MARK: Configurations

    static let configuration = CentreRecord(
        title: "Configuration",
        members: [
            .required("workflow", .text, "The workflow that is started."),
            .required("name", .text, "Unique within the workflow."), .was,
            .required("service", .text, "The service whose interactions start it."),
            .usual("isEnabled", .flag, .bool(true), "Whether it is on."),
            .usual("limits", .record(limits), .object([:]), "Where asking differs from the centre's."),
            .required("triggers", .list(.record(trigger), by: [], isOrdered: true), "What starts it."),
        ])

    private static let limits = CentreRecord(
        title: "Limits",
        members: [
            .optional("withinHours", .whole(AskingRanges.hours), "So long after the end at most."),
            .optional("onceInDays", .whole(AskingRanges.days), "One invitation per address in so many; 0: off."),
            .optional("perYear", .whole(AskingRanges.times), "Invitations per address and year; 0: off."),
            .optional("sharePercent", .whole(AskingRanges.percent), "How many of 100 are asked about."),
        ])

    private static let trigger = CentreRecord(
        title: "Trigger",
        members: [
            .required("event", .choice(of: Trigger.Event.self), "What has to happen."),
            .optional("disposition", .text, "The service's disposition; left out: any."),
            .usual("withSystem", .flag, .bool(false), "Whether any means system dispositions, too."),
            .optional("comparison", .choice(["below", "above"]), "How the average sentiment is compared."),
            .optional("threshold", .number, "With what, from -1 to 1."),
        ])
}
