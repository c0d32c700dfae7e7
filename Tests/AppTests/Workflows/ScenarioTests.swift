// SPDX-License-Identifier: Apache-2.0
// Scenarios: their JSON, what is broken, and which events start them.
import Markup
import TestSupport
import Testing

@testable import App

@Suite struct ScenarioTests {
    @Test func `a scenario survives its JSON`() throws {
        let branch = IfBranch(
            name: "да", match: .any, conditions: [Condition(variable: "survey.answered", comparison: .isSet)],
            blocks: [.exit("exit")])
        let scenario = Scenario(blocks: [
            .wait("wait", 5), .mail("mail", notSent: [.tell("tell")]),
            ScenarioBlock(key: "if", title: "Ответили?", action: .choose(IfBlock(branches: [branch]))),
        ])
        #expect(try fromJSON(jsonText(scenario), as: Scenario.self) == scenario)
        #expect(scenario.allBlocks.map(\.key) == ["wait", "mail", "tell", "if", "exit"])
    }

    @Test func `parts with a default may be left out`() throws {
        let text = """
            {"version": 1, "blocks": [{"key": "w", "wait": {"duration": 1, "unit": "hours"}},
             {"key": "m", "email": {"to": "a@example.com", "templates":
              [{"language": "ru", "subject": "s", "format": "plain", "body": "$(survey.link:100)"}]}},
             {"key": "e", "exit": {}}]}
            """
        let scenario: Scenario = try fromJSON(text)
        guard case .email(let email) = scenario.blocks[1].action else {
            Issue.record("The second block is a mail.")
            return
        }
        #expect(email.defaultLanguage == "ru")
        #expect(email.sendWithinSeconds == 86400)
        #expect(scenario.check(forms: [FormID(raw: 100)]).all == [])
        #expect(throws: (any Error).self) {
            try fromJSON("{\"version\":1,\"blocks\":[{\"key\":\"x\",\"dance\":{}}]}", as: Scenario.self)
        }
    }

    /// A broken scenario and the code that says how.
    struct Broken: Sendable, CustomTestStringConvertible {
        let code: String
        let field: String
        let blocks: [ScenarioBlock]
        var testDescription: String { code }
    }

    private static func changed(_ change: (inout EmailBlock) -> Void) -> [ScenarioBlock] {
        guard case .email(var email) = ScenarioBlock.mail("m").action else { return [] }
        change(&email)
        return [ScenarioBlock(key: "m", action: .email(email))]
    }

    private static let broken: [Broken] = [
        Broken(code: "scenario_empty", field: "blocks", blocks: []),
        Broken(code: "key_not_unique", field: "blocks.a", blocks: [.exit("a"), .exit("a")]),
        Broken(code: "recipient_missing", field: "blocks.m.to", blocks: [.mail("m", to: " ; ")]),
        Broken(code: "bad_address", field: "blocks.m.to", blocks: [.mail("m", to: "иван")]),
        Broken(code: "unknown_variable", field: "blocks.m", blocks: [.mail("m", to: "$(user.mail)")]),
        Broken(code: "unknown_form", field: "blocks.m.body", blocks: [.mail("m", body: "$(survey.link:999)")]),
        Broken(
            code: "two_forms", field: "blocks.m.body",
            blocks: [.mail("m", body: "$(survey.link:100) $(survey.link:101)")]),
        Broken(code: "subject_missing", field: "blocks.m.subject", blocks: changed { $0.templates[0].subject = " " }),
        Broken(code: "body_missing", field: "blocks.m.body", blocks: changed { $0.templates[0].body = "" }),
        Broken(code: "template_missing", field: "blocks.m.templates", blocks: changed { $0.templates = [] }),
        Broken(
            code: "language_twice", field: "blocks.m.templates",
            blocks: changed { $0.templates[1].language = "RU" }),
        Broken(
            code: "default_missing", field: "blocks.m.defaultLanguage", blocks: changed { $0.defaultLanguage = "de" }),
        Broken(
            code: "window_outside", field: "blocks.m.sendWithinSeconds", blocks: changed { $0.sendWithinSeconds = 0 }),
        Broken(code: "wait_outside", field: "blocks.w.duration", blocks: [.wait("w", 400, .days)]),
        Broken(code: "wait_outside", field: "blocks.w.duration", blocks: [.wait("w", .max / 2, .days)]),
        Broken(code: "users_missing", field: "blocks.t.users", blocks: [.tell("t", users: "")]),
        Broken(
            code: "branch_missing", field: "blocks.i",
            blocks: [ScenarioBlock(key: "i", action: .choose(IfBlock(branches: [])))]),
        Broken(
            code: "unknown_variable", field: "blocks.deep",
            blocks: [.mail("m", notSent: [.mail("deep", to: "$(contact.mail)")])]),
    ]

    @Test(arguments: broken) func `what is broken is said by block`(_ broken: Broken) {
        let refusals = Scenario(blocks: broken.blocks).check(forms: [FormID(raw: 100), FormID(raw: 101)])
        #expect(refusals.all.contains { $0.code == broken.code && $0.field == broken.field })
    }

    @Test func `every refusal has its sentence`() throws {
        let catalogue = try TestAssets.shared().catalogue
        for broken in Self.broken {
            for refusal in Scenario(blocks: broken.blocks).check(forms: []).all {
                #expect(catalogue.localizer("ru").knows(refusal.key) && catalogue.localizer("en").knows(refusal.key))
            }
        }
        for outcome in RunLine.Outcome.allCases {
            #expect(catalogue.localizer("ru").knows("workflows.step.\(outcome.rawValue)"))
        }
    }

    /// An event, a trigger, and whether the one takes the other.
    struct Match: Sendable {
        let trigger: Trigger
        let disposition: Disposition?
        var part: String? = "1"
        var isEnd = true
        var sentiment: Double?
        let matches: Bool
    }

    private static let system = CallCentre.disposition(1, "Молчание", system: .silence)
    private static let doNotCall = CallCentre.disposition(2, "Не звонить", type: .doNotCall)
    private static let doNotAsk = CallCentre.disposition(3, "Не опрашивать", doNotAsk: true)
    private static let order = CallCentre.order

    @Test(arguments: [
        Match(trigger: .agentCompletes(.one(order.id)), disposition: order, matches: true),
        Match(trigger: .agentCompletes(.one(order.id)), disposition: CallCentre.enquiry, matches: false),
        Match(trigger: .agentCompletes(.one(order.id)), disposition: order, part: nil, matches: false),
        Match(trigger: .agentCompletes(.any), disposition: order, isEnd: false, matches: true),
        Match(trigger: .agentCompletes(.any), disposition: nil, matches: true),
        Match(trigger: .agentCompletes(.any), disposition: system, matches: false),
        Match(trigger: .agentCompletes(.any), disposition: doNotCall, matches: false),
        Match(trigger: .agentCompletes(.any), disposition: doNotAsk, matches: false),
        Match(trigger: .agentCompletes(.anyWithSystem), disposition: system, matches: true),
        Match(trigger: .agentCompletes(.anyWithSystem), disposition: doNotCall, matches: false),
        Match(trigger: .agentCompletes(.one(doNotAsk.id)), disposition: doNotAsk, matches: true),
        Match(trigger: .interactionEnds(.any), disposition: order, isEnd: false, matches: false),
        Match(trigger: .interactionEnds(.any), disposition: order, part: nil, matches: true),
        Match(trigger: .averageSentiment(.below, -0.2), disposition: order, sentiment: -0.3, matches: true),
        Match(trigger: .averageSentiment(.below, -0.2), disposition: order, sentiment: -0.2, matches: false),
        Match(trigger: .averageSentiment(.above, 0.2), disposition: nil, sentiment: 0.3, matches: true),
        Match(trigger: .averageSentiment(.above, 0.2), disposition: nil, matches: false),
        Match(trigger: .averageSentiment(.above, 0), disposition: nil, isEnd: false, sentiment: 0.3, matches: false),
    ]) func `a trigger takes an event or not`(_ given: Match) {
        let event = CallCentre.sample(
            disposition: given.disposition, part: given.part, isEnd: given.isEnd, sentiment: given.sentiment)
        #expect(given.trigger.matches(event) == given.matches)
    }
}
