// SPDX-License-Identifier: Apache-2.0
// The same scenario with links to other forms: stored scenarios name forms by id, files by name.

extension Scenario {
    /// - Parameter successor: What stands behind the colon of `survey.link` instead; nil leaves it.
    func replacingForms(_ successor: (String) -> String?) -> Scenario {
        var copy = self
        copy.blocks = blocks.map { $0.mappingTexts { VariableText.replacingForms(in: $0, successor) } }
        return copy
    }
}

extension ScenarioBlock {
    /// The same block, and those of its branches, with every text with variables changed.
    fileprivate func mappingTexts(_ change: (String) -> String) -> ScenarioBlock {
        var copy = self
        switch action {
        case .email(var email):
            email.fromName = change(email.fromName)
            email.fromAddress = change(email.fromAddress)
            email.replyTo = change(email.replyTo)
            email.to = change(email.to)
            for index in email.templates.indices {
                email.templates[index].subject = change(email.templates[index].subject)
                email.templates[index].body = change(email.templates[index].body)
            }
            email.notSent = email.notSent.map { $0.mappingTexts(change) }
            copy.action = .email(email)
        case .internalMessage(var message):
            message.title = change(message.title)
            message.users = change(message.users)
            message.message = change(message.message)
            message.failed = message.failed.map { $0.mappingTexts(change) }
            copy.action = .internalMessage(message)
        case .choose(var choice):
            for index in choice.branches.indices {
                for condition in choice.branches[index].conditions.indices {
                    let value = choice.branches[index].conditions[condition].value
                    choice.branches[index].conditions[condition].value = change(value)
                }
                choice.branches[index].blocks = choice.branches[index].blocks.map { $0.mappingTexts(change) }
            }
            choice.otherwise = choice.otherwise.map { $0.mappingTexts(change) }
            copy.action = .choose(choice)
        case .wait, .exit: break
        }
        return copy
    }
}
