// SPDX-License-Identifier: Apache-2.0
// The names that exist (spec 5.4): a name under a fixed prefix that is not here is a mistake of the author.

/// What is known of variables' names.
enum VariableNames {
    /// The names under each fixed prefix, indexes as `[n]`; names that end with `.*` are open.
    static let known: [String: Set<String>] = [
        "user": ["id", "loginId", "firstName", "lastName", "email", "team"],
        "item": [
            "id", "from", "to", "channel", "direction", "service", "disposition", "dispositionCode", "note",
            "sentiment",
            "startedAt", "endedAt", "duration", "language", "firstName", "lastName", "caseId", "caseNumber",
            "contactId",
            "globalInteractionId", "customerPhone", "data.*",
        ],
        "contact": [
            "firstName", "lastName", "language", "emails[n].email_address", "phones[n].number", "custom.*",
        ],
        "from": ["name", "emailAddress"],
        "case": ["number", "id", "title"],
        "survey": ["answered", "score.*", "unsubscribeLink", "link"],
        "tenant": ["name"],
        "error": ["reason"],
    ]

    /// How a name stands to the known ones.
    enum Standing: Equatable {
        case known
        /// Under a fixed prefix, and not there.
        case unknown
        /// A variable of the flow, or attached data: nobody can know before the run.
        case open
    }

    static func standing(_ name: VariableName) -> Standing {
        guard case .member(let prefix)? = name.steps.first, let members = known[prefix] else { return .open }
        var path = ""
        for step in name.steps.dropFirst() {
            switch step {
            case .member(let member): path += path.isEmpty ? member : "." + member
            case .index: path += "[n]"
            }
        }
        if members.contains(path) { return (name.argument == nil) == (path != "link") ? .known : .unknown }
        let isOpen = members.contains { $0.hasSuffix(".*") && path.hasPrefix($0.dropLast()) && path.count >= $0.count }
        guard isOpen else { return .unknown }
        return path.hasPrefix("score.") ? .known : .open
    }
}
