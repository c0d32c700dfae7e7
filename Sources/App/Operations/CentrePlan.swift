// SPDX-License-Identifier: Apache-2.0
// A file laid over what is stored: which entry means what, what is new, what is left out. Nothing is judged yet.

/// The file's entries with their ids.
struct CentrePlan: Sendable {
    let reading: CentreReading
    let stored: StoredCentre
    let centre: CentreEntry<CentrePart>?
    let smtp: CentreEntry<SMTPPart>?
    let teams: PlannedSection<TeamPart, TeamID>
    let people: PlannedSection<PersonPart, PersonID>
    let services: PlannedSection<ServicePart, ServiceID>
    let fields: PlannedSection<FieldPart, SurveyFieldID>
    let forms: PlannedSection<FormPart, FormID>
    let workflows: PlannedSection<WorkflowPart, WorkflowID>
    let configurations: PlannedSection<ConfigurationPart, ConfigurationID>
    /// The dispositions of every service of the file, by its id.
    private(set) var contents: [ServiceID: PlannedContent] = [:]
    private(set) var lookup = CentreLookup()
    /// Names that entries have which cannot be read: whoever names them is not at fault.
    private(set) var spoiled: [CentreLookup.Kind: Set<String>] = [:]

    /// - Parameter predefined: The dispositions of a new service for which the file has none.
    init(
        _ reading: CentreReading, over stored: StoredCentre, predefined: (ServiceType) throws -> ServiceContent
    ) throws {
        self.reading = reading
        self.stored = stored
        var ids = ProvisionalIDs()
        func entries<Part: NamedPart>(_ type: Part.Type) throws -> [CentreEntry<Part>]? {
            try reading.entries(Part.section, as: Part.self)?.map { entry in
                CentreEntry(path: entry.path, part: entry.part.canonical)
            }
        }
        centre = try reading.part("centre", as: CentrePart.self)
        smtp = try reading.part("smtp", as: SMTPPart.self)
        teams = PlannedSection(try entries(TeamPart.self), stored.teamNames, &ids)
        people = PlannedSection(
            try entries(PersonPart.self), stored.people.map { ($0.person.id, $0.person.login) }, &ids)
        services = PlannedSection(try entries(ServicePart.self), stored.serviceNames, &ids)
        fields = PlannedSection(try entries(FieldPart.self), stored.fields.values.map { ($0.id, $0.key) }, &ids)
        forms = PlannedSection(try entries(FormPart.self), stored.formNames, &ids)
        workflows = PlannedSection(try entries(WorkflowPart.self), stored.workflowNames, &ids)
        // A configuration is found within its workflow, which may have another name by now.
        let names = workflows.names(stored.workflowNames)
        configurations = PlannedSection(
            try entries(ConfigurationPart.self),
            stored.configurations.map { ($0.id, CentreKey.of([names[$0.workflow] ?? "", $0.name])) }, &ids)
        try layContents(&ids, predefined)
        fillLookup()
    }

    private mutating func layContents(
        _ ids: inout ProvisionalIDs, _ predefined: (ServiceType) throws -> ServiceContent
    ) throws {
        for entry in services.entries ?? [] {
            let before = entry.stored.flatMap { stored.contents[$0] } ?? ServiceContent(folders: [])
            if let folders = entry.part.folders {
                contents[entry.id] = PlannedContent(folders, over: before)
            } else {
                let usual = entry.stored == nil ? try predefined(entry.part.type) : before
                contents[entry.id] = PlannedContent(unchanged: usual)
            }
            lookup.dispositions[entry.id] = contents[entry.id]?.lookup(&ids)
        }
        guard services.entries == nil else { return }
        for (service, content) in stored.contents {
            lookup.dispositions[service] = PlannedContent(unchanged: content).lookup(&ids)
        }
    }

    private mutating func fillLookup() {
        lookup.teams = teams.lookup(stored.teamNames)
        lookup.services = services.lookup(stored.serviceNames)
        lookup.forms = forms.lookup(stored.formNames)
        lookup.workflows = workflows.lookup(stored.workflowNames)
        lookup.names[.team] = teams.entries?.map(\.part.name) ?? stored.teams.map(\.name)
        lookup.names[.service] = services.entries?.map(\.part.name) ?? stored.services.map(\.name)
        lookup.names[.form] = forms.entries?.map(\.part.name) ?? stored.forms.map(\.name)
        lookup.names[.workflow] = workflows.entries?.map(\.part.name) ?? stored.workflows.map(\.name)
        for (kind, section) in [
            (CentreLookup.Kind.team, "teams"), (.service, "services"), (.form, "forms"), (.workflow, "workflows"),
        ] { spoiled[kind] = Set(reading.names(section).map(\.folded)) }
    }

    /// What the things of the file will be called, where others name them.
    var names: CentreNames {
        var names = CentreNames(stored)
        names.teams = teams.names(stored.teamNames)
        names.services = services.names(stored.serviceNames)
        names.forms = forms.names(stored.formNames)
        names.workflows = workflows.names(stored.workflowNames)
        for content in contents.values {
            for entry in content.content.all {
                if let id = entry.id { names.dispositions[id] = entry.name }
            }
        }
        return names
    }
}

extension StoredCentre {
    var teamNames: [(id: TeamID, name: String)] { teams.map { ($0.id, $0.name) } }
    var serviceNames: [(id: ServiceID, name: String)] { services.map { ($0.id, $0.name) } }
    var formNames: [(id: FormID, name: String)] { forms.map { ($0.id, $0.name) } }
    var workflowNames: [(id: WorkflowID, name: String)] { workflows.map { ($0.id, $0.name) } }
}

/// The dispositions of one service as the file wants them, with the ids of those that are there.
struct PlannedContent: Sendable {
    private(set) var content: ServiceContent
    /// Stored names, folded, and the file's, where they differ.
    private(set) var folderRenames: [String: String] = [:]
    private(set) var renames: [String: String] = [:]
    /// Where `was` cannot be meant, below `folders`.
    private(set) var wrongFormerNames: [[Int]] = []

    init(unchanged content: ServiceContent) { self.content = content }

    init(_ folders: [ServicePart.Folder], over before: ServiceContent) {
        content = ServiceContent(folders: [])
        let list = folders.map { (name: $0.name, was: $0.was) }
        wrongFormerNames = CentreMatching<DispositionFolderID>.wrongFormerNames(list).map { [$0] }
        var matching = CentreMatching(before.folders.compactMap { folder in folder.id.map { ($0, folder.name) } })
        var found = folders.map { matching.take($0.name, was: nil) }
        for (index, folder) in folders.enumerated() where found[index] == nil {
            found[index] = folder.was.flatMap { matching.take($0, was: nil) }
        }
        let entries = match(folders, over: before)
        for (index, folder) in folders.enumerated() {
            let known = before.folders.first { $0.id != nil && $0.id == found[index] }
            if let known, known.name.folded != folder.name.folded {
                folderRenames[known.name.folded] = folder.name.folded
            }
            content.folders.append(
                ServiceContent.Folder(id: found[index], name: folder.name, dispositions: entries[index]))
        }
    }

    /// Dispositions are found over all folders: by system type, by name, by former name.
    private mutating func match(
        _ folders: [ServicePart.Folder], over before: ServiceContent
    ) -> [[ServiceContent.Entry]] {
        let places = folders.indices.flatMap { folder in folders[folder].dispositions.indices.map { [folder, $0] } }
        let parts = places.map { folders[$0[0]].dispositions[$0[1]] }
        let wrong = CentreMatching<DispositionID>.wrongFormerNames(parts.map { ($0.name, $0.was) })
        wrongFormerNames += wrong.map { places[$0] }
        let stored = before.all
        var matching = CentreMatching(stored.compactMap { entry in entry.id.map { ($0, entry.name) } })
        var found: [DispositionID?] = parts.map { part in
            let twin = part.systemType.flatMap { type in stored.first { $0.systemType == type }?.id }
            return twin.flatMap { matching.use($0) ? $0 : nil }
        }
        for index in parts.indices where found[index] == nil {
            found[index] = matching.take(parts[index].name, was: nil)
        }
        for index in parts.indices where found[index] == nil {
            found[index] = parts[index].was.flatMap { matching.take($0, was: nil) }
        }
        let names = Dictionary(stored.map { ($0.id, $0.name) }) { first, _ in first }
        var entries: [[ServiceContent.Entry]] = folders.map { _ in [] }
        for (index, place) in places.enumerated() {
            if let id = found[index], let name = names[id], name.folded != parts[index].name.folded {
                renames[name.folded] = parts[index].name.folded
            }
            entries[place[0]].append(parts[index].entry(id: found[index]))
        }
        return entries
    }

    /// Ids by folded name; new ones have provisional ones.
    func lookup(_ ids: inout ProvisionalIDs) -> [String: DispositionID] {
        var lookup: [String: DispositionID] = [:]
        for entry in content.all { lookup[entry.name.folded] = entry.id ?? ids.new() }
        return lookup
    }
}

extension ServicePart.Entry {
    func entry(id: DispositionID?) -> ServiceContent.Entry {
        var entry = ServiceContent.Entry(id: id, name: name)
        entry.description = description
        entry.code = code
        entry.type = type
        entry.systemType = systemType
        entry.agentSelects = agentSelects
        entry.doNotAsk = doNotAsk
        entry.fits = Set(directions)
        return entry
    }
}
