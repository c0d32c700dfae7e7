// SPDX-License-Identifier: Apache-2.0
// The mailbox for returned mail as a page: its settings, how it went the last time, and a check of what is typed.
import Markup

/// The mailbox's settings.
struct ReturnMailboxPage {
    /// What came of a check.
    enum Outcome: Sendable, Equatable {
        case messages(Int)
        case fault(String)
    }

    let form: ReturnMailboxForm
    let errors: FieldErrors
    /// Nil when no mailbox is stored.
    let state: ReturnMailboxState?
    /// Nil when nothing was tried.
    let outcome: Outcome?
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        var page = Page(
            title: t("mailings.mailbox.title"), current: .emailSettings, body: body, hasErrors: !errors.isEmpty)
        page.path = [(t("settings.smtp.title"), "/settings/email")]
        return page
    }

    private var body: HTML {
        let removal: HTML =
            state == nil
            ? .empty
            : actionButton(
                t("mailings.mailbox.remove"), to: "/settings/email/mailbox/removal", signedIn: signedIn,
                isDangerous: true)
        return """
            <p>\(t("mailings.mailbox.hint"))</p>\(situation)\(errors.summary(t))\(said)\
            \(postForm(to: "/settings/email/mailbox", signedIn: signedIn, isGuarded: true, card(nil, fields)))\(removal)
            """
    }

    /// How the mailbox that is stored fares.
    private var situation: HTML {
        guard let state else { return notice(.neutral, "\(t("mailings.mailbox.none"))") }
        guard let checkedAt = state.checkedAt else { return notice(.neutral, "\(t("mailings.mailbox.notYet"))") }
        let at = time(checkedAt, in: signedIn.timeZone, t: t)
        if let problem = state.problem {
            return notice(.bad, "\(t("mailings.mailbox.problem")) \(at): \(t.reason(problem))")
        }
        return notice(.good, "\(t("mailings.mailbox.well")) \(at)")
    }

    private var said: HTML {
        switch outcome {
        case nil: .empty
        case .messages(let count): notice(.good, "\(t("mailings.mailbox.reached", ["count": t.number(count)]))")
        case .fault(let reason): notice(.bad, "\(t.reason(reason))")
        }
    }

    private func label(_ name: String, _ key: String, hint: String? = nil, isRequired: Bool = true) -> FieldLabel {
        FieldLabel(name, t(key), hint: hint.map { t($0) }, error: errors[name], isRequired: isRequired)
    }

    private var fields: HTML {
        let modes = SecureMode.allCases.map { FieldOption($0.rawValue, t("settings.smtp.secure.\($0.rawValue)")) }
        let port = label("port", "mailings.mailbox.port", hint: "mailings.mailbox.port.hint")
        let password = label(
            "password", "settings.smtp.password", hint: state == nil ? nil : "settings.smtp.password.kept",
            isRequired: false)
        let folder = label("folder", "mailings.mailbox.folder", hint: "mailings.mailbox.folder.hint")
        return """
            \(textField(label("host", "mailings.mailbox.host"), value: form.host))\
            \(radioButtons(label("secure", "settings.smtp.secure", isRequired: false), modes, selected: form.secure))\
            \(numberField(port, value: form.port, in: 1...65535))\
            \(textField(label("user_name", "settings.smtp.userName"), value: form.userName, autocomplete: "off"))\
            \(textField(password, type: "password", autocomplete: "new-password"))\
            \(textField(folder, value: form.folder))\
            <div class="form-end">\(submitButton(t("settings.save")))\
            <button class="button" formaction="/settings/email/mailbox/check">\(t("mailings.mailbox.check"))</button>\
            \(linkButton(t("settings.cancel"), to: "/settings/email"))</div>
            """
    }
}
