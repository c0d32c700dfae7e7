// SPDX-License-Identifier: Apache-2.0
// Whether receivers can tell that the sender's domain vouches for the mail (DKIM), beside the SMTP settings.
import Markup

/// The part of the SMTP page about signatures.
struct SigningKeysPage {
    /// All of the centre's, the revoked ones too.
    let keys: [SigningKey]
    /// The domain of the default sender, in its ASCII form; nil while there is none.
    let senderDomain: String?
    let signedIn: SignedIn
    let t: Localizer

    var html: HTML {
        let working = keys.filter { $0.revokedAt == nil }
        let records = working.map(record)
        let check: HTML =
            senderDomain == nil && working.isEmpty
            ? .empty : "<p><a href=\"/settings/email/dns\">\(t("settings.dns.check"))</a></p>"
        return card(t("settings.dkim.title"), "\(state)\(list(working))\(records)\(check)")
    }

    /// What becomes of mail from the sender above.
    private var state: HTML {
        guard let senderDomain else { return notice(.neutral, "\(t("settings.dkim.noSender"))") }
        let signing = SigningKey.signing(forDomain: senderDomain, among: keys)
        guard let domain = signing.first?.domain else {
            let command = "otklik dkim create --domain \(senderDomain)"
            return notice(
                .warning,
                "\(t("settings.dkim.unsigned", ["domain": senderDomain])) <code>\(command)</code>")
        }
        let key = domain == senderDomain ? "settings.dkim.aligned" : "settings.dkim.alignedAbove"
        return notice(.good, "\(t(key, ["domain": domain, "sender": senderDomain]))")
    }

    private func list(_ working: [SigningKey]) -> HTML {
        if working.isEmpty { return .empty }
        let columns = ["domain", "selector", "algorithm", "createdAt"].map { TableColumn(t("settings.dkim.\($0)")) }
        return table(
            t("settings.dkim.title"), columns,
            working.map { key in
                [
                    HTML(key.domain), HTML(key.selector), HTML(t("settings.dkim.algorithm.\(key.algorithm.rawValue)")),
                    time(key.createdAt, in: signedIn.timeZone, t: t),
                ]
            })
    }

    /// The record to be published, for whoever keeps the domain's DNS.
    private func record(_ key: SigningKey) -> HTML {
        disclosure(
            t("settings.dkim.record", ["name": key.recordName]),
            "<p>\(t("settings.dkim.record.hint"))</p><pre>\(key.zoneLine)</pre>")
    }
}
