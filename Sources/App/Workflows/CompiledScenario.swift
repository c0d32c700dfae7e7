// SPDX-License-Identifier: Apache-2.0
// A scenario made ready for runs: where each block's flow goes on, and its texts with their variables found. Made once
// per version, which never changes.

/// A version's scenario, ready to be walked.
final class CompiledScenario: Sendable {
    /// One block and where the flow goes on.
    struct Place: Sendable {
        let block: ScenarioBlock
        /// Nil ends the run.
        let next: String?
        /// Where each branch begins; an empty branch begins behind its block.
        let branches: [String: String?]
        let email: CompiledEmail?
        let message: CompiledMessage?
    }

    let first: String?
    let places: [String: Place]
    /// Whether a step may need what the customer has answered.
    let readsSurvey: Bool

    init(_ scenario: Scenario) {
        var places: [String: Place] = [:]
        Self.lay(scenario.blocks, then: nil, into: &places)
        first = scenario.blocks.first?.key
        self.places = places
        readsSurvey = scenario.allBlocks.contains { block in
            block.variableNames.contains { $0.steps.first == .member("survey") && RunVariables.placeholder($0) == nil }
        }
    }

    /// The keys of all blocks in a branch, the first one first; empty when there is none.
    func keys(ofBranch name: String, of block: String) -> [String] {
        let branch = places[block]?.block.branches.first { $0.name == name }
        return Scenario(blocks: branch?.blocks ?? []).allBlocks.map(\.key)
    }

    private static func lay(_ blocks: [ScenarioBlock], then after: String?, into places: inout [String: Place]) {
        for (position, block) in blocks.enumerated() {
            let next = position + 1 < blocks.count ? blocks[position + 1].key : after
            var starts: [String: String?] = [:]
            for branch in block.branches {
                starts[branch.name] = .some(branch.blocks.first?.key ?? next)
                lay(branch.blocks, then: next, into: &places)
            }
            var email: CompiledEmail?
            var message: CompiledMessage?
            if case .email(let block) = block.action { email = CompiledEmail(block) }
            if case .internalMessage(let block) = block.action { message = CompiledMessage(block) }
            places[block.key] = Place(block: block, next: next, branches: starts, email: email, message: message)
        }
    }
}

/// An Email block with its texts read.
struct CompiledEmail: Sendable {
    /// One language.
    struct Template: Sendable {
        let language: String
        let subject: VariableText
        let body: VariableText
        let format: EmailTemplate.Format
    }

    let fromName: VariableText
    let fromAddress: VariableText
    let replyTo: VariableText
    let to: [VariableText]
    let templates: [Template]
    let defaultLanguage: String
    let sendWithinSeconds: Int64
    /// The form whose link the bodies hold; nil when they hold none.
    let form: FormID?

    init(_ block: EmailBlock) {
        fromName = VariableText(block.fromName)
        fromAddress = VariableText(block.fromAddress)
        replyTo = VariableText(block.replyTo)
        to = VariableText.list(block.to)
        templates = block.templates.map {
            Template(
                language: $0.language, subject: VariableText($0.subject), body: VariableText($0.body),
                format: $0.format)
        }
        defaultLanguage = block.defaultLanguage
        sendWithinSeconds = block.sendWithinSeconds
        form = block.surveyLinks.lazy.compactMap { $0.argument.flatMap { FormID($0) } }.first
    }

    /// The template of the first wished language that there is, else of the block's default.
    func template(for wishes: [String]) -> Template? {
        let language = LanguageChoice.pick(from: templates.map(\.language), wishes: wishes) ?? defaultLanguage
        return templates.first { $0.language == language } ?? templates.first
    }
}

/// An Internal message block with its texts read.
struct CompiledMessage: Sendable {
    let title: VariableText
    let users: [VariableText]
    let message: VariableText

    init(_ block: InternalMessageBlock) {
        title = VariableText(block.title)
        users = VariableText.list(block.users)
        message = VariableText(block.message)
    }
}

extension EmailBlock {
    /// The survey links in the templates.
    var surveyLinks: [VariableName] {
        templates.flatMap { VariableText($0.body).names + VariableText($0.subject).names }.filter {
            $0.steps == [.member("survey"), .member("link")]
        }
    }
}

extension ScenarioBlock {
    /// Every variable that the block's own settings name.
    var variableNames: [VariableName] {
        switch action {
        case .email(let email):
            let heads = [email.fromName, email.fromAddress, email.replyTo, email.to]
            return (heads + email.templates.flatMap { [$0.subject, $0.body] }).flatMap { VariableText($0).names }
        case .internalMessage(let message):
            return [message.title, message.users, message.message].flatMap { VariableText($0).names }
        case .choose(let choice):
            return choice.branches.flatMap(\.conditions).flatMap {
                [VariableName($0.variable)].compactMap { $0 } + VariableText($0.value).names
            }
        case .wait, .exit: return []
        }
    }
}
