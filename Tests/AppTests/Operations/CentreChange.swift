// SPDX-License-Identifier: Apache-2.0
// One change of the good file for every member that a file can have, and how it is told.

/// A piece of the good file and what stands there instead.
struct CentreChange {
    let old: String
    let new: String
    let path: String

    /// Whether it cannot be taken back.
    let isForGood: Bool

    init(_ old: String, _ new: String, _ path: String, isForGood: Bool = false) {
        self.isForGood = isForGood
        self.old = old
        self.new = new
        self.path = path
    }

    private static let folders = "services[Приёмная].folders"
    private static let order = folders + "[Итог].dispositions[Заказ]"
    private static let form = "forms[Приёмная (100%)]"
    private static let blocks = form + ".languages[ru].blocks"
    private static let mail = "workflows[Опрос].blocks[mail].email"
    private static let branch = "workflows[Опрос].blocks[look].if.branches[Недоволен]"
    private static let first = "configurations[Опрос / После заказа]"

    static let all: [CentreChange] =
        centre + people + services + fields + forms + workflows + configurations + forGood

    /// A team stays, and a disposition of the system does.
    private static let forGood = [
        CentreChange("teams:\n", "teams:\n  - name: А\n", "teams[А]", isForGood: true),
        CentreChange(
            "            doNotAsk: true\n", "            systemType: BUSY\n            doNotAsk: true\n",
            folders + "[Итог].dispositions[Отказ].systemType", isForGood: true),
    ]

    private static let centre = [
        CentreChange("name: Дом «Уют»\n  language", "name: Уют\n  language", "centre.name"),
        CentreChange("  language: en\n  timeZone", "  timeZone", "centre.language"),
        CentreChange("Asia/Yekaterinburg", "Asia/Irkutsk", "centre.timeZone"),
        CentreChange("  oneSurveyPerInteraction: false\n", "", "centre.oneSurveyPerInteraction"),
        CentreChange("minimumAnswers: 25", "minimumAnswers: 26", "centre.minimumAnswers"),
        CentreChange("withinHours: 48", "withinHours: 49", "centre.asking.withinHours"),
        CentreChange("onceInDays: 30", "onceInDays: 31", "centre.asking.onceInDays"),
        CentreChange("perYear: 6", "perYear: 7", "centre.asking.perYear"),
        CentreChange("sharePercent: 50", "sharePercent: 51", "centre.asking.sharePercent"),
        CentreChange("senderName: Дом «Уют»", "senderName: Уют", "smtp.senderName"),
        CentreChange("survey@uyut.example", "opros@uyut.example", "smtp.senderEmail"),
        CentreChange("bounces@uyut.example", "returns@uyut.example", "smtp.bounceEmail"),
        CentreChange("bounceLimit: 3", "bounceLimit: 4", "smtp.bounceLimit"),
        CentreChange("host: mail.uyut", "host: smtp.uyut", "smtp.host"),
        CentreChange("port: 465", "port: 466", "smtp.port"),
        CentreChange("  secure: tls\n", "", "smtp.secure"),
        CentreChange("userName: survey", "userName: opros", "smtp.userName"),
        CentreChange("sizeLimitMegabytes: 20", "sizeLimitMegabytes: 21", "smtp.sizeLimitMegabytes"),
        CentreChange("  unknownPolicy: leave\n", "", "smtp.unknownPolicy"),
        CentreChange("connections: 4", "connections: 5", "smtp.connections"),
        CentreChange("messagesPerSecond: 40", "messagesPerSecond: 41", "smtp.messagesPerSecond"),
    ]

    private static let people = [
        CentreChange("firstName: Пётр", "firstName: Павел", "people[agent1].firstName"),
        CentreChange("lastName: Иванов", "lastName: Петров", "people[agent1].lastName"),
        CentreChange("email: agent1@", "email: agent-1@", "people[agent1].email"),
        CentreChange(
            "    team: Первая линия\n    timeZone", "    team: Вторая линия\n    timeZone", "people[agent1].team"),
        CentreChange("Asia/Omsk", "Asia/Chita", "people[agent1].timeZone"),
        CentreChange("      - administrator\n      - supervisor\n", "      - administrator\n", "people[boss].roles"),
        CentreChange(
            "      - Вторая линия\n      - Первая линия\n", "      - Вторая линия\n", "people[boss].supervisedTeams"),
        CentreChange("    language: en\n  - login", "  - login", "people[boss].language"),
        CentreChange("login: former\n    isActive: false", "login: former", "people[former].isActive"),
    ]

    private static let services = [
        CentreChange("type: blended", "type: inbound", "services[Приёмная].type"),
        CentreChange("    language: ru\n    team", "    language: en\n    team", "services[Приёмная].language"),
        CentreChange("    team: Первая линия\n    requires", "    requires", "services[Приёмная].team"),
        CentreChange("    isEnabled: false\n    uses", "    uses", "services[Обзвон].isEnabled"),
        CentreChange("    usesDispositions: false\n", "", "services[Обзвон].usesDispositions"),
        CentreChange("    requiresDisposition: true\n", "", "services[Приёмная].requiresDisposition"),
        CentreChange("              * услугу\n", "              * работу\n", order + ".description"),
        CentreChange("code: '01'", "code: '03'", order + ".code"),
        CentreChange("- outbound\n", "- preview\n", order + ".directions"),
        CentreChange(
            "            code: '02'\n            type: FAILURE\n", "            code: '02'\n",
            folders + "[Итог].dispositions[Отказ].type"),
        CentreChange("            doNotAsk: true\n", "", folders + "[Итог].dispositions[Отказ].doNotAsk"),
        CentreChange(
            "            doNotAsk: true\n", "            agentSelects: false\n            doNotAsk: true\n",
            folders + "[Итог].dispositions[Отказ].agentSelects"),
        CentreChange(
            "      - name: Итог\n", "      - name: Ещё\n        dispositions: []\n      - name: Итог\n".usual,
            folders + "[Ещё]"),
    ]

    private static let fields = [
        CentreChange("name: Решено", "name: FCR", "fields[fcr].name"),
        CentreChange("minimum: 1\n    maximum: 7", "minimum: 0\n    maximum: 7", "fields[effort].minimum"),
        CentreChange("maximum: 7", "maximum: 8", "fields[effort].maximum"),
        CentreChange("promoterFrom: 6", "promoterFrom: 7", "fields[effort].promoterFrom"),
        CentreChange("detractorTo: 3", "detractorTo: 2", "fields[effort].detractorTo"),
        CentreChange("satisfiedFrom: 1.5", "satisfiedFrom: 1", "fields[speed].satisfiedFrom"),
    ]

    private static let forms = [
        CentreChange("validDays: 7", "validDays: 8", "forms[Закрытая].validDays"),
        CentreChange("    isClosed: true\n", "", "forms[Закрытая].isClosed"),
        CentreChange("    editHours: 24\n", "", form + ".editHours"),
        CentreChange("color: #123", "color: #124", form + ".css"),
        CentreChange(
            "image: dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
            "image: ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879", form + ".image"),
        CentreChange("title: 'Вопрос: один'", "title: 'Вопрос: два'", "forms[Закрытая].languages[ru].title"),
        CentreChange("sendButton: Отправить", "sendButton: Готово", form + ".languages[ru].sendButton"),
        CentreChange("kind: notes", "kind: thanks", "forms[Закрытая].languages[ru].blocks[q].kind"),
        CentreChange("text: Оцените скорость", "text: Оцените темп", blocks + "[score].text"),
        CentreChange("            isRequired: true\n", "", blocks + "[solved].isRequired"),
        CentreChange("            field: speed\n", "", blocks + "[score].field"),
        CentreChange("step: 0.5", "step: 1.5", blocks + "[score].step"),
        CentreChange("display: dropdown", "display: radio_horizontal", blocks + "[ways].display"),
        CentreChange("text: Реклама", "text: Газета", blocks + "[ways].options[1].text"),
        CentreChange(
            "              - text: Друзья\n                value: 2\n",
            "              - text: Друзья\n                value: 3\n",
            blocks + "[ways].options[2].value"),
    ]

    private static let workflows = [
        CentreChange("title: Подождать", "title: Пауза", "workflows[Опрос].blocks[pause].title"),
        CentreChange("duration: 2", "duration: 3", "workflows[Опрос].blocks[pause].wait.duration"),
        CentreChange("unit: hours", "unit: days", "workflows[Опрос].blocks[pause].wait.unit"),
        CentreChange("fromName: $(tenant.name)", "fromName: Уют", mail + ".fromName"),
        CentreChange("fromAddress: quality@", "fromAddress: q@", mail + ".fromAddress"),
        CentreChange("replyTo: reply@", "replyTo: r@", mail + ".replyTo"),
        CentreChange("to: $(contact.emails[0].email_address)", "to: $(contact.emails[1].email_address)", mail + ".to"),
        CentreChange("sendWithinSeconds: 7200", "sendWithinSeconds: 7201", mail + ".sendWithinSeconds"),
        CentreChange("defaultLanguage: ru", "defaultLanguage: en", mail + ".defaultLanguage"),
        CentreChange("subject: How did we do?", "subject: How was it?", mail + ".templates[en].subject"),
        CentreChange("              format: plain\n", "", mail + ".templates[en].format"),
        CentreChange("\">Ответить</a>", "\">Оценить</a>", mail + ".templates[ru].body"),
        CentreChange(
            "users: boss\n                message", "users: boss, agent1\n                message",
            mail + ".notSent[tell].internalMessage.users"),
        CentreChange("title: Не отправлено", "title: Не ушло", mail + ".notSent[tell].internalMessage.title"),
        CentreChange(
            "message: $(error.reason)", "message: $(item.id)", mail + ".notSent[tell].internalMessage.message"),
        CentreChange("              match: any\n", "", branch + ".match"),
        CentreChange(
            "variable: survey.score.speed", "variable: survey.score.effort", branch + ".conditions[1].variable"),
        CentreChange("comparison: less", "comparison: greater", branch + ".conditions[1].comparison"),
        CentreChange("value: '0'", "value: '1'", branch + ".conditions[1].value"),
    ]

    private static let configurations = [
        CentreChange("    service: Обзвон\n", "    service: Приёмная\n", "configurations[Опрос / Про запас].service"),
        CentreChange(
            "    isEnabled: false\n    triggers", "    triggers", "configurations[Опрос / Про запас].isEnabled"),
        CentreChange("withinHours: 24", "withinHours: 25", first + ".limits.withinHours"),
        CentreChange("onceInDays: 0", "onceInDays: 1", first + ".limits.onceInDays"),
        CentreChange("perYear: 3", "perYear: 4", first + ".limits.perYear"),
        CentreChange("sharePercent: 100", "sharePercent: 99", first + ".limits.sharePercent"),
        CentreChange("disposition: Заказ", "disposition: Отказ", first + ".triggers[1].disposition"),
        CentreChange("event: agent_completes", "event: interaction_ends", first + ".triggers[1].event"),
        CentreChange("        withSystem: true\n", "", first + ".triggers[2].withSystem"),
        CentreChange("comparison: below", "comparison: above", first + ".triggers[3].comparison"),
        CentreChange("threshold: -0.5", "threshold: -0.4", first + ".triggers[3].threshold"),
    ]
}

extension String {
    /// Without what export leaves out.
    fileprivate var usual: String { replacing("        dispositions: []\n", with: "") }
}
