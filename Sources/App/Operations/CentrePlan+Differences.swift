// SPDX-License-Identifier: Apache-2.0
// What is stored and what the file says, as two values of the same shape, ready to be compared.

extension CentrePlan {
    /// What is stored, as the file would say it: what others call by a new name has it where they name it, and what is
    /// found under a new name says so. What is retired already, and not in the file, is not there.
    func before() throws -> JSON {
        let names = names
        guard case .object(var members) = try stored.parts(names).value() else { return .object([:]) }
        hide("people", stored.people.filter { !$0.person.isActive }, people, in: &members) {
            ($0.person.id, $0.person.login)
        }
        hide("services", stored.services.filter { !$0.isEnabled }, services, in: &members) { ($0.id, $0.name) }
        let silent = stored.workflows.filter { !stored.isListening($0.id) }
        hide("workflows", silent, workflows, in: &members) { ($0.id, $0.name) }
        hide("configurations", stored.configurations.filter { !$0.isEnabled }, configurations, in: &members) { entry in
            (entry.id, CentreKey.of([names.workflows[entry.workflow] ?? "", entry.name]))
        }
        // A team stays, whatever the file says.
        hide("teams", stored.teams, teams, in: &members) { ($0.id, $0.name) }
        identify("teams", teams.renames, in: &members)
        identify("services", services.renames, in: &members)
        identify("forms", forms.renames, in: &members)
        identify("workflows", workflows.renames, in: &members)
        identify("configurations", configurations.renames, in: &members)
        identifyDispositions(in: &members)
        Self.withoutPassword(&members)
        return .object(members)
    }

    /// What the file says.
    func after() throws -> JSON {
        var parts = CentreParts()
        parts.centre = centre?.part
        parts.smtp = smtp?.part
        parts.teams = teams.entries?.map(\.part)
        parts.people = people.entries?.map { spelled($0.part) }
        parts.services = services.entries?.map { spelled($0.part) }
        parts.fields = fields.entries?.map(\.part)
        parts.forms = forms.entries?.map(\.part)
        parts.workflows = workflows.entries?.map { spelled($0.part) }
        parts.configurations = configurations.entries?.map { spelled($0.part) }
        guard case .object(var members) = try parts.canonical.value() else { return .object([:]) }
        Self.withoutPassword(&members)
        return .object(members)
    }

    /// Takes away what is retired and not taken up by the file.
    private func hide<Stored, Part: NamedPart, ID: Identifier>(
        _ section: String, _ retired: [Stored], _ planned: PlannedSection<Part, ID>, in members: inout [String: JSON],
        _ key: (Stored) -> (ID, String)
    ) {
        guard case .array(let values)? = members[section] else { return }
        let left = Set(planned.left)
        let gone = Set(retired.map(key).filter { left.contains($0.0) }.map { $0.1.folded })
        members[section] = .array(values.filter { !gone.contains(Self.key(of: $0, section)) })
    }

    private static func key(of value: JSON, _ section: String) -> String {
        switch section {
        case "people": value["login"]?.scalarText?.folded ?? ""
        case "configurations":
            CentreKey.of([value["workflow"]?.scalarText ?? "", value["name"]?.scalarText ?? ""])
        default: value["name"]?.scalarText?.folded ?? ""
        }
    }

    private func identify(_ section: String, _ renames: [String: String], in members: inout [String: JSON]) {
        guard !renames.isEmpty, case .array(let values)? = members[section] else { return }
        members[section] = .array(
            values.map { value in
                renames[Self.key(of: value, section)].map { Self.with(value, CentreComparison.identity, .string($0)) }
                    ?? value
            })
    }

    private static func with(_ value: JSON, _ member: String, _ new: JSON) -> JSON {
        guard case .object(var members) = value else { return value }
        members[member] = new
        return .object(members)
    }

    private func identifyDispositions(in members: inout [String: JSON]) {
        guard case .array(let values)? = members["services"] else { return }
        let names = Dictionary(stored.services.map { ($0.name.folded, $0.id) }) { first, _ in first }
        members["services"] = .array(
            values.map { service in
                guard let id = names[Self.key(of: service, "services")], let content = contents[id],
                    case .array(let folders)? = service["folders"]
                else { return service }
                let known = folders.map { folder -> JSON in
                    var inner: [String: JSON] = ["dispositions": folder["dispositions"] ?? .array([])]
                    identify("dispositions", content.renames, in: &inner)
                    return Self.with(folder, "dispositions", inner["dispositions"] ?? .array([]))
                }
                var outer: [String: JSON] = ["folders": .array(known)]
                identify("folders", content.folderRenames, in: &outer)
                return Self.with(service, "folders", outer["folders"] ?? .array([]))
            })
    }

    /// Where the password comes from is not stored; whether it changes is told apart.
    private static func withoutPassword(_ members: inout [String: JSON]) {
        guard case .object(var smtp)? = members["smtp"] else { return }
        smtp["passwordEnv"] = nil
        smtp["passwordFile"] = nil
        members["smtp"] = .object(smtp)
    }

    // MARK: Spelling

    /// Names are found whatever their case; what is compared is spelled as the named thing is.
    private func spelled(_ name: String, _ kind: CentreLookup.Kind) -> String {
        lookup.names[kind]?.first { $0.folded == name.folded } ?? name
    }

    private func spelled(_ part: PersonPart) -> PersonPart {
        var part = part
        part.team = part.team.map { spelled($0, .team) }
        part.supervisedTeams = part.supervisedTeams.map { spelled($0, .team) }
        return part
    }

    private func spelled(_ part: ServicePart) -> ServicePart {
        var part = part
        part.team = part.team.map { spelled($0, .team) }
        return part
    }

    private func spelled(_ part: WorkflowPart) -> WorkflowPart {
        var part = part
        part.blocks =
            Scenario(blocks: part.blocks).replacingForms { text in
                SurveyLinkName.encoded(spelled(SurveyLinkName.decoded(text), .form))
            }.blocks
        return part
    }

    private func spelled(_ part: ConfigurationPart) -> ConfigurationPart {
        var part = part
        part.workflow = spelled(part.workflow, .workflow)
        part.service = spelled(part.service, .service)
        let service = lookup.services[part.service.folded]
        let entries = service.flatMap { contents[$0]?.content ?? stored.contents[$0] }?.all ?? []
        for index in part.triggers.indices {
            guard let name = part.triggers[index].disposition else { continue }
            part.triggers[index].disposition = entries.first { $0.name.folded == name.folded }?.name ?? name
        }
        return part
    }
}
