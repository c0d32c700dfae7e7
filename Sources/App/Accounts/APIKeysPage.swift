// SPDX-License-Identifier: Apache-2.0
// The API keys of a centre: list, new one, the one moment at which a secret is seen.
import Markup

/// What the list shows.
struct APIKeysPage {
    let signedIn: SignedIn
    let keys: [APIKey]
    var form = NewAPIKey(name: "")
    var errors = FieldErrors.none

    func page(_ t: Localizer) -> Page {
        let columns = [
            TableColumn(t("accounts.keyName")), TableColumn(t("accounts.source")), TableColumn(t("accounts.scopes")),
            TableColumn(t("accounts.createdAt")), TableColumn(t("accounts.state")),
        ]
        let rows = keys.map { row($0, t) }
        let list =
            keys.isEmpty
            ? emptyState(t("accounts.noKeys"), t("accounts.noKeysHint"), icon: .key)
            : table(t("accounts.keysTitle"), columns, rows)
        let body: HTML = """
            \(errors.summary(t))\(list)\
            \(card(t("accounts.newKey"), postForm(to: "/settings/api-keys", signedIn: signedIn, fields(t))))
            """
        let description = linkButton(t("accounts.apiDescription"), to: "/api")
        var page = Page(
            title: t("accounts.keysTitle"), current: .apiKeys, body: body, actions: description,
            hasErrors: !errors.isEmpty)
        page.introduction = t("accounts.keysIntroduction")
        return page
    }

    private func row(_ key: APIKey, _ t: Localizer) -> [HTML] {
        let state: HTML
        if let revokedAt = key.revokedAt {
            state = badge(t("accounts.revoked"), .neutral) + " " + time(revokedAt, in: signedIn.timeZone, t: t)
        } else {
            state = dialogLink(
                t("accounts.revoke"), to: "/settings/api-keys/\(key.id)/revocation", isDangerous: true, isSmall: true)
        }
        let scopes: [HTML] = key.scopes.map(\.rawValue).sorted().map { "<code>\($0)</code> " }
        return [
            HTML(key.name), "<code>\(key.source)</code>", scopes.joined(),
            time(key.createdAt, in: signedIn.timeZone, t: t), state,
        ]
    }

    private func fields(_ t: Localizer) -> HTML {
        let scopes = SignedInKey.Scope.allCases.map {
            FieldOption($0.rawValue, t("accounts.scope.\(scopeKey($0))"))
        }
        return """
            \(textField(FieldLabel("name", t("accounts.keyName"), hint: t("accounts.keyNameHint"),
                error: errors["name"], isRequired: true), value: form.name, limit: AccountsLimits.nameLength))\
            \(textField(FieldLabel("source", t("accounts.source"), hint: t("accounts.sourceHint"),
                error: errors["source"], isRequired: true), value: form.source, limit: 40))\
            \(checkBoxes(FieldLabel("scopes", t("accounts.scopes"), error: errors["scopes"]), scopes,
                selected: Set(form.scopes.map(\.rawValue))))\(submitButton(t("accounts.createKey")))
            """
    }
}

/// The last part of a scope's dictionary key.
private func scopeKey(_ scope: SignedInKey.Scope) -> String {
    switch scope {
    case .interactionsWrite: "interactionsWrite"
    case .interactionsRead: "interactionsRead"
    case .reportsRead: "reportsRead"
    }
}

/// The secret of a key that was just made, shown once.
/// - Parameter today: The last day of the call that shows how the key is used.
func newKeyPage(name: String, secret: String, baseURL: String, today: LocalDay, _ t: Localizer) -> Page {
    let period = "from=\(today.adding(days: -6))&to=\(today)"
    let call = "curl -H 'Authorization: Bearer \(secret)' '\(baseURL)/api/v1/reports/summary?\(period)&by=agent'"
    let content: HTML = """
        \(notice(.warning, HTML(t("accounts.secretOnce"))))\(codeBlock(secret, t: t, label: t("accounts.secretLabel")))\
        <p>\(t("accounts.secretUse"))</p>\(codeBlock(call, t: t))\
        <div class="buttons">\(linkButton(t("accounts.toKeys"), to: "/settings/api-keys", isPrimary: true))</div>
        """
    var page = Page(title: t("accounts.keyCreatedTitle", ["name": name]), current: .apiKeys, body: card(nil, content))
    page.path = [(t("accounts.keysTitle"), "/settings/api-keys")]
    return page
}
