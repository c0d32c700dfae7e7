// SPDX-License-Identifier: Apache-2.0
// The demo centre after some days of work: something of everything that pages show, and more than one page of it.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import Storage
import TestSupport
import Testing

@testable import App

/// A centre whose pages are full, and the people who look at them.
struct LinksWorld {
    /// More than a page of records, messages and notices.
    private static let many = 55

    let app: TestApp
    let demo: Demo
    let table: RouteTable
    /// What people without an account hold in their hands: links of mails and of administrators.
    private(set) var publicAddresses: [String] = []
    /// Somebody to whom administrators may do anything: who is looked at first is whom the forms are about.
    private(set) var firstPerson = ""

    static func table(of app: TestApp) -> RouteTable {
        RouteTable(
            routes: app.otklik.router().routes.map {
                RouteAddress(method: $0.method.rawValue, path: "/" + $0.path.description.trimmingPrefix("/"))
            })
    }

    init(_ app: TestApp) async throws {
        self.app = app
        table = Self.table(of: app)
        let making = DemoMaking(installation: app.otklik.installation, rooms: app.rooms, assets: app.otklik.assets)
        demo = try #require(try await making.demo())
        for number in 0..<Self.many {
            try await complete(number, email: "customer\(number)@example.org")
            try await complete(1_000 + number, email: nil)
        }
        try await app.runDue()
        try await app.wait(seconds: 10)
        let tenant = try await tenant()
        let surveys = try await app.rooms.mailings.capturedMails(of: tenant).filter { $0.surveyLink != nil }
        let links = surveys.compactMap(\.surveyLink).map(local)
        try await answer(try #require(links.first))
        let unsubscribe = try #require(surveys.last?.text.firstMatch(of: /http:\/\/localhost\/u\/[0-9a-f.]+/)?.output)
        publicAddresses =
            links.prefix(2) + [local(String(unsubscribe)), "/login", "/demo/login", "/login/code", "/sign-in/dead"]
        publicAddresses += try await oneTimeLinks(of: tenant)
        try await makeOtherCentres()
        let (rooms, now, styled, workflow) = (app.rooms, app.now, try styledForm(), demo.workflows[1].id)
        try await app.database.write { tx in
            try rooms.mailings.hold(senderEmail: "", because: "535 5.7.8", of: tenant, in: tx, at: now)
            for name in ["gone", "never"] {
                guard let address = EmailAddress("\(name)@example.org") else { continue }
                try rooms.contacts.suppress(address, because: .manual, of: tenant, in: tx, at: now)
            }
            // A mailbox for returned mail can be taken away.
            let mailbox = ReturnMailbox(
                host: "127.0.0.1", port: 1, secure: .tls, userName: "bounces", password: "secret", folder: "INBOX")
            try ReturnMailboxStore(tx: tx, tenant: tenant, secret: app.otklik.installation.secret).save(
                mailbox, isAnother: true, at: now)
            // A logo can be removed.
            let logo = Picture(png: [1, 2, 3], width: 1, height: 1)
            try Settings.keep(logo, of: tenant, in: tx, by: nil, at: now)
            try rooms.accounts.setLogo(logo.sha256, of: tenant, in: tx)
            // A message that waits can be cancelled.
            if let address = EmailAddress("zimina@demo.example") {
                let waiting = StaffMailDue(
                    tenant: tenant, person: PersonID(raw: 1), recipient: address, subject: "Отчёт", text: "Отчёт",
                    language: "ru", windowEndsAt: now.adding(days: 1))
                try rooms.mailings.compose([waiting], in: tx, at: now)
            }
            let change = SurveyChange(by: nil, at: now)
            let form = try rooms.surveys.create(styled, of: tenant, in: tx, as: change)
            _ = try rooms.surveys.newVersion(
                of: form, content: styled.content, revision: nil, tenant: tenant, in: tx, as: change)
            try Self.addForms(like: styled, rooms.surveys, of: tenant, in: tx, as: change)
            let chat = try tx.one(
                "SELECT id FROM workflow_configuration WHERE workflow_id = \(Int64(workflow) ?? 0)")
            try rooms.workflows.setEnabled(false, try #require(chat).get("id"), of: tenant, in: tx, at: now)
            try Self.addFields(rooms.surveys, of: tenant, in: tx, at: now)
            try Self.addPeople(rooms.accounts, of: tenant, in: tx, at: now)
        }
        firstPerson = try await app.database.read { tx in
            "/settings/people/\(try rooms.accounts.somebody("zimina", of: tenant, in: tx).id)"
        }
    }

    /// A form that takes no answers any more, and one that can be taken up again.
    private static func addForms(
        like form: NewForm, _ surveys: Surveys, of tenant: TenantID, in tx: any Transaction, as change: SurveyChange
    ) throws {
        for name in ["А-закрытая", "Б-старая"] {
            var draft = form
            draft.name = name
            let made = try surveys.create(draft, of: tenant, in: tx, as: change)
            if name == "А-закрытая" {
                try surveys.close(made, isClosed: true, of: tenant, in: tx, as: change)
            } else {
                try surveys.archive([made], of: tenant, in: tx, as: change)
            }
        }
    }

    /// A field that can be deleted, and one that can be taken up again.
    private static func addFields(
        _ surveys: Surveys, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        for key in ["tone", "pace"] {
            var draft = SurveyField.Draft(key: key, name: key, kind: .average, scale: 1...5)
            draft.satisfiedFrom = 4
            let field = try surveys.add(draft, of: tenant, in: tx)
            if key == "pace" { try surveys.retire([field], of: tenant, in: tx, at: now) }
        }
    }

    /// People and a team to whom anything may be done: somebody who has left, somebody who stays, a team put away.
    private static func addPeople(
        _ accounts: Accounts, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        for login in ["yakovleva", "zimina"] {
            var new = NewPerson(login: login)
            new.roles = [.agent]
            new.email = login + "@demo.example"
            _ = try accounts.addPerson(new, of: tenant, in: tx, at: now)
        }
        let stays = try accounts.somebody("zimina", of: tenant, in: tx)
        _ = try accounts.beginSession(of: stays, from: RequestOrigin(address: "203.0.113.7"), in: tx, at: now)
        try turnOnSecondFactor(
            of: [stays, try accounts.somebody("ivanov", of: tenant, in: tx)], accounts, in: tx, at: now)
        let left = try accounts.somebody("yakovleva", of: tenant, in: tx)
        try accounts.setActive(false, left, in: tx, at: now)
        let team = try accounts.addTeam("Старая", of: tenant, by: .commandLine, in: tx, at: now)
        try accounts.setArchived(true, team, of: tenant, by: .commandLine, in: tx, at: now)
    }

    /// What the provider's pages lead to: a centre whose administrator has no password yet, and an archived one.
    private func makeOtherCentres() async throws {
        var administrator = NewPerson(login: "chief")
        administrator.roles = [.administrator]
        _ = try await app.otklik.createTenant(NewTenant(key: "new", name: "Новый"), administrator: administrator)
        _ = try await app.otklik.createTenant(NewTenant(key: "old", name: "Старый"), administrator: nil)
        _ = try await app.otklik.setArchived(true, tenant: "old")
    }

    /// A form with a style sheet of its own.
    private func styledForm() throws -> NewForm {
        let text = try #require(app.otklik.assets.text(DemoTexts.stories[1].formFile))
        var content: SurveyContent = try fromJSON(text)
        content.css = "h1 { color: navy }"
        return NewForm(name: "С оформлением", content: content)
    }

    /// One of each role, and somebody without an account, in a language.
    func visitors(_ language: String) async throws -> [Visitor] {
        // Somebody between the password and the second factor is nobody yet.
        let stranger = Browser(app)
        let between = try #require(demo.people.first { $0.login == "ivanov" })
        try await stranger.post("/demo/login", ["login": between.login, "password": between.password])
        var visitors = [Visitor("nobody", stranger, language: language, table: table)]
        for role in Role.allCases {
            let person = try #require(demo.people.first { $0.role == role.rawValue })
            let browser = Browser(app)
            let answer = try await browser.post("/demo/login", ["login": person.login, "password": person.password])
            #expect(answer.status == .seeOther)
            // On another device, too.
            try await Browser(app).post("/demo/login", ["login": person.login, "password": person.password])
            try await browser.get("/account")
            try await browser.post("/language", ["language": language, "back": "/"])
            visitors.append(Visitor(person.role, browser, language: language, table: table))
        }
        return visitors
    }

    /// Second factors in every state: the supervisor has begun with one, the agent has one.
    func giveSecondFactors() async throws {
        let (accounts, now, tenant) = (app.rooms.accounts, app.now, try await tenant())
        let logins = [Role.supervisor, .agent].compactMap { role in
            demo.people.first { $0.role == role.rawValue }?.login
        }
        try await app.database.write { tx in
            let people = try logins.map { try accounts.somebody($0, of: tenant, in: tx) }
            try accounts.beginSecondFactor(of: people[0].id, tenant, in: tx, at: now)
            try Self.turnOnSecondFactor(of: [people[1]], accounts, in: tx, at: now)
        }
    }

    private static func turnOnSecondFactor(
        of people: [Person], _ accounts: Accounts, in tx: any Transaction, at now: Moment
    ) throws {
        for person in people {
            try accounts.beginSecondFactor(of: person.id, person.tenant, in: tx, at: now)
            guard case .beginning(let key) = try accounts.secondFactor(of: person.id, person.tenant, in: tx),
                let code = TOTP(base32: key)?.code(at: TOTP.step(at: now))
            else { continue }
            _ = try accounts.confirmSecondFactor(code, of: person.id, person.tenant, in: tx, at: now)
        }
    }

    private func tenant() async throws -> TenantID {
        let (accounts, key) = (app.rooms.accounts, demo.tenant)
        return try #require(try await app.database.read { try accounts.tenant(key: key, in: $0)?.id })
    }

    private func local(_ address: String) -> String {
        String(address.trimmingPrefix(app.otklik.installation.baseURL))
    }

    private func complete(_ number: Int, email: String?) async throws {
        let story = DemoTexts.stories[0]
        var customer: [String: JSON] = ["name": .string("Пётр Иванов"), "language": .string("ru")]
        if let email { customer["email"] = .string(email) }
        let body: JSON = .object([
            "externalId": .string("call-\(number)"), "service": .string(story.service), "channel": .string("voice"),
            "direction": .string("inbound"), "agent": .string(DemoTexts.agent),
            "disposition": .string(story.disposition ?? ""), "customer": .object(customer),
        ])
        let answer = try await app.request(
            .post, "/api/v1/completions",
            headers: [.authorization: "Bearer \(demo.apiKey)", .contentType: "application/json"], body: body.text)
        try #require(answer.status == .created, "\(answer.body)")
    }

    /// A customer's whole answer.
    private func answer(_ link: String) async throws {
        let browser = Browser(app)
        try await browser.get(link, language: "ru")
        app.clock.advance(seconds: 30)
        let fields = ["nonce": browser.hidden("nonce") ?? "", "q_fcr": "0", "q_csat": "5", "q_nps": "10"]
        let answer = try await browser.post(link, fields, sendsToken: false)
        try #require(answer.status == .ok)
        // Somebody to whom the mail was forwarded answers, too: it is put aside.
        let other = fields.merging(["q_fcr": "1", "q_notes": "Нет"]) { $1 }
        try #require(try await browser.post(link, other, sendsToken: false).status == .conflict)
        try await app.runDue()
    }

    /// A link of each purpose, each for somebody of their own.
    private func oneTimeLinks(of tenant: TenantID) async throws -> [String] {
        let (accounts, now, people) = (app.rooms.accounts, app.now, demo.people.suffix(3))
        let purposes: [SignInLink.Purpose] = [.setup, .signIn, .reset]
        let links = try await app.database.write { tx in
            try zip(people, purposes).compactMap { person, purpose in
                try accounts.person(byLogin: person.login, of: tenant, in: tx).map {
                    try accounts.makeLink(for: $0.id, of: tenant, purpose: purpose, hours: 24, in: tx, at: now)
                }
            }
        }
        return links.map(local)
    }
}
