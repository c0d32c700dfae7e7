// SPDX-License-Identifier: Apache-2.0
// How the demo centre is made, through the rooms' own functions.
import Foundation
import Markup
import Storage

/// Makes the demo centre.
struct DemoMaking: Sendable {
    let installation: Installation
    let rooms: Rooms
    let assets: AssetTree

    /// A password and its hash.
    private struct Password: Sendable {
        let text: String
        let hash: String
    }

    /// The demo centre, made when it is not there. Nil when it was made by a node with another data folder: only that
    /// one knows its passwords.
    func demo() async throws -> Demo? {
        if let demo = try Demo.read(in: installation.dataFolder) { return demo }
        var passwords: [String: Password] = [:]
        for person in DemoTexts.people {
            let text = Token().text
            passwords[person.login] = Password(text: text, hash: try await rooms.accounts.hashPassword(text))
        }
        let now = installation.clock.now()
        let known = passwords
        let demo = try await installation.database.write { tx -> Demo? in
            guard try rooms.accounts.tenant(key: DemoTexts.key, in: tx) == nil else { return nil }
            return try make(known, in: tx, at: now)
        }
        try demo?.write(in: installation.dataFolder)
        return demo
    }

    private func make(_ passwords: [String: Password], in tx: any Transaction, at now: Moment) throws -> Demo {
        let tenant = try makeTenant(in: tx, at: now)
        try makePeople(passwords, of: tenant, in: tx, at: now)
        var services: [Demo.Named] = []
        var forms: [Demo.Named] = []
        var workflows: [Demo.Named] = []
        for story in DemoTexts.stories {
            let made = try make(story, of: tenant, in: tx, at: now)
            services.append(Demo.Named(id: made.service.description, name: story.service))
            forms.append(Demo.Named(id: made.form.description, name: story.form))
            workflows.append(Demo.Named(id: made.workflow.description, name: story.workflow))
        }
        let key = try rooms.accounts.createAPIKey(NewAPIKey(name: DemoTexts.key), of: tenant, in: tx, at: now)
        return Demo(
            baseURL: installation.baseURL, tenant: DemoTexts.key, apiKey: key.secret,
            people: DemoTexts.people.map { person in
                Demo.Somebody(
                    login: person.login, password: passwords[person.login]?.text ?? "", role: person.role.rawValue,
                    name: person.firstName + " " + person.lastName)
            },
            services: services, forms: forms, workflows: workflows)
    }

    private func makeTenant(in tx: any Transaction, at now: Moment) throws -> TenantID {
        var new = NewTenant(key: DemoTexts.key, name: DemoTexts.name)
        new.kind = .demo
        new.surveysEnabled = true
        let tenant = try rooms.accounts.createTenant(new, in: tx, at: now)
        try rooms.surveys.welcome(tenant, language: new.language, in: tx)
        let sender = DemoTexts.sender
        try rooms.settings.save(
            .initial(senderName: sender.name, senderEmail: sender.email), of: tenant, in: tx, at: now)
        return tenant
    }

    private func makePeople(
        _ passwords: [String: Password], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        var teams: [String: TeamID] = [:]
        for name in [DemoTexts.sales, DemoTexts.support] {
            teams[name] = try rooms.accounts.findOrMakeTeam(name, of: tenant, in: tx)
        }
        for person in DemoTexts.people {
            var new = NewPerson(login: person.login)
            new.firstName = person.firstName
            new.lastName = person.lastName
            new.email = person.login + "@demo.example"
            new.roles = [person.role]
            new.team = person.team.flatMap { teams[$0] }
            if person.role == .supervisor { new.supervisedTeams = Set(teams.values) }
            _ = try rooms.accounts.createPerson(
                new, passwordHash: passwords[person.login]?.hash, of: tenant, in: tx, at: now)
        }
    }

    private func make(
        _ story: DemoTexts.Story, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> (service: ServiceID, form: FormID, workflow: WorkflowID) {
        var new = NewService(name: story.service, type: story.type)
        new.team = try rooms.accounts.findOrMakeTeam(story.team, of: tenant, in: tx)
        let service = try rooms.services.create(new, language: "ru", for: tenant, in: tx)
        let form = try rooms.surveys.create(
            NewForm(name: story.form, content: try fromJSON(text(story.formFile))), of: tenant, in: tx,
            as: SurveyChange(by: nil, at: now))
        let scenario = try text(story.scenarioFile).replacing("{form}", with: form.description)
        let workflow = try rooms.workflows.create(
            name: story.workflow, scenario: try fromJSON(scenario), of: tenant, by: nil, in: tx, at: now)
        let dispositions = try rooms.services.dispositions(of: service.id, tenant: tenant, in: tx)
        let chosen = dispositions.first { $0.name == story.disposition }
        let trigger = chosen.map { Trigger.agentCompletes(.one($0.id)) } ?? .interactionEnds(.any)
        _ = try rooms.workflows.addConfiguration(
            NewConfiguration(workflow: workflow, service: service.id, name: story.configuration, triggers: [trigger]),
            of: tenant, in: tx, at: now)
        return (service.id, form, workflow)
    }

    private func text(_ path: String) throws -> String {
        guard let text = assets.text(path) else { throw ConfigurationError(description: "\(path) is missing.") }
        return text
    }
}
