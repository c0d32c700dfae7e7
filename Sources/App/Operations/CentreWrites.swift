// SPDX-License-Identifier: Apache-2.0
// The rooms' functions called in the order in which things name each other; what is left out is retired first, so that
// its names are free.
import Storage

/// Writes one import.
struct CentreWrites {
    let change: CentreImport
    let tx: any Transaction
    let now: Moment
    let tenant: TenantID
    /// Provisional ids become real ones as things are made.
    private var lookup: CentreLookup

    private var plan: CentrePlan { change.plan }
    private var stored: StoredCentre { change.stored }
    private var rooms: Operations { change.operations }
    private var surveyChange: SurveyChange { SurveyChange(by: nil, at: now) }

    init(_ change: CentreImport, _ tx: any Transaction, _ now: Moment) {
        self.change = change
        self.tx = tx
        self.now = now
        tenant = change.stored.tenant.id
        lookup = change.plan.lookup
    }

    mutating func write() throws {
        try writeCentre()
        try writeTeams()
        try retireForms()
        try writePeople()
        try writeServices()
        try writeFields()
        try writeForms()
        try writeWorkflows()
        try writeConfigurations()
    }

    /// A room's refusal at the place of the file that it is about.
    private func at<Value>(_ path: CentrePath, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            let refused = try refusals(in: error)
            throw CentreFaults(
                refused.all.map { refusal in
                    plan.reading.fault(
                        CentreCheck.path(refusal.field, below: path), code: refusal.code, key: refusal.key,
                        arguments: refusal.arguments)
                })
        }
    }

    // MARK: The centre and its people

    private func writeCentre() throws {
        if let entry = plan.centre {
            try at(entry.path) {
                try rooms.accounts.change(tenant, to: entry.part.change(of: stored.tenant), in: tx)
            }
        }
        guard let entry = plan.smtp else { return }
        let settings = try entry.part.settings(over: stored.smtp, change.file.password)
        guard settings != stored.smtp else { return }
        try rooms.settings.save(settings, of: tenant, in: tx, at: now)
        try rooms.mailings.settingsChanged(of: tenant, in: tx, at: now)
    }

    private mutating func writeTeams() throws {
        for entry in plan.teams.entries ?? [] {
            let name = entry.part.name
            if entry.stored == nil {
                lookup.teams[name.folded] = try rooms.accounts.findOrMakeTeam(name, of: tenant, in: tx)
            } else if change.isChanged("teams", name.folded, ["name"]) {
                try at(entry.path) { try rooms.accounts.rename(entry.id, to: name, of: tenant, in: tx) }
            }
        }
    }

    private func writePeople() throws {
        guard let entries = plan.people.entries else { return }
        let administrators = try rooms.accounts.administrators(of: tenant, in: tx)
        let members = Set(PersonPart.memberNames)
        for entry in entries where change.isChanged("people", entry.part.login.folded, members) {
            let part = entry.part
            let supervised = Set(part.supervisedTeams.compactMap { lookup.teams[$0.folded] })
            let new = part.new(team: part.team.flatMap { lookup.teams[$0.folded] }, supervised: supervised)
            try at(entry.path) {
                let id =
                    try entry.stored
                    ?? rooms.accounts.createPerson(new, passwordHash: nil, of: tenant, in: tx, at: now)
                if entry.stored == nil, part.isActive, part.timeZone == nil { return }
                try rooms.accounts.change(id, to: new, isActive: part.isActive, of: tenant, in: tx)
            }
        }
        let left = Set(plan.people.left)
        for entry in stored.people where left.contains(entry.person.id) {
            guard entry.person.isActive, !entry.person.needsReview else { continue }
            try rooms.accounts.change(entry.person.id, to: entry.new, isActive: false, of: tenant, in: tx)
        }
        let isLeft = try !rooms.accounts.administrators(of: tenant, in: tx).isEmpty
        if let refusal = Accounts.refusal(administrators: administrators, after: isLeft) {
            try at(CentrePath() / "people") { throw refusal }
        }
    }

    // MARK: Services

    private mutating func writeServices() throws {
        guard let entries = plan.services.entries else { return }
        let left = Set(plan.services.left)
        for service in stored.services where left.contains(service.id) && service.isEnabled {
            var new = NewService(service)
            new.isEnabled = false
            try rooms.services.change(service.id, to: new, of: tenant, in: tx)
        }
        var made: [ServiceID] = []
        for entry in entries {
            guard let content = plan.contents[entry.id]?.content else { continue }
            let new = entry.part.new(team: entry.part.team.flatMap { lookup.teams[$0.folded] })
            let key = entry.part.name.folded
            guard let id = entry.stored else {
                let id = try at(entry.path) {
                    try rooms.services.create(new, content: content, for: tenant, in: tx, at: now)
                }
                lookup.services[key] = id
                made.append(id)
                continue
            }
            made.append(id)
            if change.isChanged("services", key, Set(ServicePart.memberNames)) {
                try at(entry.path) { try rooms.services.change(id, to: new, of: tenant, in: tx) }
            }
            if entry.part.folders != nil, change.isChanged("services", key, ["folders"]) {
                let before = stored.contents[id] ?? ServiceContent(folders: [])
                try at(entry.path) {
                    try rooms.services.save(content, before: before, of: id, tenant: tenant, in: tx, at: now)
                }
            }
        }
        for (service, dispositions) in try rooms.services.dispositions(of: made, tenant: tenant, in: tx) {
            let current = dispositions.filter { !$0.isRetired }.map { ($0.name.folded, $0.id) }
            lookup.dispositions[service] = Dictionary(current) { first, _ in first }
        }
    }

    // MARK: Fields and forms

    private func writeFields() throws {
        guard let entries = plan.fields.entries else { return }
        let left = Set(plan.fields.left)
        let retired = stored.fields.values.filter { left.contains($0.id) && !$0.isRetired }
        try at(CentrePath() / "fields") {
            try rooms.surveys.retire(retired.sorted { $0.id < $1.id }, of: tenant, in: tx, at: now)
        }
        for entry in entries where change.isChanged("fields", entry.part.key.folded, Set(FieldPart.memberNames)) {
            try at(entry.path) { try rooms.surveys.save(entry.part.draft, of: tenant, in: tx) }
        }
    }

    private func retireForms() throws {
        guard plan.forms.entries != nil else { return }
        try rooms.surveys.archive(plan.forms.left.sorted(), of: tenant, in: tx, as: surveyChange)
    }

    private mutating func writeForms() throws {
        for entry in plan.forms.entries ?? [] {
            let part = entry.part
            let key = part.name.folded
            guard let id = entry.stored else {
                let id = try at(entry.path) {
                    try rooms.surveys.create(part.draft, of: tenant, in: tx, as: surveyChange)
                }
                lookup.forms[key] = id
                if part.isClosed { try rooms.surveys.close(id, isClosed: true, of: tenant, in: tx, as: surveyChange) }
                continue
            }
            if change.isChanged("forms", key, ["name", "validDays", "editHours"]) {
                try at(entry.path) {
                    try rooms.surveys.change(id, to: part.draft, of: tenant, in: tx, as: surveyChange)
                }
            }
            if change.isChanged("forms", key, ["css", "image", "languages"]) {
                _ = try at(entry.path) {
                    try rooms.surveys.newVersion(
                        of: id, content: part.content, revision: nil, tenant: tenant, in: tx, as: surveyChange)
                }
            }
            if change.isChanged("forms", key, ["isClosed"]) {
                try rooms.surveys.close(id, isClosed: part.isClosed, of: tenant, in: tx, as: surveyChange)
            }
        }
    }

    // MARK: Workflows

    private mutating func writeWorkflows() throws {
        for entry in plan.workflows.entries ?? [] {
            let part = entry.part
            let scenario = part.scenario(lookup.forms)
            guard let id = entry.stored else {
                lookup.workflows[part.name.folded] = try at(entry.path) {
                    try rooms.workflows.create(
                        name: part.name, scenario: scenario, of: tenant, by: nil, in: tx, at: now)
                }
                continue
            }
            try at(entry.path) {
                if change.isChanged("workflows", part.name.folded, ["name"]) {
                    try rooms.workflows.rename(id, to: part.name, of: tenant, by: nil, in: tx, at: now)
                }
                if change.isChanged("workflows", part.name.folded, ["blocks"]) {
                    try rooms.workflows.save(scenario, as: id, of: tenant, by: nil, in: tx, at: now)
                }
            }
        }
    }

    private func writeConfigurations() throws {
        let gone = Set(plan.workflows.left)
        let left = Set(plan.configurations.left)
        for configuration in stored.configurations where configuration.isEnabled {
            let isLeft =
                plan.configurations.entries == nil
                ? gone.contains(configuration.workflow) : left.contains(configuration.id)
            if isLeft { try rooms.workflows.setEnabled(false, configuration.id, of: tenant, in: tx, at: now) }
        }
        for entry in plan.configurations.entries ?? [] {
            let part = entry.part
            let key = part.ownName
            guard change.isChanged("configurations", key, Set(ConfigurationPart.memberNames)),
                let workflow = lookup.workflows[part.workflow.folded],
                let service = lookup.services[part.service.folded]
            else { continue }
            let dispositions = lookup.dispositions[service] ?? [:]
            let triggers = part.triggers.compactMap { $0.trigger(dispositions) }
            let new = part.new(workflow: workflow, service: service, triggers)
            try at(entry.path) {
                if let id = entry.stored {
                    try rooms.workflows.change(id, to: new, of: tenant, in: tx, at: now)
                } else {
                    _ = try rooms.workflows.addConfiguration(new, of: tenant, in: tx, at: now)
                }
            }
        }
    }
}

extension NewService {
    /// A service as it stands.
    fileprivate init(_ service: Service) {
        self.init(name: service.name, type: service.type)
        usesDispositions = service.usesDispositions
        requiresDisposition = service.requiresDisposition
        language = service.language
        team = service.team
        isEnabled = service.isEnabled
    }
}

extension PersonPart {
    fileprivate static let memberNames = [
        "login", "firstName", "lastName", "email", "roles", "team", "supervisedTeams", "language", "timeZone",
        "isActive",
    ]
}

extension ServicePart {
    /// Its own settings, without dispositions.
    fileprivate static let memberNames = [
        "name", "type", "language", "team", "isEnabled", "usesDispositions", "requiresDisposition",
    ]
}

extension FieldPart {
    fileprivate static let memberNames = [
        "key", "name", "kind", "minimum", "maximum", "satisfiedFrom", "promoterFrom", "detractorTo",
    ]
}

extension ConfigurationPart {
    fileprivate static let memberNames = ["workflow", "name", "service", "isEnabled", "limits", "triggers"]
}
