// SPDX-License-Identifier: Apache-2.0
// A centre with one of everything that an address can name, its own words marked so that they are found anywhere else.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

/// One of two centres that must not see each other.
struct WalkCentre {
    let key: String
    /// Stands in every text of the centre but its name and key, which the provider may see.
    let mark: String
    let tenant: TenantID
    /// Somebody of each role, and an administrator who has not chosen a password.
    let people: [Role: PersonID]
    let newcomer: PersonID
    let team: TeamID
    let apiKey: CreatedAPIKey
    /// May report interactions and nothing else.
    let narrowKey: String
    let service: ServiceID
    let form: FormID
    let version: FormVersionID
    /// A field of the centre's own, with answers.
    let field: SurveyFieldID
    let configuration: ConfigurationID
    let interaction: InteractionID
    let run: RunID
    let message: MessageID
    let notice: InternalMessageID
    /// What the customer has answered, the mark in it.
    let submission: SubmissionID
    let surveyPath: String
    let unsubscribePath: String

    /// Every centre has it: a picture's address says nothing of whose it is.
    static let picture = Picture(png: [1, 2, 3], width: 1, height: 1)

    var externalID: String { mark + "-call" }

    static func make(_ app: TestApp, key: String) async throws -> WalkCentre {
        let mark = "Mark-" + key
        let draft = try await Draft.make(app, key: key, mark: mark)
        try await complete(app, mark: mark, key: draft.key.secret)
        try await app.runDue()
        try await app.wait(seconds: 10)
        let tenant = draft.tenant
        let rows = try await app.database.query(
            """
            SELECT m.id, m.run_id, m.interaction_id, m.invitation_id FROM message m
            WHERE m.tenant_id = \(tenant) AND m.invitation_id IS NOT NULL
            """)
        let row = try #require(rows.first, "The customer was asked.")
        let (message, run): (MessageID, RunID) = (try row.get("id"), try row.get("run_id"))
        let invitation: InvitationID = try row.get("invitation_id")
        let notice = InternalMessageDraft(
            title: mark + " notice", body: mark, recipients: Array(draft.people.values), run: run,
            workflow: draft.workflow, block: "told")
        let (inbox, now, agent) = (app.rooms.inbox, app.now, try #require(draft.people[.agent]))
        let told = try await app.database.write { tx in
            try inbox.deliver([notice], of: tenant, in: tx, at: now)
            return try tx.one("SELECT id FROM internal_message WHERE tenant_id = \(tenant) AND person_id = \(agent)")
        }
        let surveys = app.rooms.surveys
        let version = try #require(try await surveys.form(draft.form, of: tenant)).version
        let token = UnsubscribeToken(tenant: tenant, message: message)
        let local = app.rooms.invitations.surveyLink(invitation).replacing(app.otklik.installation.baseURL, with: "")
        let submission = try await answer(app, local, mark: mark)
        return WalkCentre(
            key: key, mark: mark, tenant: tenant, people: draft.people, newcomer: draft.newcomer, team: draft.team,
            apiKey: draft.key,
            narrowKey: draft.narrowKey, service: draft.service, form: draft.form, version: version,
            field: draft.field, configuration: draft.configuration, interaction: try row.get("interaction_id"),
            run: run,
            message: message, notice: try #require(told).get("id"), submission: submission, surveyPath: local,
            unsubscribePath: "/u/" + token.text(secret: app.otklik.installation.secret))
    }

    private static func answer(_ app: TestApp, _ path: String, mark: String) async throws -> SubmissionID {
        let page = try await app.request(.get, path).body
        let nonce = try #require(page.firstMatch(of: #/name="nonce" value="([^"]+)"/#)).output.1
        app.clock.advance(seconds: 30)
        let answer = try await app.request(
            .post, path, headers: [.contentType: "application/x-www-form-urlencoded"],
            body: "nonce=\(nonce)&q_fcr=0&q_notes=\(mark)+notes")
        try #require(answer.status == .ok, "\(answer.body)")
        let rows = try await app.database.query("SELECT MAX(id) FROM submission")
        return try #require(rows.first).at(0)
    }

    private static func complete(_ app: TestApp, mark: String, key: String) async throws {
        let body: JSON = .object([
            "externalId": .string(mark + "-call"), "service": .string(mark + " service"), "channel": .string("voice"),
            "direction": .string("inbound"), "agent": .string("agent"), "note": .string(mark + " note"),
            "disposition": .string(DemoTexts.stories[0].disposition ?? ""),
            "customer": .object([
                "name": .string(mark + " customer"), "email": .string("\(mark.lowercased())@example.org"),
                "language": .string("ru"),
            ]),
        ])
        let answer = try await app.request(
            .post, "/api/v1/completions",
            headers: [.authorization: "Bearer \(key)", .contentType: "application/json"], body: body.text)
        try #require(answer.status == .created, "\(answer.body)")
    }

    /// A browser in which somebody of the centre is signed in; nobody for nil.
    func browser(_ app: TestApp, as role: Role?) async throws -> Browser {
        let browser = Browser(app)
        guard let role, let person = people[role] else { return browser }
        let path = try await link(app, for: person, .signIn)
        try await browser.post(path, [:])
        try await browser.get("/account")
        return browser
    }

    /// The address of a one-time link.
    func link(_ app: TestApp, for person: PersonID, _ purpose: SignInLink.Purpose) async throws -> String {
        let (accounts, tenant, now) = (app.rooms.accounts, tenant, app.now)
        let link = try await app.database.write { tx in
            try accounts.makeLink(for: person, of: tenant, purpose: purpose, hours: 1, in: tx, at: now)
        }
        return link.replacing(app.otklik.installation.baseURL, with: "")
    }

    /// Tables of centres; sessions and links are left out, since signing in is no change of the centre's.
    private static let tables: [SQL] = [
        "SELECT * FROM answer",
        "SELECT * FROM api_key",
        "SELECT * FROM audit",
        "SELECT * FROM contact",
        "SELECT * FROM contact_email",
        "SELECT * FROM contact_phone",
        "SELECT * FROM customer_case",
        "SELECT * FROM disposition",
        "SELECT * FROM disposition_folder",
        "SELECT * FROM inbox_copy",
        "SELECT * FROM inbox_uncopied",
        "SELECT * FROM interaction",
        "SELECT * FROM interaction_part",
        "SELECT * FROM internal_message",
        "SELECT * FROM invitation",
        "SELECT * FROM invitation_recipient",
        "SELECT * FROM link",
        "SELECT * FROM message",
        "SELECT * FROM message_content",
        "SELECT * FROM person",
        "SELECT * FROM person_role",
        "SELECT * FROM picture",
        "SELECT * FROM run",
        "SELECT * FROM run_step",
        "SELECT * FROM service",
        "SELECT * FROM smtp_hold",
        "SELECT * FROM smtp_settings",
        "SELECT * FROM statistic_cell",
        "SELECT * FROM statistic_delta",
        "SELECT * FROM statistic_pause",
        "SELECT * FROM submission",
        "SELECT * FROM supervised_team",
        "SELECT * FROM suppression",
        "SELECT * FROM survey_field",
        "SELECT * FROM survey_field_series",
        "SELECT * FROM survey_form",
        "SELECT * FROM survey_version",
        "SELECT * FROM team",
        "SELECT * FROM workflow",
        "SELECT * FROM workflow_configuration",
        "SELECT * FROM workflow_trigger",
        "SELECT * FROM workflow_version",
    ]

    /// Everything that is stored of the centre, as text: two of them are equal when nothing has changed.
    func contents(_ app: TestApp) async throws -> [String] {
        var contents: [String] = []
        for (number, table) in Self.tables.enumerated() {
            for row in try await app.database.query(table) where try row.get("tenant_id") == tenant {
                contents.append("\(number) \(row.values)")
            }
        }
        return contents.sorted()
    }
}

/// What is made before the first interaction.
private struct Draft {
    let tenant: TenantID
    let people: [Role: PersonID]
    let newcomer: PersonID
    let team: TeamID
    let key: CreatedAPIKey
    let narrowKey: String
    let service: ServiceID
    let form: FormID
    let field: SurveyFieldID
    let workflow: WorkflowID
    let configuration: ConfigurationID

    /// A field of the centre's own that has answers.
    private static func makeField(
        _ surveys: Surveys, of tenant: TenantID, mark: String, in tx: any Transaction, at now: Moment
    ) throws -> SurveyFieldID {
        var draft = SurveyField.Draft(key: "tone", name: mark + " tone", kind: .average, scale: 1...5)
        draft.satisfiedFrom = 4
        let field = try surveys.add(draft, of: tenant, in: tx).id
        try surveys.markAnswered([field], of: tenant, in: tx, at: now)
        return field
    }

    static func make(_ app: TestApp, key: String, mark: String) async throws -> Draft {
        let (rooms, assets, now) = (app.rooms, app.otklik.assets, app.now)
        return try await app.database.write { tx in
            var new = NewTenant(key: key, name: "Centre \(key)")
            new.kind = .demo
            new.surveysEnabled = true
            let tenant = try rooms.accounts.createTenant(new, in: tx, at: now)
            try rooms.surveys.welcome(tenant, language: "ru", in: tx)
            try rooms.settings.save(
                .initial(senderName: mark + " sender", senderEmail: "survey@\(key).example"), of: tenant, in: tx,
                at: now)
            let team = try rooms.accounts.findOrMakeTeam(mark + " team", of: tenant, in: tx)
            var people: [Role: PersonID] = [:]
            for role in Role.allCases {
                var person = NewPerson(login: role.rawValue)
                person.firstName = mark + " " + role.rawValue
                person.roles = [role]
                person.team = team
                person.supervisedTeams = role == .supervisor ? [team] : []
                people[role] = try rooms.accounts.createPerson(
                    person, passwordHash: "chosen", of: tenant, in: tx, at: now)
            }
            var newcomer = NewPerson(login: "newcomer")
            newcomer.roles = [.administrator]
            let pending = try rooms.accounts.createPerson(newcomer, passwordHash: nil, of: tenant, in: tx, at: now)
            var narrow = NewAPIKey(name: mark + " narrow")
            narrow.scopes = [.interactionsWrite]
            let narrowKey = try rooms.accounts.createAPIKey(narrow, of: tenant, in: tx, at: now).secret
            let key = try rooms.accounts.createAPIKey(NewAPIKey(name: mark + " key"), of: tenant, in: tx, at: now)
            var service = NewService(name: mark + " service", type: .inbound)
            service.team = team
            let serviceID = try rooms.services.create(service, language: "ru", for: tenant, in: tx).id
            let content: SurveyContent = try fromJSON(try #require(assets.text(DemoTexts.stories[0].formFile)))
            try Settings.keep(WalkCentre.picture, of: tenant, in: tx, by: nil, at: now)
            let form = try rooms.surveys.create(
                NewForm(name: mark + " form", content: content), of: tenant, in: tx,
                as: SurveyChange(by: nil, at: now))
            let field = try makeField(rooms.surveys, of: tenant, mark: mark, in: tx, at: now)
            let scenario = try #require(assets.text(DemoTexts.stories[0].scenarioFile))
            let workflow = try rooms.workflows.create(
                name: mark + " workflow",
                scenario: try fromJSON(scenario.replacing("{form}", with: form.description)), of: tenant, by: nil,
                in: tx, at: now)
            let configuration = try rooms.workflows.addConfiguration(
                NewConfiguration(
                    workflow: workflow, service: serviceID, name: mark + " configuration",
                    triggers: [.agentCompletes(.any)]),
                of: tenant, in: tx, at: now)
            return Draft(
                tenant: tenant, people: people, newcomer: pending, team: team, key: key, narrowKey: narrowKey,
                service: serviceID, form: form, field: field, workflow: workflow, configuration: configuration)
        }
    }
}
