// SPDX-License-Identifier: Apache-2.0
// Asks before messages are sent again or cancelled.
import Markup

/// The question, with how many messages it is about.
struct MessageDeedPage {
    let deed: MessageDeed
    /// How many messages can be treated so.
    let count: Int
    /// Whether there are more, which one press of the button does not reach.
    var isLimited = false
    /// The address that the button sends to.
    let action: String
    let back: String
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        let key = "mailings.deed.\(deed.rawValue)"
        let body: HTML
        if count == 0 {
            body = card(
                nil,
                """
                <p>\(t("\(key).none"))</p><div class="form-end">\
                \(linkButton(t("frame.cancel"), to: back))</div>
                """)
        } else {
            let more = isLimited ? " " + t("mailings.deed.limited", ["count": t.number(count)]) : ""
            body = confirmation(
                t("\(key).question", count: count, ["count": t.number(count)]) + more, action: (t(key), action),
                back: back, signedIn: signedIn, t: t)
        }
        var page = Page(title: t("\(key).title"), current: .outbox, body: body)
        page.path = [(t("mailings.outbox.title"), "/outbox")]
        return page
    }
}
