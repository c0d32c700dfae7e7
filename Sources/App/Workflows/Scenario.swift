// SPDX-License-Identifier: Apache-2.0
// What a workflow does: blocks in order, some with side branches (spec 5.2). The JSON form is stored in
// `workflow_version.scenario` and is described in docs/SCENARIOS.md.

/// The blocks of a workflow's version. After a branch's last block the flow goes on behind the block it belongs to.
public struct Scenario: Codable, Sendable, Equatable {
    /// The form of the JSON; other numbers are not read.
    public var version: Int
    public var blocks: [ScenarioBlock]

    public init(blocks: [ScenarioBlock]) {
        version = 1
        self.blocks = blocks
    }

    /// Every block, those of branches behind the block that they belong to.
    public var allBlocks: [ScenarioBlock] {
        func flat(_ blocks: [ScenarioBlock]) -> [ScenarioBlock] {
            blocks.flatMap { block in [block] + block.branches.flatMap { flat($0.blocks) } }
        }
        return flat(blocks)
    }
}

extension Scenario {
    /// How deep branches lie in branches; 1 without any.
    var depth: Int {
        func depth(_ blocks: [ScenarioBlock]) -> Int {
            1 + (blocks.flatMap(\.branches).map { $0.blocks.isEmpty ? 0 : depth($0.blocks) }.max() ?? 0)
        }
        return depth(blocks)
    }
}

/// One block. Its key is unique in the scenario and survives edits, so that a waiting run finds its place.
public struct ScenarioBlock: Sendable, Equatable {
    public var key: String
    /// Shown beside the block.
    public var title: String
    public var action: BlockAction

    public init(key: String, title: String = "", action: BlockAction) {
        self.key = key
        self.title = title
        self.action = action
    }

    /// The side branches by name.
    public var branches: [ScenarioBranch] {
        switch action {
        case .email(let email): [ScenarioBranch(name: ScenarioBranch.notSent, blocks: email.notSent)]
        case .internalMessage(let message): [ScenarioBranch(name: ScenarioBranch.failed, blocks: message.failed)]
        case .choose(let choice):
            choice.branches.map { ScenarioBranch(name: $0.name, blocks: $0.blocks) }
                + [ScenarioBranch(name: ScenarioBranch.otherwise, blocks: choice.otherwise)]
        case .wait, .exit: []
        }
    }
}

/// A named side branch of a block.
public struct ScenarioBranch: Sendable, Equatable {
    public static let notSent = "notSent"
    public static let failed = "failed"
    public static let otherwise = "otherwise"

    public var name: String
    public var blocks: [ScenarioBlock]
}

/// What a block does.
public enum BlockAction: Sendable, Equatable {
    case email(EmailBlock)
    case wait(WaitBlock)
    case internalMessage(InternalMessageBlock)
    /// *If*.
    case choose(IfBlock)
    case exit
}

/// Sends a mail, with or without a survey link (spec 5.3).
public struct EmailBlock: Codable, Sendable, Equatable {
    /// Text with variables; empty is the sender of the SMTP settings.
    public var fromName = ""
    public var fromAddress = ""
    public var replyTo = ""
    public var sendWithinSeconds: Int64 = 86400
    /// Addresses with variables, separated by commas or semicolons.
    public var to = ""
    /// One per language.
    public var templates: [EmailTemplate] = []
    /// The language of the template that is used when no wish of the customer is there.
    public var defaultLanguage = ""
    public var notSent: [ScenarioBlock] = []
}

/// One language of a mail.
public struct EmailTemplate: Codable, Sendable, Equatable {
    /// How the body is written.
    public enum Format: String, Codable, Sendable, CaseIterable {
        case html, plain
    }

    /// BCP 47.
    public var language: String
    public var subject: String
    public var format: Format
    /// Text with variables; `$(survey.link:FORM)` is the address of the customer's survey.
    public var body: String
}

/// Waits.
public struct WaitBlock: Codable, Sendable, Equatable {
    /// What the duration counts.
    public enum Unit: String, Codable, Sendable, CaseIterable {
        case seconds, minutes, hours, days

        var seconds: Int64 {
            switch self {
            case .seconds: 1
            case .minutes: 60
            case .hours: 3600
            case .days: 86400
            }
        }
    }

    public var duration: Int64
    public var unit: Unit

    public var seconds: Int64 { duration * unit.seconds }
}

/// Tells employees something, in their inbox.
public struct InternalMessageBlock: Codable, Sendable, Equatable {
    public var title: String
    /// Account names with variables, separated by commas or semicolons.
    public var users: String
    public var message: String
    public var failed: [ScenarioBlock] = []
}

/// Chooses a branch by variables: the first one whose conditions hold.
public struct IfBlock: Codable, Sendable, Equatable {
    public var branches: [IfBranch]
    public var otherwise: [ScenarioBlock] = []
}

/// A branch and when it is taken.
public struct IfBranch: Codable, Sendable, Equatable {
    /// Whether all conditions have to hold, or any.
    public enum Match: String, Codable, Sendable, CaseIterable {
        case all, any
    }

    public var name: String
    public var match: Match = .all
    public var conditions: [Condition]
    public var blocks: [ScenarioBlock] = []
}

/// A comparison of a variable with a text.
public struct Condition: Codable, Sendable, Equatable {
    /// How they are compared; numbers as numbers where both are, else ignoring case.
    public enum Comparison: String, Codable, Sendable, CaseIterable {
        case equals, differs, less, greater, contains
        /// `*` is any text, `?` any one character.
        case matches
        case isSet
    }

    /// A variable's name without `$( )`, for example `survey.score.nps`.
    public var variable: String
    public var comparison: Comparison
    /// Text with variables.
    public var value: String = ""
}
