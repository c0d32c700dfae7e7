// SPDX-License-Identifier: Apache-2.0
// What an administrator typed about the mailbox for returned mail → a checked one, or refusals by field.
import Markup

/// The form of `/settings/email/mailbox`.
struct ReturnMailboxForm: Sendable {
    var host = ""
    var port = "993"
    var secure = SecureMode.tls.rawValue
    var userName = ""
    /// Never filled from what is stored.
    var password = ""
    var folder = ReturnMailbox.usualFolder

    init(_ mailbox: ReturnMailbox?) {
        guard let mailbox else { return }
        (host, port, secure) = (mailbox.host, String(mailbox.port), mailbox.secure.rawValue)
        (userName, folder) = (mailbox.userName, mailbox.folder)
    }

    init(_ input: FormInput) {
        (host, port, secure) = (input.text("host"), input.text("port"), input.text("secure"))
        (userName, password, folder) = (input.text("user_name"), input.exactText("password"), input.text("folder"))
    }

    /// - Parameter old: What is stored; an empty password leaves its password as it is.
    /// - Throws: ``Refusals`` by field.
    func checked(against old: ReturnMailbox?) throws -> ReturnMailbox {
        var refusals = Refusals()
        func refuse(_ field: String, _ key: String) {
            refusals.add(Refusal(.invalid, code: key, key: "settings.smtp.\(key)", field: field))
        }
        if host.isEmpty || host.contains("@") || host.contains("/") || host.contains(" ") || host.count > 253 {
            refuse("host", "notAHost")
        }
        if !(1...65535).contains(Int(port) ?? 0) { refuse("port", "notAPort") }
        if SecureMode(rawValue: secure) == nil { refuse("secure", "notAChoice") }
        if userName.isEmpty { refuse("user_name", "userMissing") }
        var mailbox = ReturnMailbox(
            host: host, port: Int(port) ?? 0, secure: SecureMode(rawValue: secure) ?? .tls, userName: userName,
            password: password, folder: folder.nonEmpty ?? ReturnMailbox.usualFolder)
        if folder.count > 200 || folder.contains(where: \.isNewline) {
            refusals.add(
                Refusal(.invalid, code: "bad_folder", key: "mailings.mailbox.badFolder", field: "folder"))
        }
        if password.isEmpty {
            if let old {
                mailbox.password = old.password
                if mailbox.needsPasswordAgain(after: old) { refuse("password", "passwordAgain") }
            } else {
                refuse("password", "passwordMissing")
            }
        }
        try refusals.throwIfAny()
        return mailbox
    }
}
