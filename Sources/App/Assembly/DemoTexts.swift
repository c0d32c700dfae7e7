// SPDX-License-Identifier: Apache-2.0
// What the demo centre says and asks: names of people and services here, forms and scenarios in files beside this one.
import Markup

/// The texts of the demo centre.
enum DemoTexts {
    /// Somebody of the demo centre.
    struct Somebody {
        let login: String
        let firstName: String
        let lastName: String
        let role: Role
        let team: String?
    }

    static let key = "demo"
    static let name = "Демонстрационный контакт-центр"
    static let sender = (name: "Демонстрационный контакт-центр", email: "survey@demo.example")
    static let sales = "Продажи"
    static let support = "Поддержка"
    static let people = [
        Somebody(login: "admin", firstName: "Анна", lastName: "Орлова", role: .administrator, team: nil),
        Somebody(login: "sokolova", firstName: "Ирина", lastName: "Соколова", role: .supervisor, team: nil),
        Somebody(login: "petrova", firstName: "Мария", lastName: "Петрова", role: .agent, team: sales),
        Somebody(login: "ivanov", firstName: "Сергей", lastName: "Иванов", role: .agent, team: sales),
        Somebody(login: "kuznetsova", firstName: "Ольга", lastName: "Кузнецова", role: .agent, team: support),
        Somebody(login: "provider", firstName: "Пётр", lastName: "Громов", role: .provider, team: nil),
    ]
    static let agent = "petrova"

    /// A service with its form and its workflow.
    struct Story {
        let service: String
        let type: ServiceType
        let team: String
        let form: String
        let formFile: String
        let workflow: String
        let scenarioFile: String
        let configuration: String
        /// The disposition of *agent completes*; nil for *interaction ends* with any.
        let disposition: String?
    }

    static let stories = [
        Story(
            service: "Входящий продажи", type: .inbound, team: sales, form: "Качество обслуживания",
            formFile: "Assembly/demo-form-quality.json", workflow: "Оценка по email",
            scenarioFile: "Assembly/demo-scenario-email.json", configuration: "Отправка оценки по email",
            disposition: "Заказ"),
        Story(
            service: "Чат поддержки", type: .chat, team: support, form: "Короткий вопрос",
            formFile: "Assembly/demo-form-short.json", workflow: "Оценка чата",
            scenarioFile: "Assembly/demo-scenario-chat.json", configuration: "Оценка каждого чата", disposition: nil),
    ]
}
