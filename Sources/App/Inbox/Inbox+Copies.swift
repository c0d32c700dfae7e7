// SPDX-License-Identifier: Apache-2.0
// Which copies are written for the messages that were taken to be copied.
import Foundation
import Markup

extension Inbox {
    /// One mail for each group whose reader has an address.
    func copies(
        of taken: [CopyGroup: [InternalMessageID]], _ store: InboxCopyStore, at now: Moment
    ) throws -> [StaffMailDue] {
        guard !taken.isEmpty else { return [] }
        let people = Set(taken.keys.map(\.person)).sorted()
        let readers = try store.readers(people)
        let written = taken.filter { readers[$0.key.person]?.address != nil }
        let shown = written.mapValues { $0.suffix(InboxLimits.messagesInCopy) }
        let messages = try store.messages(shown.values.flatMap(\.self), of: people)
        return shown.sorted { ($0.value.first?.raw ?? 0) < ($1.value.first?.raw ?? 0) }.compactMap { group, ids in
            guard let reader = readers[group.person], let address = reader.address else { return nil }
            let t = installation.catalogue.localizer(reader.language)
            let mail = InboxMail(
                messages: ids.compactMap { messages[$0] }, count: written[group]?.count ?? 0,
                zone: TimeZone(identifier: reader.zone) ?? .gmt, baseURL: installation.baseURL)
            return StaffMailDue(
                tenant: store.tenant, person: group.person, recipient: address, subject: mail.subject(t),
                text: mail.text(t), language: t.language,
                windowEndsAt: now.adding(hours: InboxLimits.sendWithinHours))
        }
    }
}
