// SPDX-License-Identifier: Apache-2.0
// The room's face: putting messages into inboxes, and counting what is unread.
import Durable
import Markup
import Storage

/// Internal messages to employees.
public struct Inbox: Sendable {
    /// How many messages a page of an inbox shows.
    static let pageSize = 50

    let installation: Installation
    /// Who sends mail to employees (Mailings).
    let staffMailsDue: @Sendable ([StaffMailDue], any Transaction, Moment) throws -> Void

    public init(
        installation: Installation,
        staffMailsDue: @escaping @Sendable ([StaffMailDue], any Transaction, Moment) throws -> Void
    ) {
        self.installation = installation
        self.staffMailsDue = staffMailsDue
    }

    /// Puts messages into inboxes; whoever has one of the same run and block already gets no second one. Copies by mail
    /// follow, at most one an hour for each block and person.
    public func deliver(
        _ drafts: [InternalMessageDraft], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let rows = drafts.flatMap { draft in
            Set(draft.recipients).sorted().map { person in
                InboxStore.NewMessage(
                    person: person, run: draft.run, workflow: draft.workflow, block: draft.block, title: draft.title,
                    body: draft.body)
            }
        }
        try InboxStore(tenant: tenant, tx: tx).insert(rows, at: now)
        try Work.schedule(
            Set(rows.map(\.person)).map { (Self.copyWork, tenant.raw, $0.raw, now.milliseconds) }, in: tx)
    }

    /// The active people behind account names, ignoring case; unknown names are left out.
    public func people(
        named names: Set<String>, of tenant: TenantID, in tx: any Transaction
    ) throws -> [String: PersonID] {
        try InboxStore(tenant: tenant, tx: tx).people(named: names)
    }

    /// Tells every active administrator of a centre, each in their own language, once.
    public func notifyAdministrators(
        _ notice: AdministratorNotice, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let store = InboxStore(tenant: tenant, tx: tx)
        let rows = try store.administrators().map { administrator in
            let t = installation.catalogue.localizer(administrator.language)
            let arguments = notice.arguments.mapValues { t.reason($0) }
            return InboxStore.NewMessage(
                person: administrator.person, run: InboxStore.noRun, workflow: nil, block: notice.once,
                title: t(notice.key + ".title", arguments), body: t(notice.key + ".body", arguments))
        }
        try store.insert(rows, at: now)
    }

    /// How many messages a person has not read, for the frame; more than 99 read as 100.
    public func unread(of person: PersonID, of tenant: TenantID) async throws -> Int {
        let rows = try await installation.database.query(InboxStore.unread(of: person, of: tenant))
        return try rows.first?.get("unread") ?? 0
    }

    /// A page of a person's messages: unread first, then the newest first.
    func page(of person: PersonID, of tenant: TenantID, after: InboxPosition?) async throws -> [InternalMessage] {
        try await installation.database.query(
            InboxStore.page(of: person, of: tenant, after: after, limit: Self.pageSize + 1)
        ).map(InboxStore.message)
    }

    /// Marks a message read, or all of a person's.
    func markRead(
        _ message: InternalMessageID?, by person: PersonID, of tenant: TenantID, at now: Moment
    ) async throws {
        try await installation.database.write { tx in
            try InboxStore(tenant: tenant, tx: tx).markRead(message, by: person, at: now)
        }
    }
}

/// Where a page of an inbox begins: after this message.
struct InboxPosition: Sendable, Equatable, LosslessStringConvertible {
    let isRead: Bool
    let id: InternalMessageID

    init(isRead: Bool, id: InternalMessageID) {
        self.isRead = isRead
        self.id = id
    }

    /// As it stands in an address: `1-123`.
    var description: String { "\(isRead ? 1 : 0)-\(id)" }

    init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "0" || parts[0] == "1", let id = InternalMessageID(String(parts[1]))
        else { return nil }
        self.init(isRead: parts[0] == "1", id: id)
    }
}
