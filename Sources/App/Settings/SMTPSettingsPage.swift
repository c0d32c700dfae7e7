// SPDX-License-Identifier: Apache-2.0
// The page «Конфигурация SMTP» (spec 2.1).
import Markup

/// The SMTP settings as a page.
struct SMTPSettingsPage {
    let form: SMTPSettingsForm
    let errors: FieldErrors
    /// Whether a password is stored, so that the empty field can say what it means.
    let hasPassword: Bool
    /// What stands beside the form: the check of the settings, which knows more rooms than this one.
    let aside: HTML
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        var page = Page(
            title: t("settings.smtp.title"), current: .emailSettings, body: body, hasErrors: !errors.isEmpty)
        page.path = []
        return page
    }

    private var body: HTML {
        let state: HTML =
            form.host.isEmpty ? notice(.neutral, "\(t("settings.smtp.captured"))") : .empty
        return """
            \(state)\(errors.summary(t))<div class="columns">\
            \(postForm(to: "/settings/email", signedIn: signedIn, id: "smtp", isGuarded: true, card(nil, fields)))\
            \(aside)</div>
            """
    }

    private func label(_ name: String, _ key: String, hint: String? = nil, isRequired: Bool = false) -> FieldLabel {
        FieldLabel(
            name, t("settings.smtp.\(key)"), hint: hint.map { t("settings.smtp.\($0)") }, error: errors[name],
            isRequired: isRequired)
    }

    private var password: HTML {
        textField(
            label("password", "password", hint: hasPassword ? "password.kept" : nil), type: "password",
            autocomplete: "new-password")
    }

    private var fields: HTML {
        let modes = SecureMode.allCases.map { FieldOption($0.rawValue, t("settings.smtp.secure.\($0.rawValue)")) }
        let policies = UnknownPolicy.allCases.map {
            FieldOption($0.rawValue, t("settings.smtp.unknown.\($0.rawValue)"))
        }
        let unknown = label("unknown_policy", "unknown", hint: "unknown.hint")
        let sizeLimit = label("size_limit", "sizeLimit", hint: "sizeLimit.hint")
        let bounceEmail = label("bounce_email", "bounceEmail", hint: "bounceEmail.hint")
        let bounceLimit = label("bounce_limit", "bounceLimit", hint: "bounceLimit.hint")
        let connections = label("connections", "connections", hint: "connections.hint")
        let pace = label("messages_per_second", "messagesPerSecond", hint: "messagesPerSecond.hint")
        let senderEmail = label("sender_email", "senderEmail", isRequired: true)
        return """
            \(textField(label("sender_name", "senderName"), value: form.senderName))\
            \(textField(senderEmail, value: form.senderEmail, type: "email"))\
            \(textField(bounceEmail, value: form.bounceEmail, type: "email"))\
            \(numberField(bounceLimit, value: form.bounceLimit, in: SMTPSettings.bounceLimitAllowed))\
            \(textField(label("host", "host", hint: "host.hint"), value: form.host))\
            \(radioButtons(label("secure", "secure"), modes, selected: form.secure))\
            \(numberField(label("port", "port", hint: "port.hint"), value: form.port, in: 1...65535))\
            \(checkBox(label("requires_authentication", "requiresAuthentication"), isOn: form.requiresAuthentication))\
            \(textField(label("user_name", "userName"), value: form.userName, autocomplete: "off"))\
            \(password)\
            \(numberField(sizeLimit, value: form.sizeLimit, in: 1...1000))\
            \(numberField(connections, value: form.connections, in: SMTPSettings.connectionsAllowed))\
            \(numberField(pace, value: form.messagesPerSecond, in: TenantLimits.perSecond))\
            \(radioButtons(unknown, policies, selected: form.unknownPolicy))\
            <div class="form-end">\(submitButton(t("settings.save")))\
            \(linkButton(t("settings.cancel"), to: "/settings/email"))</div>
            """
    }
}
