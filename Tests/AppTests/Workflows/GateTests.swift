// SPDX-License-Identifier: Apache-2.0
// Every gate says no when it should, when the invitation is made and again when the mail leaves.
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct GateTests {
    /// What is changed before an interaction is considered, and the reason that the run ends with.
    struct Case: Sendable, CustomTestStringConvertible {
        let reason: String
        let change: SQL
        var testDescription: String { reason }
    }

    private static let tenant = CallCentre.tenant
    private static let cases: [Case] = [
        Case(reason: "surveys_off", change: "UPDATE tenant SET surveys_enabled = 0"),
        Case(reason: "surveys_off", change: "UPDATE tenant SET archived_at = 1"),
        Case(reason: "form_closed", change: "UPDATE survey_form SET closed_at = 1 WHERE id = 100"),
        Case(reason: "form_closed", change: "UPDATE survey_form SET archived_at = 1 WHERE id = 100"),
        Case(
            reason: "suppressed",
            change: """
                INSERT INTO suppression (tenant_id, address_folded, reason, created_at)
                VALUES (\(tenant), 'ivan@example.com', 'manual', 1)
                """),
        Case(
            reason: "person_of_tenant",
            change: "UPDATE person SET email_folded = 'ivan@example.com' WHERE login = 'admin'"),
        // What was asked already may go on: these two are not asked again.
        Case(reason: "storage_full", change: "UPDATE tenant SET storage_megabytes = 10, stored_bytes = 10000000"),
        Case(reason: "not_in_share:0", change: "UPDATE tenant SET ask_share_percent = 0"),
    ]

    @Test(arguments: engines, cases) func `a gate's no ends the run as not asked`(
        _ engine: Dialect, _ given: Case
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail", notSent: [.tell("tell")])])
            try await centre.change(given.change)
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            let story = try await centre.story(run)
            #expect(story.state == .notAsked)
            #expect(story.reason == given.reason)
            #expect(centre.heard.messages.isEmpty)
            #expect(try await centre.inbox.unread(of: CallCentre.agent, of: Self.tenant) == 0)
        }
    }

    @Test(arguments: engines, cases.dropLast(2)) func `the gates are asked again when the mail leaves`(
        _ engine: Dialect, _ given: Case
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            let invitation = try #require(centre.heard.messages.first?.invitation)
            #expect(try await centre.gates(run, invitation) == nil)
            try await centre.change(given.change)
            #expect(try await centre.gates(run, invitation) == given.reason)
        }
    }

    @Test(arguments: engines) func `a disabled configuration stops its waiting runs`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            let made = try await centre.workflow([.wait("wait", 5), .mail("mail")])
            let run = try #require(try await centre.complete(1).first?.run)
            try await centre.runDue()
            let now = centre.clock.now
            try await centre.database.write {
                try centre.workflows.setEnabled(false, made.configuration, of: Self.tenant, in: $0, at: now)
            }
            try await centre.wait(seconds: 5)
            #expect(try await centre.story(run).reason == "configuration_disabled")
            #expect(try await centre.complete(2).isEmpty)
        }
    }

    @Test(arguments: engines) func `an interaction that ended too long before its run is not asked about`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.interaction(1, endedSecondsAgo: 72 * 3600 + 1)
            let old = try #require(try await centre.consider(centre.event(1)).first?.run)
            try await centre.interaction(2, endedSecondsAgo: 72 * 3600)
            let young = try #require(try await centre.consider(centre.event(2)).first?.run)
            try await centre.runDue()
            #expect(try await centre.story(old).reason == "too_old:72")
            #expect(try await centre.story(young).state == .sending)
        }
    }

    @Test(arguments: engines) func `an address is asked once in N days, and mail that was not sent does not count`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.change("UPDATE tenant SET ask_once_in_days = 30")
            try await centre.complete(1)
            try await centre.complete(2, email: "IVAN@Example.com")
            try await centre.runDue()
            #expect(centre.heard.messages.count == 1)
            let reasons = try await centre.database.query("SELECT reason FROM run WHERE state = 'not_asked'")
            #expect(try reasons.map { try $0.at(0, as: String.self) } == ["asked_recently:30"])
            try await centre.wait(seconds: 29 * 86400)
            let third = try #require(try await centre.complete(3).first?.run)
            try await centre.runDue()
            #expect(try await centre.story(third).state == .notAsked)
            try await centre.move(try #require(centre.heard.messages.first?.invitation), to: .notSent)
            let fourth = try #require(try await centre.complete(4).first?.run)
            try await centre.runDue()
            #expect(try await centre.story(fourth).state == .sending)
        }
    }

    @Test(arguments: engines) func `a configuration's own limits go before the centre's`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.change("UPDATE workflow_configuration SET limits = '{\"perYear\":2}'")
            for number in 1...3 {
                try await centre.complete(Int64(number))
                try await centre.wait(seconds: 86400)
            }
            #expect(centre.heard.messages.count == 2)
            try await centre.wait(seconds: 365 * 86400)
            try await centre.complete(4)
            try await centre.runDue()
            #expect(centre.heard.messages.count == 3)
        }
    }

    @Test(arguments: engines) func `with one survey per interaction and form each form is asked once`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.change("UPDATE tenant SET one_survey_per_interaction = 0")
            for (name, form) in [("а", 100), ("б", 101), ("в", 101)] {
                try await centre.workflow([.mail("mail", body: "<p>$(survey.link:\(form))</p>")], name: name)
            }
            try await centre.complete(1)
            try await centre.runDue()
            #expect(centre.heard.messages.count == 2)
            #expect(try await centre.invitationCount() == 2)
        }
    }

    @Test func `the share is decided by the interaction, and is about as large as it says`() {
        let asked = (1...10_000).filter { AskingLimits.isInShare(InteractionID(raw: Int64($0) << 22), percent: 30) }
        #expect((2_800...3_200).contains(asked.count))
        #expect(asked.allSatisfy { AskingLimits.isInShare(InteractionID(raw: Int64($0) << 22), percent: 31) })
        #expect(!AskingLimits.isInShare(InteractionID(raw: 5), percent: 0))
        #expect(AskingLimits.isInShare(InteractionID(raw: 5), percent: 100))
    }

    @Test func `every gate has its sentence and survives being stored`() throws {
        let catalogue = try TestAssets.shared().catalogue
        for gate in Gate.allCases {
            #expect(GateNo("\(GateNo(gate, 5))") == GateNo(gate, 5))
            #expect(GateNo(GateNo(gate).description) == GateNo(gate))
            for language in ["ru", "en"] {
                #expect(!GateNo(gate, 5).sentence(catalogue.localizer(language)).contains("invitations."))
            }
        }
        #expect(GateNo("550 no such user") == nil)
    }

    @Test func `the gates read by indexes alone`() async throws {
        try await CallCentre.open(.sqlite) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.complete(1)
            try await centre.runDue()
            let rules = AskingRules(surveysEnabled: true, onePerInteraction: true, limits: AskingLimits())
            let run = try await centre.database.query("SELECT id FROM run")[0].at(0, as: RunID.self)
            let invitation = try #require(centre.heard.messages.first?.invitation)
            let question = StandingQuestion(run, rules: rules, now: centre.clock.now)
            let secret = ServerSecret(bytes: Array(repeating: 7, count: 32))
            let leaving = LeavingMail(run: run, invitation: invitation, addressFolded: "ivan@example.com")
            let statements: [SQL] = [
                InvitationStore.standing([question], countsEarlier: true, of: Self.tenant),
                InvitationStore.standing([question], countsEarlier: false, of: Self.tenant),
                InvitationStore.leaving([leaving], of: Self.tenant),
                InvitationStore.byToken(InvitationToken(of: InvitationID(raw: 1), secret: secret)),
                RunStore.surveys(of: [(run: run, interaction: InteractionID(raw: 1))], tenant: Self.tenant),
                ListeningStore.configurations(of: [CallCentre.service.id], tenant: Self.tenant),
                ListeningStore.ran([InteractionID(raw: 1)], tenant: Self.tenant),
            ]
            for statement in statements {
                let plan = try await centre.database.query("EXPLAIN QUERY PLAN \(statement)")
                    .map { try $0.get("detail", as: String.self) }
                let scans = plan.filter { $0.hasPrefix("SCAN") && !$0.hasPrefix("SCAN w") && !$0.contains("CONSTANT") }
                #expect(scans == [])
                #expect(!plan.isEmpty)
            }
        }
    }
}

extension StandingQuestion {
    /// A question about interaction 1, as any run would ask it.
    fileprivate init(_ run: RunID, rules: AskingRules, now: Moment) {
        let belonging = Belonging(
            agent: nil, team: nil, service: CallCentre.service.id, disposition: nil, channel: .voice,
            completedOn: LocalDay(number: 20_260_302))
        let address = EmailAddress("ivan@example.com") ?? EmailAddress("a@b.c")!
        self.init(
            InvitationWish(
                interaction: InteractionID(raw: 1), form: CallCentre.form, run: run, runBegan: now,
                configuration: ConfigurationID(raw: 1), contact: nil, addresses: [address],
                language: nil, belonging: belonging, limits: AskingLimits(), isTest: false),
            address, rules: rules, now: now)
    }
}
