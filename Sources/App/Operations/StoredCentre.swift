// SPDX-License-Identifier: Apache-2.0
// A centre's configuration as it is stored: read through the rooms, and told as the file tells it.
import Storage

/// All that a configuration file is about.
struct StoredCentre: Sendable {
    let tenant: Tenant
    let smtp: SMTPSettings?
    let teams: [Team]
    let people: [PersonEntry]
    let services: [Service]
    let contents: [ServiceID: ServiceContent]
    /// Retired ones, too.
    let fields: [String: SurveyField]
    let forms: [SurveyForm]
    let versions: [FormID: SurveyContent]
    let workflows: [WorkflowEntry]
    let configurations: [WorkflowConfiguration]

    /// Whether a workflow starts from anything.
    func isListening(_ workflow: WorkflowID) -> Bool {
        configurations.contains { $0.workflow == workflow && $0.isEnabled }
    }
}

/// What things are called where others name them.
struct CentreNames: Sendable {
    var teams: [TeamID: String]
    var services: [ServiceID: String]
    var dispositions: [DispositionID: String]
    var forms: [FormID: String]
    var workflows: [WorkflowID: String]

    init(_ centre: StoredCentre) {
        teams = Dictionary(centre.teams.map { ($0.id, $0.name) }) { first, _ in first }
        services = Dictionary(centre.services.map { ($0.id, $0.name) }) { first, _ in first }
        let entries = centre.contents.values.flatMap(\.all)
        dispositions = Dictionary(entries.compactMap { entry in entry.id.map { ($0, entry.name) } }) { first, _ in first
        }
        forms = Dictionary(centre.forms.map { ($0.id, $0.name) }) { first, _ in first }
        workflows = Dictionary(centre.workflows.map { ($0.id, $0.name) }) { first, _ in first }
    }
}

extension StoredCentre {
    /// The variable that an exported file names for a password that is stored.
    static let passwordVariable = "SMTP_PASSWORD"

    /// The configuration as a file holds it.
    func parts(_ names: CentreNames) -> CentreParts {
        var parts = CentreParts()
        parts.centre = CentrePart(tenant)
        parts.smtp = smtp.map(SMTPPart.init)
        parts.teams = teams.map { TeamPart(name: $0.name) }
        parts.people = people.filter { !$0.person.needsReview }.map { PersonPart($0, names) }
        parts.services = services.map { ServicePart($0, contents[$0.id], names) }
        parts.fields = fields.values.filter { !$0.isRetired }.map(FieldPart.init)
        parts.forms = forms.compactMap { form in versions[form.id].map { FormPart(form, $0) } }
        parts.workflows = workflows.map { WorkflowPart($0, names) }
        parts.configurations = configurations.map { ConfigurationPart($0, names) }
        return parts.canonical
    }
}

extension CentreParts {
    /// The same with everything in its order that has no order of its own, and names without spaces around.
    var canonical: CentreParts {
        var parts = self
        if let centre {
            parts.centre = centre
            parts.centre?.name = centre.name.trimmed
        }
        parts.teams = teams.map { $0.map(\.canonical).sorted { $0.name.folded < $1.name.folded } }
        parts.people = people.map { $0.map(\.canonical).sorted { $0.login.folded < $1.login.folded } }
        parts.services = services.map { $0.map(\.canonical).sorted { $0.name.folded < $1.name.folded } }
        parts.fields = fields.map { $0.map(\.canonical).sorted { $0.key < $1.key } }
        parts.forms = forms.map { $0.map(\.canonical).sorted { $0.name.folded < $1.name.folded } }
        parts.workflows = workflows.map { $0.map(\.canonical).sorted { $0.name.folded < $1.name.folded } }
        parts.configurations = configurations.map { entries in
            entries.map(\.canonical).sorted {
                ($0.workflow.folded, $0.name.folded) < ($1.workflow.folded, $1.name.folded)
            }
        }
        return parts
    }
}

// MARK: Entries

extension CentrePart {
    init(_ tenant: Tenant) {
        self.init(
            name: tenant.name, language: tenant.language, timeZone: tenant.timeZone,
            oneSurveyPerInteraction: tenant.oneSurveyPerInteraction, minimumAnswers: tenant.minimumN,
            asking: Asking(
                withinHours: tenant.askWithinHours, onceInDays: tenant.askOnceInDays, perYear: tenant.askPerYear,
                sharePercent: tenant.askSharePercent))
    }
}

extension SMTPPart {
    init(_ settings: SMTPSettings) {
        self.init(
            senderName: settings.senderName, senderEmail: settings.senderEmail,
            bounceEmail: settings.bounceEmail, bounceLimit: settings.bounceLimit, host: settings.host,
            port: settings.port, secure: settings.secure,
            userName: settings.requiresAuthentication ? settings.userName : nil,
            passwordEnv: settings.password == nil ? nil : StoredCentre.passwordVariable,
            sizeLimitMegabytes: settings.sizeLimitMegabytes, unknownPolicy: settings.unknownPolicy,
            connections: settings.connections, messagesPerSecond: settings.messagesPerSecond)
    }
}

extension PersonPart {
    init(_ entry: PersonEntry, _ names: CentreNames) {
        let person = entry.person
        self.init(
            login: person.login, firstName: person.firstName, lastName: person.lastName, email: person.email,
            roles: Role.ofCentre.filter(person.roles.contains), team: person.team.flatMap { names.teams[$0] },
            supervisedTeams: entry.supervisedTeams.compactMap { names.teams[$0] }, language: person.language,
            timeZone: person.timeZone, isActive: person.isActive)
    }

    var canonical: PersonPart {
        var part = self
        part.login = login.trimmed
        part.firstName = firstName.trimmed
        part.lastName = lastName.trimmed
        part.email = email?.trimmed
        part.roles = Role.ofCentre.filter(roles.contains)
        part.supervisedTeams = Set(supervisedTeams).sorted { $0.folded < $1.folded }
        return part
    }
}

extension ServicePart {
    init(_ service: Service, _ content: ServiceContent?, _ names: CentreNames) {
        self.init(
            name: service.name, type: service.type, language: service.language,
            team: service.team.flatMap { names.teams[$0] }, isEnabled: service.isEnabled,
            usesDispositions: service.usesDispositions, requiresDisposition: service.requiresDisposition,
            folders: (content?.folders ?? []).map { folder in
                Folder(name: folder.name, dispositions: folder.dispositions.map(Entry.init))
            })
    }

    var canonical: ServicePart {
        var part = self
        part.name = name.trimmed
        part.folders = folders?.map { folder in
            Folder(
                name: folder.name.trimmed, was: folder.was,
                dispositions: folder.dispositions.map { entry in
                    var entry = entry
                    entry.name = entry.name.trimmed
                    entry.directions = DispositionFit.allCases.filter(entry.directions.contains)
                    return entry
                })
        }
        return part
    }
}

extension ServicePart.Entry {
    init(_ entry: ServiceContent.Entry) {
        self.init(
            name: entry.name, description: entry.description, code: entry.code, type: entry.type,
            systemType: entry.systemType, agentSelects: entry.agentSelects, doNotAsk: entry.doNotAsk,
            directions: DispositionFit.allCases.filter(entry.fits.contains))
    }
}

extension FieldPart {
    init(_ field: SurveyField) {
        self.init(
            key: field.key, name: field.name, kind: field.kind, minimum: field.minimum, maximum: field.maximum,
            satisfiedFrom: field.satisfiedFrom, promoterFrom: field.promoterFrom, detractorTo: field.detractorTo)
    }

    var canonical: FieldPart {
        var part = self
        part.name = name.trimmed
        return part
    }

    var draft: SurveyField.Draft {
        var draft = SurveyField.Draft(key: key, name: name, kind: kind, scale: 0...1)
        draft.minimum = minimum
        draft.maximum = maximum
        draft.satisfiedFrom = satisfiedFrom
        draft.promoterFrom = promoterFrom
        draft.detractorTo = detractorTo
        return draft
    }
}

extension FormPart {
    init(_ form: SurveyForm, _ content: SurveyContent) {
        self.init(
            name: form.name, validDays: form.validDays, editHours: form.editHours, isClosed: form.isClosed,
            css: content.css, image: content.image, languages: content.languages)
    }

    var canonical: FormPart {
        var part = self
        part.name = name.trimmed
        return part
    }

    var content: SurveyContent { SurveyContent(languages: languages, css: css, image: image) }

    var draft: NewForm { NewForm(name: name, content: content, validDays: validDays, editHours: editHours) }
}

extension WorkflowPart {
    init(_ workflow: WorkflowEntry, _ names: CentreNames) {
        let scenario = workflow.scenario?.replacingForms { text in
            FormID(text).flatMap { names.forms[$0] }.map(SurveyLinkName.encoded)
        }
        self.init(name: workflow.name, blocks: scenario?.blocks ?? [])
    }

    var canonical: WorkflowPart {
        var part = self
        part.name = name.trimmed
        return part
    }
}

extension ConfigurationPart {
    init(_ configuration: WorkflowConfiguration, _ names: CentreNames) {
        self.init(
            workflow: names.workflows[configuration.workflow] ?? "", name: configuration.name,
            service: names.services[configuration.service] ?? "", isEnabled: configuration.isEnabled,
            limits: configuration.limits, triggers: configuration.triggers.map { Starter($0, names) })
    }

    var canonical: ConfigurationPart {
        var part = self
        part.name = name.trimmed
        part.workflow = workflow.trimmed
        part.service = service.trimmed
        return part
    }
}

extension ConfigurationPart.Starter {
    init(_ trigger: Trigger, _ names: CentreNames) {
        self.init(event: trigger.event, withSystem: false)
        switch trigger {
        case .agentCompletes(let choice), .interactionEnds(let choice):
            if case .one(let id) = choice { disposition = names.dispositions[id] ?? id.description }
            withSystem = choice == .anyWithSystem
        case .averageSentiment(let given, let number):
            comparison = given == .below ? .below : .above
            threshold = number
        }
    }
}
