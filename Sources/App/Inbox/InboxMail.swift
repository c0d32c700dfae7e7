// SPDX-License-Identifier: Apache-2.0
// What a copy of internal messages says.
import Foundation
import Markup

/// The copy of some internal messages, in its reader's language.
struct InboxMail {
    /// The newest last; not more than ``InboxLimits/messagesInCopy``.
    let messages: [InternalMessage]
    /// All that are told of, shown or not.
    let count: Int
    let zone: TimeZone
    let baseURL: String

    func subject(_ t: Localizer) -> String {
        guard count == 1, let only = messages.first else { return t("inbox.copy.subject", count: count) }
        return only.title
    }

    func text(_ t: Localizer) -> String {
        var parts = messages.map { message in
            let body = message.body.trimmed
            let cut = body.prefix(InboxLimits.charactersInCopy)
            let shown = cut.endIndex < body.endIndex ? cut + "…" : cut
            return "\(message.title)\n\(t.dateTime(message.createdAt.date, in: zone))\n\n\(shown)"
        }
        if count > messages.count { parts.append(t("inbox.copy.more", count: count - messages.count)) }
        parts.append(t("inbox.copy.link") + "\n\(baseURL)/inbox")
        return parts.joined(separator: "\n\n---\n\n") + "\n"
    }
}
