// SPDX-License-Identifier: Apache-2.0
// What the DNS says of the sender's domain, in plain words.
import Markup

extension DNSFinding {
    /// What is true of the record, in words.
    func sentence(_ t: Localizer) -> String { t("settings.dns.\(record.rawValue).\(state.rawValue)", ["name": name]) }
}

/// The records and what was found of them.
struct DNSCheckPage {
    let findings: [DNSFinding]
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        var page = Page(title: t("settings.dns.title"), current: .emailSettings, body: body)
        page.path = [(t("settings.smtp.title"), "/settings/email")]
        return page
    }

    private var body: HTML {
        let columns = ["record", "state", "found"].map { TableColumn(t("settings.dns.\($0)")) }
        let shown =
            findings.isEmpty
            ? notice(.neutral, "\(t("settings.dns.nothing"))")
            : table(t("settings.dns.title"), columns, findings.map(row))
        return """
            <p>\(t("settings.dns.hint"))</p>\(shown)<div class="buttons">\
            \(linkButton(t("settings.dns.again"), to: "/settings/email/dns"))\
            \(linkButton(t("settings.dns.back"), to: "/settings/email"))</div>
            """
    }

    private func row(_ finding: DNSFinding) -> [HTML] {
        let tone: Tone =
            switch finding.state {
            case .good: .good
            case .unreachable, .unaligned: .warning
            case .missing: finding.record == .dkim ? .bad : .warning
            case .different, .several: .bad
            }
        let mark = badge(t("settings.dns.state.\(finding.state.rawValue)"), tone)
        let found: HTML = finding.found.map { "<code class=\"record\">\(String($0.prefix(600)))</code>" } ?? "–"
        return [
            "\(finding.record.rawValue.uppercased()) <code>\(finding.name)</code>",
            "\(mark) \(finding.sentence(t))", found,
        ]
    }
}
