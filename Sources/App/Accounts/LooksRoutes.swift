// SPDX-License-Identifier: Apache-2.0
// Language and tone. Both are kept in the browser for the sign-in page, and with the person for every other browser.
import HTTPTypes
import Hummingbird
import Markup
import Storage

extension Accounts {
    /// Bytes of a choice.
    private static let choiceLimit = 16 * 1024

    /// Adds the choices in everybody's menu.
    func addLooksRoutes(to router: some RouterMethods<WebContext>) {
        router.post("/language") { try await self.chooseLanguage($0, $1) }
        router.post("/theme") { try await self.chooseTheme($0, $1) }
    }

    private func chooseLanguage(_ request: Request, _ context: WebContext) async throws -> Response {
        let input = try await FormInput(request, limit: Self.choiceLimit)
        let language = input.text("language")
        guard installation.catalogue.languages.contains(language) else {
            throw Refusal(.invalid, code: "bad_language", key: "accounts.badLanguage", field: "language")
        }
        try await keep(for: context) { try $0.setLanguage(of: $1, to: language) }
        return returning(input, setting: LanguageMiddleware.cookie(language))
    }

    private func chooseTheme(_ request: Request, _ context: WebContext) async throws -> Response {
        let input = try await FormInput(request, limit: Self.choiceLimit)
        guard let theme = Theme(rawValue: input.text("theme")) else {
            throw Refusal(.invalid, code: "bad_theme", key: "frame.malformedForm", field: "theme")
        }
        try await keep(for: context) { try $0.setTheme(of: $1, to: theme) }
        var preferences = Preferences()
        preferences.theme = theme
        return returning(input, setting: HTTPField(name: .setCookie, value: preferences.themeCookie))
    }

    /// Writes down what a signed-in person has chosen.
    private func keep(
        for context: WebContext, _ change: @escaping @Sendable (PeopleStore, PersonID) throws -> Void
    ) async throws {
        guard let signedIn = context.signedIn else { return }
        try await installation.database.write { tx in
            try change(PeopleStore(tx: tx, tenant: signedIn.tenant), signedIn.person)
        }
    }

    private func returning(_ input: FormInput, setting cookie: HTTPField) -> Response {
        var response = redirect(to: localPath(input.text("back")))
        response.headers.append(cookie)
        return response
    }
}
