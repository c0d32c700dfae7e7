// SPDX-License-Identifier: Apache-2.0
// What a customer sees who wants no more surveys (spec 2.3): a question with one button, or that it is done.
import Markup

/// The page behind an unsubscribe link.
struct UnsubscribePage {
    /// How things stand.
    enum State: Sendable, Equatable {
        case asking(address: String, token: String)
        case done
        case unknown
    }

    let state: State
    let t: Localizer

    var page: Page {
        switch state {
        case .asking(let address, let token):
            let form: HTML = """
                <p>\(t("mailings.unsubscribe.question", ["address": address]))</p>\
                <form method="post" action="/u/\(token)"><div class="buttons">\
                \(submitButton(t("mailings.unsubscribe.button"), name: "confirmed"))</div></form>
                """
            return Page(title: t("mailings.unsubscribe.title"), body: card(nil, form))
        case .done:
            return Page(
                title: t("mailings.unsubscribe.done"), body: notice(.good, "\(t("mailings.unsubscribe.done.text"))"))
        case .unknown:
            return Page(
                title: t("mailings.unsubscribe.unknown"),
                body: notice(.warning, "\(t("mailings.unsubscribe.unknown.text"))"))
        }
    }
}
