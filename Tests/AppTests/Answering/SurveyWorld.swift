// SPDX-License-Identifier: Apache-2.0
// One centre, one form with all ten kinds of blocks, and customers who were asked.
import Durable
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

/// What a customer of the tests has in hand.
struct Customer: Sendable {
    let invitation: InvitationID
    let path: String
}

/// A page as a browser keeps it: where it was, and the nonce in it.
struct OpenedPage: Sendable {
    let path: String
    let nonce: String
}

/// The product with a centre that asks.
struct SurveyWorld: Sendable {
    let app: TestApp
    let tenant: TenantID
    let form: FormID

    var surveys: Surveys { app.rooms.surveys }

    static func run(
        on engine: Dialect, content: SurveyContent = SurveyWorld.content(), editHours: Int = 0,
        _ body: (SurveyWorld) async throws -> Void
    ) async throws {
        try await TestApp.run(on: engine, leaving: [Statistics.folding.name]) { app in
            let rooms = app.rooms
            let now = app.now
            let (tenant, form) = try await app.database.write { tx in
                var new = NewTenant(key: "romashka", name: "Ромашка")
                new.surveysEnabled = true
                let tenant = try rooms.accounts.createTenant(new, in: tx, at: now)
                try rooms.surveys.welcome(tenant, language: "ru", in: tx)
                let draft = NewForm(name: "Качество", content: content, editHours: editHours)
                let change = SurveyChange(by: nil, at: now)
                return (tenant, try rooms.surveys.create(draft, of: tenant, in: tx, as: change))
            }
            try await body(SurveyWorld(app: app, tenant: tenant, form: form))
        }
    }

    /// A customer who has got the link just now.
    func customer(
        _ number: Int64 = 1, language: String? = "ru", isTest: Bool = false, team: TeamID? = nil
    ) async throws -> Customer {
        let rooms = app.rooms
        let now = app.now
        let address = try #require(EmailAddress("anna\(number)@example.com"))
        let wish = InvitationWish(
            interaction: InteractionID(raw: number), form: form, run: RunID(raw: number), runBegan: now,
            configuration: ConfigurationID(raw: 1), contact: nil, addresses: [address], language: language,
            belonging: Belonging(
                agent: PersonID(raw: 5), team: team, service: ServiceID(raw: 6), disposition: nil, channel: .voice,
                completedOn: LocalDay(number: 20_260_302)),
            limits: AskingLimits(), isTest: isTest)
        let answers = try await app.database.write { [tenant] tx in
            let answers = try rooms.invitations.invite([wish], of: tenant, in: tx, at: now).map(\.answer)
            if case .made(let id) = answers.first {
                try rooms.invitations.move(id, of: tenant, to: .sent, in: tx, at: now)
            }
            return answers
        }
        guard case .made(let id) = answers.first else {
            throw Refusal(.invalid, code: "not_asked", key: "\(answers)")
        }
        let path = rooms.invitations.surveyLink(id).replacing("http://localhost", with: "")
        return Customer(invitation: id, path: path)
    }

    /// A browser in which somebody of the centre is signed in.
    func browser(as role: Role, teams: Set<TeamID> = []) async throws -> Browser {
        let (accounts, tenant, now) = (app.rooms.accounts, tenant, app.now)
        let link = try await app.database.write { tx in
            var new = NewPerson(login: "\(role.rawValue)\(teams.count)")
            new.roles = [role]
            new.language = "ru"
            new.supervisedTeams = teams
            let person = try accounts.createPerson(new, passwordHash: "chosen", of: tenant, in: tx, at: now)
            return try accounts.makeLink(for: person, of: tenant, purpose: .signIn, hours: 1, in: tx, at: now)
        }
        let browser = Browser(app)
        try await browser.post(link.replacing(app.otklik.installation.baseURL, with: ""), [:])
        try await browser.get("/account")
        return browser
    }

    // MARK: Browsing

    func get(_ path: String) async throws -> TestResponse { try await app.request(.get, path) }

    func open(_ customer: Customer, query: String = "") async throws -> OpenedPage {
        let page = try await get(customer.path + query)
        #expect(page.status == .ok)
        return try opened(page, at: customer.path + query)
    }

    /// The page that a response holds.
    func opened(_ response: TestResponse, at path: String) throws -> OpenedPage {
        let match = try #require(response.body.firstMatch(of: #/name="nonce" value="([^"]+)"/#))
        return OpenedPage(path: path, nonce: String(match.1))
    }

    func submit(_ page: OpenedPage, _ entries: [(String, String)]) async throws -> TestResponse {
        try await post(page.path, [("nonce", page.nonce)] + entries)
    }

    func post(_ path: String, _ entries: [(String, String)]) async throws -> TestResponse {
        let body = entries.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        return try await send(path, body)
    }

    func send(_ path: String, _ body: String) async throws -> TestResponse {
        try await app.request(
            .post, path, headers: [.contentType: "application/x-www-form-urlencoded"], body: body)
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// Opens the page, waits, and submits.
    func answer(_ customer: Customer, _ entries: [(String, String)] = SurveyWorld.good) async throws -> TestResponse {
        let page = try await open(customer)
        app.clock.advance(seconds: 30)
        return try await submit(page, entries)
    }

    // MARK: What is stored

    /// States of submissions in the order in which they came, with the reason of a quarantined one.
    func submissions() async throws -> [String] {
        try await app.database.query("SELECT state, reason FROM submission ORDER BY id").map { row in
            let reason: String? = try row.at(1)
            return try row.at(0, as: String.self) + (reason.map { " " + $0 } ?? "")
        }
    }

    /// Answers of the counted submission: block → number and content.
    func answers() async throws -> [String: String] {
        let rows = try await app.database.query(
            """
            SELECT a.block, a.number, a.is_not_applicable, a.content, a.field_id FROM answer a
            JOIN submission s ON s.tenant_id = a.tenant_id AND s.id = a.submission_id WHERE s.state = 'counted'
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let number: Double? = try row.at(1)
                let isNotApplicable: Bool = try row.at(2)
                let shown = isNotApplicable ? "N/A" : number.map(plainNumber) ?? "-"
                let field: Int64? = try row.at(4)
                return (try row.at(0), "\(shown) \(try row.at(3, as: String.self))\(field == nil ? "" : " field")")
            })
    }

    func invitation(_ customer: Customer) async throws -> Invitation {
        let invitations = app.rooms.invitations
        let found = try await app.database.write { [tenant] tx in
            try invitations.find(customer.invitation, of: tenant, in: tx)
        }
        return try #require(found)
    }

    func count(_ sql: SQL) async throws -> Int { try await app.database.query(sql).first?.at(0) ?? -1 }

    // MARK: The form

    /// Answers to what is required.
    static let good: [(String, String)] = [("q_fcr", "0"), ("q_nps", "9")]

    static func options(_ texts: String...) -> [BlockOption] {
        texts.enumerated().map { place, text in
            BlockOption(text: text, value: text == "Н/Д" || text == "N/A" ? nil : Double(texts.count - 1 - place))
        }
    }

    /// Each of the ten kinds, required where `good` answers.
    static func blocks(isRussian: Bool) -> [SurveyBlock] {
        let yesNo = isRussian ? options("Да", "Нет") : options("Yes", "No")
        var percent = SurveyBlock.slider(key: "percent", text: "Сколько процентов?", scale: 0...100)
        percent.step = 5
        return [
            SurveyBlock(key: "intro", kind: .text, text: "Здравствуйте!\n\nОцените <нас>."),
            SurveyBlock(
                key: "fcr", kind: .radioHorizontal, text: isRussian ? "Решили вопрос?" : "Was it solved?",
                isRequired: true, field: "fcr", options: yesNo),
            .slider(key: "csat", text: "Довольны ли вы?", scale: 1...5, field: "csat"),
            .slider(key: "nps", text: "Порекомендуете?", scale: 0...10, isRequired: true, field: "nps"),
            percent,
            SurveyBlock(key: "topics", kind: .checkbox, text: "О чём?", options: options("Цена", "Срок", "Н/Д")),
            SurveyBlock(key: "channel", kind: .radio, text: "Как связались?", options: options("Звонок", "Чат")),
            SurveyBlock(key: "city", kind: .dropdown, text: "Город?", options: options("Москва", "Томск")),
            SurveyBlock(key: "polite", kind: .yesNo, text: "Вежливо?", options: options("Да", "Нет")),
            SurveyBlock(key: "again", kind: .yesNoNA, text: "Звонили ещё?", options: options("Да", "Нет", "Н/Д")),
            SurveyBlock(key: "why", kind: .notes, text: "Почему?"),
            SurveyBlock(key: "bye", kind: .thanks, text: isRussian ? "Спасибо за отзыв!" : "Thanks a lot!"),
        ]
    }

    static func content(css: String = "") -> SurveyContent {
        SurveyContent(
            languages: [
                FormLanguage(language: "ru", title: "Качество обслуживания", blocks: blocks(isRussian: true)),
                FormLanguage(language: "en", title: "Quality of service", blocks: blocks(isRussian: false)),
            ], css: css)
    }
}
