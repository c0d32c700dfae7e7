// SPDX-License-Identifier: Apache-2.0
// The dispositions of a service as a whole, as a file or an editor saves them at once, and what they must hold to
// (spec 4.1).

/// The folders of one service with their dispositions, in their order.
public struct ServiceContent: Sendable, Equatable {
    /// A folder; without an id it is new.
    public struct Folder: Sendable, Equatable {
        public var id: DispositionFolderID?
        public var name: String
        public var dispositions: [Entry]

        public init(id: DispositionFolderID? = nil, name: String, dispositions: [Entry]) {
            self.id = id
            self.name = name
            self.dispositions = dispositions
        }
    }

    /// A disposition; without an id it is new.
    public struct Entry: Sendable, Equatable {
        public var id: DispositionID?
        public var name: String
        public var description = ""
        public var code: String?
        public var type = DispositionType.success
        public var systemType: SystemType?
        public var agentSelects = true
        public var doNotAsk = false
        public var fits: Set<DispositionFit> = [.inbound]

        public init(id: DispositionID? = nil, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// How much a service may hold.
    public enum Limits {
        public static let dispositions = 10_000
        public static let nameCharacters = 200
        public static let textCharacters = 4_000
        public static let codeDigits = 20
    }

    public var folders: [Folder]

    public init(folders: [Folder]) { self.folders = folders }

    /// Every disposition.
    public var all: [Entry] { folders.flatMap(\.dispositions) }

    /// Everything that is wrong, each with its place, such as `folders.0.dispositions.3.name`.
    /// - Parameter before: What the service has; system dispositions stay.
    public func refusals(before: ServiceContent) -> Refusals {
        var check = ServiceContentCheck()
        check.read(self)
        check.readSystem(self, before: before)
        return check.refusals
    }
}

/// Collects what breaks a rule.
private struct ServiceContentCheck {
    var refusals = Refusals()
    private var names: Set<String> = []
    private var codes: Set<String> = []
    private var systemTypes: Set<SystemType> = []

    private mutating func refuse(
        _ code: String, _ key: String, _ field: String, _ arguments: [String: String] = [:]
    ) {
        refusals.add(
            Refusal(.invalid, code: code, key: "services.rule." + key, arguments: arguments, field: field))
    }

    mutating func read(_ content: ServiceContent) {
        if content.all.count > ServiceContent.Limits.dispositions {
            refuse("too_many_dispositions", "tooMany", "folders", ["limit": String(ServiceContent.Limits.dispositions)])
        }
        var folders: Set<String> = []
        for (position, folder) in content.folders.enumerated() {
            let field = "folders.\(position)"
            readName(folder.name, field + ".name")
            if !folders.insert(folder.name.folded).inserted {
                refuse("name_twice", "folderTwice", field + ".name", ["name": folder.name])
            }
            for (position, entry) in folder.dispositions.enumerated() {
                read(entry, "\(field).dispositions.\(position)")
            }
        }
    }

    private mutating func readName(_ name: String, _ field: String) {
        if name.nonEmpty != nil, name.count <= ServiceContent.Limits.nameCharacters { return }
        refuse("bad_name", "badName", field, ["limit": String(ServiceContent.Limits.nameCharacters)])
    }

    private mutating func read(_ entry: ServiceContent.Entry, _ field: String) {
        readName(entry.name, field + ".name")
        if !names.insert(entry.name.folded).inserted {
            refuse("name_twice", "nameTwice", field + ".name", ["name": entry.name])
        }
        if entry.description.count > ServiceContent.Limits.textCharacters {
            refuse(
                "text_too_long", "textTooLong", field + ".description",
                ["limit": String(ServiceContent.Limits.textCharacters)])
        }
        if let code = entry.code {
            let isCode =
                (1...ServiceContent.Limits.codeDigits).contains(code.utf8.count)
                && code.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if !isCode {
                refuse("bad_code", "badCode", field + ".code", ["limit": String(ServiceContent.Limits.codeDigits)])
            }
            if !codes.insert(code).inserted { refuse("code_twice", "codeTwice", field + ".code", ["code": code]) }
        }
        if let type = entry.systemType, !systemTypes.insert(type).inserted {
            refuse("system_type_twice", "systemTwice", field + ".systemType", ["type": type.rawValue])
        }
    }

    /// What follows from the system type: such a disposition may be renamed and moved, and stays what it is.
    mutating func readSystem(_ content: ServiceContent, before: ServiceContent) {
        let needed: Set<SystemType> = [.noDisposition, .dispositionNotFound]
        let wanted = needed.union(before.all.compactMap(\.systemType))
        for type in wanted.subtracting(systemTypes).map(\.rawValue).sorted() {
            refuse("system_missing", "systemMissing", "folders", ["type": type])
        }
    }
}
