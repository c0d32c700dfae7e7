// SPDX-License-Identifier: Apache-2.0
// What the mails say that let somebody choose a password.
import Foundation
import Markup

/// An invitation, or the answer to a forgotten password, in its reader's language.
struct AccountMail {
    let person: Person
    let centreName: String
    /// The link, or its place.
    let link: String
    let isInvitation: Bool
    /// From where somebody has asked; nil when an administrator sends it.
    let askedFrom: String?
    let signInAddress: String

    private var kind: String { isInvitation ? "invitation" : "reset" }

    func subject(_ t: Localizer) -> String { t("accounts.mail.\(kind).subject", ["centre": centreName]) }

    func text(_ t: Localizer) -> String {
        let arguments = ["name": person.name, "login": person.login, "centre": centreName]
        var parts = [
            t("accounts.mail.greeting", arguments), t("accounts.mail.\(kind).text", arguments), link,
            t("accounts.mail.hour"),
        ]
        if let askedFrom { parts.append(t("accounts.mail.asked", ["address": askedFrom])) }
        if isInvitation { parts.append(t("accounts.mail.later") + "\n" + signInAddress) }
        return parts.joined(separator: "\n\n") + "\n"
    }
}
