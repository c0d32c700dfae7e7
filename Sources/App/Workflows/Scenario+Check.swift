// SPDX-License-Identifier: Apache-2.0
// What makes a scenario broken (spec 5.2): found before it is saved, and said by block.

/// Bounds of a scenario.
enum ScenarioLimits {
    static let blocks = 200
    static let depth = 20
    static let bodyBytes = 1_000_000
    static let textBytes = 10_000
    static let waitDays: Int64 = 366
    static let recipients = 20
    static let triggers = 100
}

extension ScenarioBlock {
    /// The forms whose links its mails hold.
    var forms: [FormID] {
        guard case .email(let email) = action else { return [] }
        return email.surveyLinks.compactMap { $0.argument.flatMap { FormID($0) } }
    }
}

extension Scenario {
    /// Every fault, each with the block's key.
    /// - Parameter forms: The forms of the scenario that there are.
    func check(forms: Set<FormID>) -> Refusals {
        var faults = ScenarioFaults(forms: forms)
        if version != 1 { faults.refuse("unknown_version", "unknownVersion", "version") }
        if blocks.isEmpty { faults.refuse("scenario_empty", "scenarioEmpty", "blocks") }
        let all = allBlocks
        if depth > ScenarioLimits.depth { faults.refuse("too_deep", "tooDeep", "blocks") }
        if all.count > ScenarioLimits.blocks { faults.refuse("too_many_blocks", "tooManyBlocks", "blocks") }
        var keys: Set<String> = []
        for block in all {
            if block.key.isEmpty || block.key.utf8.count > 64 || !keys.insert(block.key).inserted {
                faults.refuse("key_not_unique", "keyNotUnique", "blocks.\(block.key)")
            }
            faults.check(block)
        }
        return faults.refusals
    }
}

/// Collects what is wrong.
private struct ScenarioFaults {
    let forms: Set<FormID>
    var refusals = Refusals()

    init(forms: Set<FormID>) { self.forms = forms }

    mutating func refuse(_ code: String, _ key: String, _ field: String, _ arguments: [String: String] = [:]) {
        refusals.add(
            Refusal(.invalid, code: code, key: "workflows.refusal." + key, arguments: arguments, field: field))
    }

    mutating func check(_ block: ScenarioBlock) {
        let field = "blocks.\(block.key)"
        for name in block.variableNames where VariableNames.standing(name) == .unknown {
            refuse("unknown_variable", "unknownVariable", field, ["name": name.text])
        }
        switch block.action {
        case .email(let email): check(email, field)
        case .wait(let wait):
            let most = ScenarioLimits.waitDays * 86400
            if wait.duration < 0 || wait.duration > most || wait.seconds > most {
                refuse("wait_outside", "waitOutside", field + ".duration")
            }
        case .internalMessage(let message):
            if VariableText.list(message.users).isEmpty { refuse("users_missing", "usersMissing", field + ".users") }
            if message.title.nonEmpty == nil { refuse("title_missing", "titleMissing", field + ".title") }
            check([message.title, message.users, message.message], field)
        case .choose(let choice):
            if choice.branches.isEmpty { refuse("branch_missing", "branchMissing", field) }
            if Set(choice.branches.map(\.name)).count < choice.branches.count {
                refuse("branch_not_unique", "branchNotUnique", field)
            }
            for branch in choice.branches {
                if branch.conditions.isEmpty { refuse("condition_missing", "conditionMissing", field) }
                if branch.name.isEmpty || branch.name == ScenarioBranch.otherwise {
                    refuse("branch_not_unique", "branchNotUnique", field)
                }
                for condition in branch.conditions where VariableName(condition.variable) == nil {
                    refuse("unknown_variable", "unknownVariable", field, ["name": condition.variable])
                }
            }
        case .exit: break
        }
    }

    private mutating func check(_ texts: [String], _ field: String) {
        if texts.contains(where: { $0.utf8.count > ScenarioLimits.textBytes }) {
            refuse("text_too_long", "textTooLong", field)
        }
    }

    private mutating func check(_ email: EmailBlock, _ field: String) {
        let recipients = VariableText.list(email.to)
        if recipients.isEmpty { refuse("recipient_missing", "recipientMissing", field + ".to") }
        if recipients.count > ScenarioLimits.recipients {
            refuse("too_many_recipients", "tooManyRecipients", field + ".to")
        }
        for recipient in recipients + VariableText.list(email.fromAddress) + VariableText.list(email.replyTo) {
            if case .literal(let text)? = recipient.pieces.first, recipient.pieces.count == 1,
                EmailAddress(text) == nil
            {
                refuse("bad_address", "badAddress", field + ".to", ["address": text])
            }
        }
        if email.templates.isEmpty { refuse("template_missing", "templateMissing", field + ".templates") }
        let languages = email.templates.map { $0.language.lowercased() }
        if Set(languages).count < languages.count { refuse("language_twice", "languageTwice", field + ".templates") }
        if !email.templates.isEmpty, !email.templates.contains(where: { $0.language == email.defaultLanguage }) {
            refuse("default_missing", "defaultMissing", field + ".defaultLanguage")
        }
        for template in email.templates {
            if template.subject.nonEmpty == nil {
                refuse("subject_missing", "subjectMissing", field + ".subject", ["language": template.language])
            }
            if template.body.nonEmpty == nil {
                refuse("body_missing", "bodyMissing", field + ".body", ["language": template.language])
            }
            if template.body.utf8.count > ScenarioLimits.bodyBytes {
                refuse("text_too_long", "textTooLong", field + ".body")
            }
        }
        if !(60...30 * 86400).contains(email.sendWithinSeconds) {
            refuse("window_outside", "windowOutside", field + ".sendWithinSeconds")
        }
        check([email.to, email.fromName, email.fromAddress, email.replyTo] + email.templates.map(\.subject), field)
        let links = email.surveyLinks.map { $0.argument.flatMap { FormID($0) } }
        if links.contains(where: { form in form.map { !forms.contains($0) } ?? true }) {
            refuse("unknown_form", "unknownForm", field + ".body")
        }
        if Set(links).count > 1 { refuse("two_forms", "twoForms", field + ".body") }
    }
}
