// SPDX-License-Identifier: Apache-2.0
// From a ledger row to the message that leaves: links put in, footer added, headers set.
import Markup
import Post

/// Makes the mails of one centre.
struct OutgoingMail: Sendable {
    let tenant: TenantID
    let installation: Installation
    let invitations: Invitations

    /// The message as it leaves; nil when its content was erased or an address cannot stand in an envelope.
    /// - Parameters:
    ///   - bounceEmail: The mailbox that takes returned mail, and mails that ask for no more of them.
    ///   - hidesLinks: Whether addresses that lead nowhere stand for the secret links, for people who read it.
    func message(
        _ row: LedgerMessage, bounceEmail: String? = nil, hidesLinks: Bool = false, at now: Moment
    ) -> MailMessage? {
        guard let content = row.content, let from = MailAddress(row.senderEmail, name: row.senderName),
            let to = MailAddress(row.recipient)
        else { return nil }
        var message = MailMessage(
            from: from, to: [to], subject: content.subject, id: row.messageID, sentAt: now.milliseconds)
        message.replyTo = row.replyTo.flatMap { MailAddress($0) }
        let links = hidesLinks ? hiddenLinks : links(of: row)
        message.html = content.html.map { body(html: $0, row: row, links: links, language: content.language) }
        message.text = content.text.map { body(text: $0, row: row, links: links, language: content.language) }
        if row.kind == .staff {
            let hidden = hidesLinks ? "\(installation.baseURL)/sign-in/hidden" : nil
            message.text = message.text.map { MailedLink.fill($0, of: installation, hiding: hidden) }
        }
        if row.kind == .survey {
            message.unsubscribeLinks = [links.unsubscribe]
            message.listID = "surveys.\(tenant).\(from.domain)"
            let path = ReturnPath(tenant: tenant, message: row.id)
            if !hidesLinks, let mailbox = bounceEmail.flatMap({ path.address(below: $0, secret: installation.secret) })
            {
                let address = mailbox.envelope.replacing("+", with: "%2B")
                message.unsubscribeLinks.append("mailto:\(address)?subject=\(DeliveryReport.unsubscribeSubject)")
            }
            message.unsubscribesByPost = installation.isSecure
        }
        message.feedbackID = "\(tenant):\(row.kind.rawValue):otklik"
        return message
    }

    /// The content as people may read it; nil once it is erased.
    /// - Parameter withLinks: whether the secret links stand in it, or only words in their places.
    func readable(_ row: LedgerMessage, withLinks: Bool = true) -> ReadableMail? {
        guard let content = row.content else { return nil }
        let t = installation.catalogue.localizer(Self.frameLanguage(content.language))
        let hidden = t("mailings.outbox.hiddenLink")
        let links = withLinks ? links(of: row) : Links(survey: hidden, unsubscribe: hidden)
        // A link that leads to its own place: nothing happens when somebody presses it.
        let linksInHTML = withLinks ? links : Links(survey: "#hidden", unsubscribe: "#hidden")
        let html = content.html.map { body(html: $0, row: row, links: linksInHTML, language: content.language) }
        let text = content.text.map { text in
            MailedLink.fill(
                body(text: text, row: row, links: links, language: content.language), of: installation,
                hiding: withLinks ? nil : hidden)
        }
        let plain = content.html.map { body(html: $0, row: row, links: links, language: content.language) }
        return ReadableMail(
            subject: content.subject, text: text ?? plain.map { PlainText.make(fromHTML: $0) } ?? "", html: html)
    }

    /// The message as its server gets it, but for the secret links and the signature; nil once it is erased.
    func source(_ row: LedgerMessage, at now: Moment) -> String? {
        message(row, hidesLinks: true, at: now).map { String(decoding: $0.encoded(), as: UTF8.self) }
    }

    private var hiddenLinks: Links {
        Links(survey: "\(installation.baseURL)/s/hidden", unsubscribe: "\(installation.baseURL)/u/hidden")
    }

    /// The links that the placeholders of a message stand for.
    struct Links: Sendable {
        var survey: String
        var unsubscribe: String
    }

    func links(of row: LedgerMessage) -> Links {
        let token = UnsubscribeToken(tenant: tenant, message: row.id).text(secret: installation.secret)
        return Links(
            survey: row.invitation.map { invitations.surveyLink($0) } ?? "",
            unsubscribe: "\(installation.baseURL)/u/\(token)")
    }

    private func body(html: String, row: LedgerMessage, links: Links, language: String) -> String {
        var whole = html
        if row.kind == .survey, !MailPlaceholder.stands(MailPlaceholder.unsubscribeLink, in: html) {
            let t = installation.catalogue.localizer(Self.frameLanguage(language))
            let link: HTML = "<a href=\"\(MailPlaceholder.unsubscribeLink)\">\(t("mailings.unsubscribe.link"))</a>"
            let footer: HTML = "<p><small>\(t("mailings.footer")) \(link)</small></p>"
            whole += footer.text
        }
        return Self.fill(
            whole,
            with: Links(
                survey: HTML(links.survey).text, unsubscribe: HTML(links.unsubscribe).text))
    }

    private func body(text: String, row: LedgerMessage, links: Links, language: String) -> String {
        var whole = text
        if row.kind == .survey, !MailPlaceholder.stands(MailPlaceholder.unsubscribeLink, in: text) {
            let t = installation.catalogue.localizer(Self.frameLanguage(language))
            whole += "\n\n\(t("mailings.footer")) \(MailPlaceholder.unsubscribeLink)\n"
        }
        return Self.fill(whole, with: links)
    }

    private static func fill(_ text: String, with links: Links) -> String {
        MailPlaceholder.fill(
            text,
            with: [MailPlaceholder.surveyLink: links.survey, MailPlaceholder.unsubscribeLink: links.unsubscribe])
    }

    private static func frameLanguage(_ tag: String) -> String {
        String(tag.prefix { $0 != "-" }).lowercased()
    }
}
