// SPDX-License-Identifier: Apache-2.0
// The log as administrators read it, and which of it they ask for.
import Foundation

/// An entry as it was written.
struct AuditRecord: Sendable {
    let id: AuditID
    let at: Moment
    let person: PersonID?
    let actor: String
    let address: String?
    let action: String
    let subject: Int64?
    let details: JSON

    /// What fills the holes of the entry's sentence.
    var arguments: [String: String] {
        guard case .object(let members) = details else { return [:] }
        return members.compactMapValues(\.scalarText)
    }

    /// How members stood before and after, in order of their names.
    var changes: [(name: String, before: String?, after: String?)] {
        guard case .object(let before)? = details["before"], case .object(let after)? = details["after"] else {
            return []
        }
        return Set(before.keys).union(after.keys).sorted().map { name in
            (name, before[name]?.scalarText, after[name]?.scalarText)
        }
    }

    /// Where the thing is to be seen; nil when no page shows it.
    var path: String? {
        guard let subject else { return nil }
        if action.hasPrefix("records.") { return "/records/\(subject)" }
        if action.hasPrefix("mailings.") { return "/outbox/\(subject)" }
        let deed = action.split(separator: ".").last.map { String($0) } ?? ""
        if AuditKind.teamDeeds.contains(deed) { return "/settings/teams/\(subject)" }
        let isPerson = action.hasPrefix("accounts.audit.") && !AuditKind.otherDeeds.contains(deed)
        return isPerson ? "/settings/people/\(subject)" : nil
    }
}

/// Kinds of deeds, as the log is filtered by them.
enum AuditKind: String, CaseIterable, Sendable {
    /// Who gets in, and who has tried to.
    case access
    case people
    case teams
    case keys
    /// Who has looked at customers' answers.
    case answers
    /// Everything else: settings, workflows, configuration, corrections.
    case centre

    /// Deeds whose subject is a team.
    static let teamDeeds: Set<String> = ["teamCreated", "teamRenamed", "teamArchived", "teamRestored"]
    /// Deeds of Accounts whose subject is no person.
    static let otherDeeds: Set<String> = [
        "keyCreated", "keyRevoked", "surveysOn", "surveysOff", "centreCreated", "limitsSet", "centreArchived",
        "centreReactivated",
    ]

    private static let accounts: [AuditKind: [String]] = [
        .access: [
            "signedIn", "signInFailed", "signInSlowed", "secondStepFailed", "recoveryCodeUsed", "secondFactorOn",
            "secondFactorRemoved", "recoveryCodesMade", "sessionEnded", "otherSessionsEnded", "signedOutEverywhere",
            "passwordChanged", "passwordChosen", "passwordForgotten", "linkMade", "invitationSent", "resetSent",
            "setUp",
        ],
        .people: ["personCreated", "personChanged", "personEnabled", "personDisabled", "agentMet"],
        .teams: ["teamJoined", "teamLeft", "supervisorAdded", "supervisorRemoved"] + teamDeeds.sorted(),
        .keys: ["keyCreated", "keyRevoked"],
    ]

    /// The actions of this kind; nil for ``centre``, which has those of no other.
    var actions: [String]? {
        switch self {
        case .centre: nil
        case .answers:
            ["records.audit.answersSeen"]
                + ["seen", "notesSeen", "exported", "swapped"].map { "answers.audit." + $0 }
        default: (Self.accounts[self] ?? []).map { "accounts.audit." + $0 }
        }
    }
}

/// Which entries somebody asks for.
struct AuditFilter: Sendable {
    /// Who did it, or to whom it was done.
    var person: PersonID?
    var kind: AuditKind?
    /// From the beginning of a day to the end of another.
    var from: Moment?
    var to: Moment?
    /// Older than this one.
    var before: AuditID?
}
