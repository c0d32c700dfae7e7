// SPDX-License-Identifier: Apache-2.0
// The pages of the second factor: turning it on, its codes, and the step after the password.
import Markup

/// A person's own second factor.
struct SecondFactorPage {
    let signedIn: SignedIn
    let login: String
    let centreName: String
    let state: SecondFactor
    var errors = FieldErrors.none

    private static let path = "/account/second-factor"

    func page(_ t: Localizer) -> Page {
        let content: HTML =
            switch state {
            case .off: begin(t)
            case .beginning(let base32): confirm(base32, t)
            case .on(let since, let codesLeft): manage(since, codesLeft, t)
            }
        var page = Page(
            title: t("accounts.secondFactor"), body: "\(errors.summary(t))\(content)", hasErrors: !errors.isEmpty)
        page.path = [(t("accounts.accountTitle"), "/account")]
        return page
    }

    private func password(_ t: Localizer, _ id: String = "current") -> HTML {
        textField(
            FieldLabel(id, t("accounts.currentPassword"), error: errors[id], isRequired: true), type: "password",
            autocomplete: "current-password", limit: AccountsLimits.passwordBytes)
    }

    private func begin(_ t: Localizer) -> HTML {
        let form = password(t) + submitButton(t("accounts.turnOn"))
        return card(
            t("accounts.turnOnTitle"),
            "<p>\(t("accounts.secondFactorNote"))</p>\(postForm(to: Self.path, signedIn: signedIn, form))")
    }

    private func confirm(_ base32: String, _ t: Localizer) -> HTML {
        let address = TOTP(base32: base32)?.address(issuer: "Otklik", account: "\(login) (\(centreName))") ?? ""
        let code: HTML = QRCode(address).map { drawing($0, t) } ?? .empty
        let groups = stride(from: 0, to: base32.count, by: 4).map { String(base32.dropFirst($0).prefix(4)) }
        let label = FieldLabel(
            "code", t("accounts.code"), hint: t("accounts.codeHint"), error: errors["code"], isRequired: true)
        let form = textField(label, autocomplete: "one-time-code", limit: 10) + submitButton(t("accounts.confirmCode"))
        return card(
            t("accounts.confirmTitle"),
            """
            <p>\(t("accounts.scanCode"))</p>\(code)\
            <p>\(t("accounts.typeKey"))</p><code class="secret">\(groups.joined(separator: " "))</code>\
            <p><a href="\(address)">\(t("accounts.openApp"))</a></p>\
            \(postForm(to: Self.path + "/confirmation", signedIn: signedIn, form))
            """)
    }

    private func drawing(_ code: QRCode, _ t: Localizer) -> HTML {
        let side = code.size + 8
        return """
            <svg class="qr" viewBox="0 0 \(side) \(side)" width="220" height="220" role="img" \
            aria-label="\(t("accounts.qrCode"))"><rect width="\(side)" height="\(side)" fill="#fff"/>\
            <path d="\(code.path)" fill="#000"/></svg>
            """
    }

    private func manage(_ since: Moment, _ codesLeft: Int, _ t: Localizer) -> HTML {
        let codes = password(t, "codesPassword") + submitButton(t("accounts.renewCodes"))
        let removal =
            password(t, "removalPassword") + submitButton(t("accounts.turnOff"), isDangerous: true)
        let few: HTML = codesLeft < 3 ? notice(.warning, HTML(t("accounts.codesLeft", count: codesLeft))) : .empty
        return """
            \(few)<p>\(badge(t("accounts.on"), .good)) \(t("accounts.onSince")) \
            \(time(since, in: signedIn.timeZone, t: t))</p><div class="columns">\
            \(card(t("accounts.recoveryCodes"),
                "<p class=\"note\">\(t("accounts.codesLeft", count: codesLeft)) \(t("accounts.renewNote"))</p>"
                + postForm(to: Self.path + "/recovery-codes", signedIn: signedIn, codes)))\
            \(card(t("accounts.turnOffTitle"),
                "<p class=\"note\">\(t("accounts.turnOffNote"))</p>"
                + postForm(to: Self.path + "/removal", signedIn: signedIn, removal)))</div>
            """
    }
}

/// The codes for a lost authenticator, at the only moment at which they are known.
func recoveryCodesPage(_ codes: [RecoveryCode], _ t: Localizer) -> Page {
    let done = linkButton(t("accounts.codesSaved"), to: "/account/second-factor", isPrimary: true)
    let list: [HTML] = codes.map { "<li><code>\($0.text)</code></li>" }
    let content: HTML = """
        \(notice(.warning, HTML(t("accounts.codesOnce"))))<ol class="recovery-codes">\(list)</ol>\
        <p class="note">\(t("accounts.codesNote"))</p>\
        <div class="buttons">\(done)</div>
        """
    var page = Page(title: t("accounts.recoveryCodes"), body: card(nil, content))
    page.path = [(t("accounts.accountTitle"), "/account"), (t("accounts.secondFactor"), "/account/second-factor")]
    return page
}

/// The step after the password.
func secondStepPage(next: String, errors: FieldErrors = .none, _ t: Localizer) -> Page {
    let label = FieldLabel(
        "code", t("accounts.code"), hint: t("accounts.secondStepHint"), error: errors["code"], isRequired: true)
    let form: HTML = """
        \(errors.summary(t))\(textField(label, autocomplete: "one-time-code", limit: 20))\
        \(hiddenField("next", next))\(submitButton(t("accounts.signIn")))
        """
    let body: HTML = """
        \(card(nil, postForm(to: "/login/code", signedIn: nil, form)))\
        <p><a href="/login">\(t("accounts.startAgain"))</a></p>
        """
    return Page(title: t("accounts.secondStepTitle"), body: body, hasErrors: !errors.isEmpty)
}
