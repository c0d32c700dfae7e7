// SPDX-License-Identifier: Apache-2.0
// A hundred ways to break the good file, and how each is told: by code, path, and the line at which it stands.
import Foundation
import Testing

/// A broken file.
struct CentreBreakage: Sendable, CustomTestStringConvertible {
    let name: String
    let old: String
    let new: String
    let code: String
    let path: String
    /// What stands at the line that is told; the line of the first difference when not given.
    var at: String?
    /// How many lines further down.
    var offset = 0

    var testDescription: String { name }

    init(
        _ name: String, _ old: String, _ new: String, _ code: String, _ path: String, at: String? = nil,
        by offset: Int = 0
    ) {
        self.name = name
        self.old = old
        self.new = new
        self.code = code
        self.path = path
        self.at = at
        self.offset = offset
    }

    /// The broken file; nil when the piece is not there exactly once.
    var text: String? { CentreTexts.changed(old, new) }

    /// The line that has to be told, from 1.
    var line: Int? {
        guard let text else { return nil }
        let lines = text.components(separatedBy: "\n")
        if let at { return lines.firstIndex { $0.contains(at) }.map { $0 + 1 + offset } }
        let before = CentreTexts.good.components(separatedBy: "\n")
        return zip(lines, before).enumerated().first { $0.element.0 != $0.element.1 }.map { $0.offset + 1 }
    }
}

extension CentreBreakage {
    static let all = yaml + types + members + names + centre + services + fields + forms + workflows + configurations

    private static let order = "services[Приёмная].folders[Итог].dispositions[Заказ]"
    private static let form = "forms[Приёмная (100%)]"
    private static let blocks = form + ".languages[ru].blocks"
    private static let mail = "workflows[Опрос].blocks[mail].email"
    private static let look = "workflows[Опрос].blocks[look]"
    private static let first = "configurations[Опрос / После заказа]"

    private static let yaml = [
        CentreBreakage(
            "a quote left open", "title: 'Вопрос: один'", "title: 'Вопрос: один", "yaml_syntax", "",
            at: "- text: 'Yes'"),
        CentreBreakage("a tab for indentation", "    validDays: 7", "\tvalidDays: 7", "yaml_syntax", ""),
        CentreBreakage("a colon too many", "name: Решено", "name: Решено: да", "yaml_syntax", ""),
        CentreBreakage(
            "an anchor that is used", "    team: Первая линия\n    timeZone: Asia/Omsk",
            "    team: &t Первая линия\n    timeZone: *t", "alias", ""),
        CentreBreakage(
            "an anchor that nobody uses", "firstName: Пётр", "firstName: &x Пётр", "alias", "people[agent1].firstName"),
        CentreBreakage("an alias without its anchor", "firstName: Пётр", "firstName: *x", "alias", ""),
        CentreBreakage(
            "a billion laughs", "otklik: 1\n",
            "otklik: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\n", "alias", "", at: "a: &a"),
        CentreBreakage(
            "an alias in a key", "otklik: 1\n", "otklik: 1\na: &a [x, x]\n? [*a, *a]\n: 1\n", "alias", "", at: "a: &a"),
        CentreBreakage("a tag", "firstName: Пётр", "firstName: !!binary Пётр", "tag", "people[agent1].firstName"),
        CentreBreakage(
            "a tag on a list", "supervisedTeams:\n", "supervisedTeams: !set\n", "tag", "people[boss].supervisedTeams"),
        CentreBreakage(
            "a member twice", "firstName: Пётр", "firstName: Пётр\n    firstName: Павел", "member_twice",
            "people[agent1].firstName", at: "firstName: Пётр"),
        CentreBreakage(
            "a section twice", "teams:\n", "teams: []\n\nteams:\n", "member_twice", "teams", at: "teams: []"),
        CentreBreakage("a list as a key", "  connections: 4", "  [a, b]: 4", "key_not_text", "smtp"),
        CentreBreakage("two documents", "teams:\n", "---\nteams:\n", "several_documents", ""),
        CentreBreakage(
            "a control character", "firstName: Пётр", "firstName: \"\\0\"", "control_character",
            "people[agent1].firstName"),
        CentreBreakage("a character that no file may hold", "firstName: Пётр", "firstName: П\u{1}тр", "not_utf8", ""),
        CentreBreakage("another form of the file", "otklik: 1\n", "otklik: 2\n", "unknown_version", "otklik"),
    ]

    private static let types = [
        CentreBreakage("a number for a text", "name: Решено", "name: 12", "wrong_type", "fields[fcr].name"),
        CentreBreakage("a truth value for a text", "name: Решено", "name: true", "wrong_type", "fields[fcr].name"),
        CentreBreakage("nothing for a text", "name: Решено", "name:", "wrong_type", "fields[fcr].name"),
        CentreBreakage("a text for a number", "maximum: 7", "maximum: семь", "wrong_type", "fields[effort].maximum"),
        CentreBreakage("a number in quotes", "maximum: 7", "maximum: '7'", "wrong_type", "fields[effort].maximum"),
        CentreBreakage(
            "a fraction for a whole number", "validDays: 7", "validDays: 7.5", "wrong_type", "forms[Закрытая].validDays"
        ),
        CentreBreakage("an octal number", "validDays: 7", "validDays: 0o7", "wrong_type", "forms[Закрытая].validDays"),
        CentreBreakage(
            "a number beyond all bounds", "validDays: 7", "validDays: 99999999999", "wrong_type",
            "forms[Закрытая].validDays"),
        CentreBreakage("yes for true", "isClosed: true", "isClosed: yes", "wrong_type", "forms[Закрытая].isClosed"),
        CentreBreakage(
            "a truth value in quotes", "isClosed: true", "isClosed: 'true'", "wrong_type", "forms[Закрытая].isClosed"),
        CentreBreakage(
            "a text for a list", "roles:\n      - administrator\n      - supervisor\n", "roles: administrator\n",
            "wrong_type", "people[boss].roles"),
        CentreBreakage("a list for a record", "limits:\n", "limits: []\n    was:\n", "wrong_type", first + ".limits"),
        CentreBreakage(
            "a record for a list", "teams:\n  - name: Вторая линия\n  - name: Первая линия\n", "teams: {}\n",
            "wrong_type", "teams"),
        CentreBreakage(
            "a section with nothing", "teams:\n  - name: Вторая линия\n  - name: Первая линия\n", "teams:\n",
            "wrong_type", "teams", at: "teams:"),
        CentreBreakage("a word in a list of records", "teams:\n", "teams:\n  - Линия\n", "wrong_type", "teams[1]"),
        CentreBreakage("no such choice", "type: blended", "type: telepathy", "not_a_choice", "services[Приёмная].type"),
        CentreBreakage("a choice in capitals", "secure: tls", "secure: TLS", "not_a_choice", "smtp.secure"),
        CentreBreakage("no such role", "- supervisor", "- king", "not_a_choice", "people[boss].roles[2]"),
    ]

    private static let members = [
        CentreBreakage("an unknown section", "teams:\n", "tems: []\nteams:\n", "unknown_member", "tems"),
        CentreBreakage(
            "an unknown member", "firstName: Пётр", "firstname: Пётр", "unknown_member", "people[agent1].firstname"),
        CentreBreakage(
            "a member of another place", "validDays: 7", "code: '7'", "unknown_member", "forms[Закрытая].code"),
        CentreBreakage(
            "a block that does not exist", "- key: stop\n                    exit: {}",
            "- key: stop\n                    goTo: pause",
            "unknown_member", "workflows[Опрос].blocks[mail].email.notSent[tell].internalMessage.failed[stop].goTo"),
        CentreBreakage(
            "a block without a kind",
            "    - key: pause\n        title: Подождать\n        wait:\n          duration: 2\n          unit: hours\n",
            "    - key: pause\n        title: Подождать\n", "one_of", "workflows[Опрос].blocks[pause]", at: "key: pause"
        ),
        CentreBreakage(
            "a block of two kinds", "unit: hours\n", "unit: hours\n        exit: {}\n", "one_of",
            "workflows[Опрос].blocks[pause]", at: "key: pause"),
        CentreBreakage(
            "a service without a type", "    type: blended\n", "", "missing_member", "services[Приёмная].type",
            at: "- name: Приёмная"),
        CentreBreakage(
            "a person without a login", "  - login: boss\n    firstName", "  - firstName", "missing_member",
            "people[2].login"),
        CentreBreakage(
            "a mail without a recipient's member", "          to: $(contact.emails[0].email_address)\n", "",
            "missing_member", mail + ".to", at: "fromName: $(tenant.name)"),
        CentreBreakage(
            "an SMTP password in clear", "passwordEnv: SMTP_PASSWORD", "password: hunter2", "secret_in_clear",
            "smtp.password"),
        CentreBreakage(
            "a password of somebody", "firstName: Пётр", "password: hunter2", "secret_in_clear",
            "people[agent1].password"),
        CentreBreakage("an API key", "teams:\n", "apiKeys: []\nteams:\n", "secret_in_clear", "apiKeys"),
        CentreBreakage(
            "a password where a variable's name belongs", "passwordEnv: SMTP_PASSWORD", "passwordEnv: hunter2!",
            "not_a_variable", "smtp.passwordEnv"),
        CentreBreakage(
            "a password's file that is not there", "passwordEnv: SMTP_PASSWORD", "passwordFile: nowhere.txt",
            "secret_unreadable", "smtp.passwordFile"),
        CentreBreakage(
            "a password from two places", "passwordEnv: SMTP_PASSWORD",
            "passwordEnv: SMTP_PASSWORD\n  passwordFile: nowhere.txt", "password_twice", "smtp.passwordFile",
            at: "passwordFile"),
        CentreBreakage(
            "a password from a variable that is not set", "passwordEnv: SMTP_PASSWORD", "passwordEnv: NOT_SET",
            "passwordMissing", "smtp.passwordEnv"),
        CentreBreakage(
            "a user without a password", "  passwordEnv: SMTP_PASSWORD\n", "", "passwordMissing", "smtp.userName",
            at: "userName"),
    ]

    private static let names = [
        CentreBreakage(
            "two teams that differ in case", "teams:\n", "teams:\n  - name: ПЕРВАЯ линия\n", "name_twice",
            "teams[Первая линия]", at: "- name: Первая линия"),
        CentreBreakage(
            "two people that differ in case", "people:\n", "people:\n  - login: BOSS\n", "name_twice", "people[boss]",
            at: "login: boss"),
        CentreBreakage(
            "two services that differ in case", "services:\n", "services:\n  - name: ОБЗВОН\n    type: chat\n",
            "name_twice",
            "services[Обзвон]", at: "- name: Обзвон"),
        CentreBreakage(
            "two forms that differ in case", "forms:\n", "forms:\n  - name: закрытая\n    languages: []\n",
            "name_twice",
            "forms[Закрытая]", at: "- name: Закрытая"),
        CentreBreakage(
            "two configurations of one name", "name: Про запас", "name: после ЗАКАЗА", "name_twice",
            "configurations[Опрос / после ЗАКАЗА]", at: "name: после ЗАКАЗА", by: -1),
        CentreBreakage(
            "two dispositions that differ in case", "- name: Отказ", "- name: ЗАКАЗ", "name_twice",
            "services[Приёмная].folders[Итог].dispositions[ЗАКАЗ].name"),
        CentreBreakage(
            "a team that is not there", "    team: Первая линия\n    timeZone", "    team: Третья линия\n    timeZone",
            "unknown_team", "people[agent1].team"),
        CentreBreakage(
            "a supervised team that is not there", "      - Вторая линия\n      - Первая линия\n", "      - Нигде\n",
            "unknown_team", "people[boss].supervisedTeams", at: "- Нигде"),
        CentreBreakage(
            "a service that is not there", "    service: Приёмная\n", "    service: Приемная2\n", "unknown_service",
            first + ".service"),
        CentreBreakage(
            "a workflow that is not there", "  - workflow: Опрос\n    name: После",
            "  - workflow: Допрос\n    name: После",
            "unknown_workflow", "configurations[Допрос / После заказа].workflow"),
        CentreBreakage(
            "a disposition that is not there", "disposition: Заказ", "disposition: Покупка", "unknown_disposition",
            first + ".triggers[1].disposition"),
        CentreBreakage(
            "a disposition of another service", "    service: Приёмная\n", "    service: Обзвон\n",
            "unknown_disposition",
            first + ".triggers[1].disposition", at: "disposition: Заказ"),
        CentreBreakage(
            "a link to a form that is not there", "${survey.link:Приёмная (100%25%29}", "${survey.link:Приёмка}",
            "unknown_form", mail + ".templates[en].body"),
        CentreBreakage(
            "a field that is not there", "field: speed", "field: spead", "unknown_field", blocks + "[score].field"),
        CentreBreakage(
            "two that change their names", "teams:\n  - name: Вторая линия\n  - name: Первая линия\n",
            "teams:\n  - name: Вторая линия\n    was: Первая линия\n  - name: Первая линия\n    was: Вторая линия\n",
            "was_taken", "teams[Вторая линия].was", at: "was: Первая"),
        CentreBreakage(
            "a name of nothing but spaces", "teams:\n", "teams:\n  - name: '  '\n", "bad_name", "teams[  ].name"),
    ]

    private static let centre = [
        CentreBreakage(
            "no such time zone", "Asia/Yekaterinburg", "Asia/Ekaterinburg", "bad_time_zone", "centre.timeZone"),
        CentreBreakage(
            "hours beyond the year", "withinHours: 48", "withinHours: 9000", "number_outside",
            "centre.asking.withinHours"),
        CentreBreakage(
            "more than all", "sharePercent: 50", "sharePercent: 101", "number_outside", "centre.asking.sharePercent"),
        CentreBreakage(
            "no answers at all", "minimumAnswers: 25", "minimumAnswers: 0", "number_outside", "centre.minimumAnswers"),
        CentreBreakage(
            "a sender without an address", "survey@uyut.example", "survey", "notAnAddress", "smtp.senderEmail"),
        CentreBreakage(
            "a mailbox that takes no token", "bounces@uyut.example", "a+b@uyut.example", "notABounceMailbox",
            "smtp.bounceEmail"),
        CentreBreakage("a host with a slash", "host: mail.uyut.example", "host: smtp://mail", "notAHost", "smtp.host"),
        CentreBreakage("a port beyond all ports", "port: 465", "port: 70000", "notAPort", "smtp.port"),
        CentreBreakage(
            "a size of nothing", "sizeLimitMegabytes: 20", "sizeLimitMegabytes: 0", "notASize",
            "smtp.sizeLimitMegabytes"),
        CentreBreakage(
            "too many connections", "connections: 4", "connections: 65", "number_outside", "smtp.connections"),
        CentreBreakage(
            "a person's address that is none", "email: agent1@uyut.example", "email: agent1", "bad_email",
            "people[agent1].email"),
        CentreBreakage("a person's zone that is none", "Asia/Omsk", "Asia", "bad_time_zone", "people[agent1].timeZone"),
        CentreBreakage(
            "a login of two lines", "login: agent1\n", "login: \"a\\nb\"\n", "bad_login", "people[a b].login"),
    ]

    private static let services = [
        CentreBreakage("a code with letters", "code: '01'", "code: A1", "bad_code", order + ".code"),
        CentreBreakage(
            "a code twice", "code: '02'", "code: '01'", "code_twice",
            "services[Приёмная].folders[Итог].dispositions[Отказ].code"),
        CentreBreakage(
            "a language that is none", "    language: ru\n    team", "    language: русский\n    team",
            "not_a_language",
            "services[Приёмная].language"),
        CentreBreakage(
            "a folder twice", "      - name: Итог\n", "      - name: СИСТЕМНЫЕ\n      - name: Итог\n", "name_twice",
            "services[Приёмная].folders[Системные].name", at: "- name: Системные"),
        CentreBreakage(
            "no disposition at all", "    requiresDisposition: true\n    folders:\n",
            "    requiresDisposition: true\n    folders: []\n  - name: Ещё\n    type: chat\n    folders:\n",
            "system_missing",
            "services[Приёмная].folders", at: "folders: []"),
    ]

    private static let fields = [
        CentreBreakage("a key in capitals", "key: effort", "key: Effort", "bad_key", "fields[Effort].key"),
        CentreBreakage(
            "a built-in scale", "promoterFrom: 9", "promoterFrom: 8", "built_in", "fields[nps].promoterFrom"),
        CentreBreakage(
            "a scale upside down", "maximum: 2.5\n    satisfiedFrom: 1.5", "maximum: -3\n    satisfiedFrom: 1.5",
            "scale_order",
            "fields[speed].maximum"),
        CentreBreakage(
            "a mark outside of the scale", "satisfiedFrom: 1.5", "satisfiedFrom: 3", "outside_scale",
            "fields[speed].satisfiedFrom"),
        CentreBreakage(
            "a mark of another kind", "satisfiedFrom: 1.5", "satisfiedFrom: 1.5\n    detractorTo: 0",
            "mark_of_other_kind",
            "fields[speed].detractorTo", at: "detractorTo: 0"),
        CentreBreakage(
            "detractors above promoters", "detractorTo: 3", "detractorTo: 6", "marks_order",
            "fields[effort].detractorTo"),
    ]

    private static let forms = [
        CentreBreakage(
            "a link valid for ever", "validDays: 7", "validDays: 3650", "bad_validity", "forms[Закрытая].validDays"),
        CentreBreakage(
            "a style sheet that closes too much", "color: #123; }", "color: #123; } }", "style_unbalanced",
            form + ".css",
            at: "css: |"),
        CentreBreakage(
            "a picture's name that is none", "image: dbc1", "image: xdbc1", "unknown_picture", form + ".image"),
        CentreBreakage(
            "NPS on 1 to 9", "field: speed\n            minimum: -2\n            maximum: 2.5\n            step: 0.5",
            "field: nps\n            minimum: 1\n            maximum: 9\n            step: 1", "outside_scale",
            blocks + "[score].minimum",
            at: "field: nps", by: 1),
        CentreBreakage(
            "FCR without its no", "              - text: Нет\n                value: 0\n", "", "incomplete_scale",
            blocks + "[solved].options", at: "- text: Да"),
        CentreBreakage(
            "a value outside of the scale", "- text: Нет\n                value: 0",
            "- text: Нет\n                value: 5",
            "outside_scale", blocks + "[solved].options", at: "- text: Да"),
        CentreBreakage("a step that does not divide", "step: 0.5", "step: 0.7", "step", blocks + "[score].step"),
        CentreBreakage("a key twice", "key: ways", "key: score", "key_twice", blocks + "[score].key"),
        CentreBreakage(
            "thanks in the middle", "key: ways\n            kind: radio", "key: ways\n            kind: thanks",
            "thanks_not_last", blocks + "[ways].kind"),
        CentreBreakage(
            "a language twice", "      - language: en\n        title: How", "      - language: RU\n        title: How",
            "language_twice", form + ".languages[RU].language"),
        CentreBreakage(
            "an option twice", "- text: Друзья", "- text: реклама", "option_twice", blocks + "[ways].options",
            at: "- text: Реклама"),
        CentreBreakage(
            "a form without a language",
            "languages:\n      - language: ru\n        title: 'Вопрос: один'\n"
                + "        blocks:\n          - key: q\n            kind: notes\n"
                + "            text: Что скажете?\n",
            "languages: []\n", "no_language", "forms[Закрытая].languages"),
    ]

    private static let workflows = [
        CentreBreakage(
            "a wait of years", "duration: 2", "duration: 20000", "wait_outside",
            "workflows[Опрос].blocks[pause].wait.duration"),
        CentreBreakage(
            "a block's key twice", "key: look", "key: pause", "key_not_unique", "workflows[Опрос].blocks[pause].key"),
        CentreBreakage(
            "a variable that is not there", "message: $(error.reason)", "message: $(error.raison)", "unknown_variable",
            mail + ".notSent[tell]", at: "- key: tell"),
        CentreBreakage(
            "an address that is none", "replyTo: reply@uyut.example", "replyTo: reply", "bad_address", mail + ".to",
            at: "to: $(contact"),
        CentreBreakage(
            "a window of seconds", "sendWithinSeconds: 7200", "sendWithinSeconds: 5", "window_outside",
            mail + ".sendWithinSeconds"),
        CentreBreakage(
            "a default without a template", "defaultLanguage: ru", "defaultLanguage: de", "default_missing",
            mail + ".defaultLanguage"),
        CentreBreakage(
            "a mail to two forms", "${survey.link:Приёмная (100%25%29}", "${survey.link:Закрытая}", "two_forms",
            mail + ".templates", at: "templates:", by: 1),
        CentreBreakage(
            "no subject", "subject: How did we do?", "subject: ''", "subject_missing",
            mail + ".templates[en].subject"),
        CentreBreakage(
            "a branch without a condition",
            "conditions:\n                - variable: survey.score.speed\n"
                + "                  comparison: less\n                  value: '0'\n"
                + "                - variable: survey.answered\n"
                + "                  comparison: isSet\n",
            "conditions: []\n", "condition_missing", look, at: "- key: look"),
        CentreBreakage(
            "nobody to tell", "users: boss\n                message", "users: ''\n                message",
            "users_missing",
            mail + ".notSent[tell].internalMessage.users"),
        CentreBreakage(
            "a workflow without a block", "workflows:\n", "workflows:\n  - name: Пустой\n    blocks: []\n",
            "scenario_empty",
            "workflows[Пустой].blocks", at: "blocks: []"),
    ]

    private static let configurations = [
        CentreBreakage(
            "a configuration that nothing starts", "triggers:\n      - event: interaction_ends\n", "triggers: []\n",
            "trigger_missing", "configurations[Опрос / Про запас].triggers"),
        CentreBreakage(
            "a sentiment beyond the scale", "threshold: -0.5", "threshold: -1.5", "threshold_outside",
            first + ".triggers[3]",
            at: "event: average_sentiment"),
        CentreBreakage(
            "a sentiment without a comparison", "        comparison: below\n", "", "trigger", first + ".triggers[3]",
            at: "event: average_sentiment"),
        CentreBreakage(
            "one disposition and any", "disposition: Заказ", "disposition: Заказ\n        withSystem: true", "trigger",
            first + ".triggers[1].withSystem", at: "withSystem: true"),
        CentreBreakage(
            "limits beyond bounds", "perYear: 3", "perYear: 5000", "number_outside", first + ".limits.perYear"),
    ]
}
