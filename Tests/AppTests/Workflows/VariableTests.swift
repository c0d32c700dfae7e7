// SPDX-License-Identifier: Apache-2.0
// Texts with variables: names, fallbacks, literals, and what values may not do.
import Testing

@testable import App

@Suite struct VariableTests {
    private static let variables = RunVariables(
        stored: JSON.object([
            "user": .object(["firstName": .string("Анна"), "email": .string("")]),
            "item": .object(["data": .object(["очередь": .string("<b>продажи & \"опт\"</b>"), "n": .number(2.5)])]),
            "contact": .object([
                "emails": .array([.object(["email_address": .string("ivan@example.com")])]),
                "phones": .array([]),
            ]),
            "evil": .string("x\r\nBcc: all@example.com"),
            "list": .string("a@example.com, b@example.com"),
            "secret": .string(MailPlaceholder.surveyLink),
            "flag": .bool(true),
        ]).text,
        survey: RunVariables.Survey(isAnswered: true, scores: ["nps": 9]))

    private func fill(_ text: String, _ use: VariableText.Use = .plain) -> (text: String, missing: [String]) {
        var missing: [String] = []
        let filled = VariableText(text).filled(Self.variables, for: use, missing: &missing)
        return (filled, missing)
    }

    @Test(arguments: [
        ("Здравствуйте, $(user.firstName)!", "Здравствуйте, Анна!"),
        ("${user.firstName}$(user.firstName)", "АннаАнна"),
        ("${contact.emails[0].email_address}", "ivan@example.com"),
        ("$(item.data.n) $(flag) $(item.data.очередь)", "2.5 true <b>продажи & \"опт\"</b>"),
        ("$(survey.answered) $(survey.score.nps)", "true 9"),
        ("$(user.email|нет) $(nobody|никто: ничто)", "нет никто: ничто"),
        ("$$(user.firstName) $${user.firstName}", "$(user.firstName) ${user.firstName}"),
        ("$5, $ (a), $(5 руб), $(), $(open", "$5, $ (a), $(5 руб), $(), $(open"),
        ("", ""),
        ("$$$(user.firstName)", "$$(user.firstName)"),
        ("$( user.firstName )", "Анна"),
    ]) func `a text is filled`(_ text: String, _ expected: String) {
        #expect(fill(text).text == expected)
    }

    @Test(arguments: [
        "$(user.email)", "${contact.emails[1].email_address}", "$(contact.phones[0].number)",
        "$(contact)",
    ])
    func `an empty or unknown variable is an empty text and is noted`(_ text: String) {
        let filled = fill(text)
        #expect(filled.text == "")
        #expect(filled.missing.count == 1)
    }

    @Test func `values are escaped in HTML, and the author's markup is not`() {
        #expect(
            fill("<p>$(item.data.очередь)</p>", .html).text
                == "<p>&lt;b&gt;продажи &amp; &quot;опт&quot;&lt;/b&gt;</p>")
    }

    @Test func `a header stays one line`() {
        #expect(fill("Тема: $(evil)", .header).text == "Тема: x  Bcc: all@example.com")
        #expect(fill("a\u{2028}b\u{85}c\0d", .header).text == "a b c d")
    }

    @Test func `a value cannot add a recipient`() {
        let parts = VariableText.list("$(list); ${contact.emails[0].email_address|a;b}, c@example.com;")
        #expect(parts.count == 3)
        var missing: [String] = []
        let texts = parts.map { $0.filled(Self.variables, for: .header, missing: &missing) }
        #expect(texts == ["a@example.com, b@example.com", "ivan@example.com", "c@example.com"])
        #expect(EmailAddress(texts[0]) == nil)
    }

    /// Every variable that is known, with one value for all.
    private static func everywhere(_ value: String) -> (names: [String], variables: RunVariables) {
        var (names, root): ([String], [String: JSON]) = ([], [:])
        for (prefix, members) in VariableNames.known where prefix != "survey" {
            var object: [String: JSON] = [:]
            for member in members {
                let parts = member.replacing("[n]", with: "").replacing("*", with: "x").split(separator: ".")
                if parts.count == 1 {
                    object[member] = .string(value)
                } else {
                    let inner = JSON.object([String(parts[1]): .string(value)])
                    object[String(parts[0])] = member.contains("[n]") ? .array([inner]) : inner
                }
                names.append("\(prefix).\(member.replacing("[n]", with: "[0]").replacing("*", with: "x"))")
            }
            root[prefix] = .object(object)
        }
        return (names, RunVariables(stored: JSON.object(root).text, survey: .init(isAnswered: false, scores: [:])))
    }

    @Test(arguments: [
        "x\r\nBcc: all@example.com", "\nTo: all@example.com", "x\rSubject: 2", "a\u{B}b\u{C}c\u{85}d\u{2028}e\u{2029}f",
        "\r\n\r\n<script>", "<b>\"&'</b>", "a@example.com, b@example.com; c@example.com", "x\0y",
    ])
    func `no variable whatever it holds breaks a header, adds a recipient or opens a tag`(value: String) {
        let (names, variables) = Self.everywhere(value)
        #expect(names.count > 30)
        for name in names {
            var missing: [String] = []
            let header = VariableText("A $(\(name)) b").filled(variables, for: .header, missing: &missing)
            let breaks = header.unicodeScalars.filter {
                $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || [0x2028, 0x2029].contains($0.value)
            }
            #expect(breaks.isEmpty, "\(name)")
            #expect(VariableText.list("$(\(name))").count == 1)
            let html = VariableText("$(\(name))").filled(variables, for: .html, missing: &missing)
            #expect(!html.contains("<") && !html.contains("\""), "\(name)")
            #expect(missing == [], "\(name)")
        }
    }

    @Test func `a value cannot pass for a secret link`() {
        #expect(fill("$(secret)").text == "survey-link")
        #expect(
            fill("$(survey.link:5) $(survey.unsubscribeLink)", .html).text
                == MailPlaceholder.surveyLink + " " + MailPlaceholder.unsubscribeLink)
    }

    @Test(arguments: [
        ("user.firstName", VariableNames.Standing.known), ("user.firstname", .unknown), ("item.data.KEY", .open),
        ("item.data", .unknown), ("contact.emails[3].email_address", .known), ("contact.emails[0]", .unknown),
        ("survey.link:5", .known), ("survey.link", .unknown), ("survey.score.nps", .known), ("survey.score", .unknown),
        ("myVariable", .open), ("error.reason", .known), ("tenant.name", .known), ("tenant.key", .unknown),
    ]) func `names under a fixed prefix are known or wrong`(_ name: String, _ standing: VariableNames.Standing) throws {
        #expect(VariableNames.standing(try #require(VariableName(name))) == standing)
    }

    @Test(arguments: [
        ("user.firstName", Condition.Comparison.equals, "анна", true), ("user.firstName", .differs, "анна", false),
        ("survey.score.nps", .greater, "8.5", true), ("survey.score.nps", .less, "10", true),
        ("survey.score.csat", .less, "3", false), ("item.data.n", .equals, "2.50", true),
        ("list", .contains, "B@EXAMPLE", true), ("list", .matches, "a*.com,?b@*", true),
        (
            "list", .matches, "a?",
            false
        ),
        ("user.email", .isSet, "", false), ("flag", .isSet, "", true),
        (
            "user.firstName", .equals,
            "$(user.firstName)", true
        ),
    ]) func `a condition holds or not`(
        _ variable: String, _ comparison: Condition.Comparison, _ value: String, _ holds: Bool
    ) {
        let condition = Condition(variable: variable, comparison: comparison, value: value)
        #expect(condition.holds(for: Self.variables) == holds)
    }

    @Test(
        arguments: [
            (["en-US", "ru"], "en-GB", ["ru", "en-GB"]), ([], nil, ["ru"]), (["de"], nil, ["ru"]),
            (["ru-RU"], "ru", ["en", "ru"]), (["EN-gb"], "en-GB", ["en-US", "en-GB"]),
        ] as [([String], String?, [String])]) func `the first wish that is there decides the language`(
            _ wishes: [String], _ chosen: String?, _ languages: [String]
        )
    {
        #expect(LanguageChoice.pick(from: languages, wishes: wishes) == chosen)
    }
}
