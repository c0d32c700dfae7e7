// SPDX-License-Identifier: Apache-2.0
// Contacts with their addresses and numbers in the database.
import Storage

/// The tables `contact`, `contact_email` and `contact_phone` of one centre.
struct ContactsStore {
    let tx: any Transaction
    let tenant: TenantID

    /// The contacts that senders mean, in their order; see ``ContactMatching``.
    /// - Throws: ``Overtaken`` when another transaction has made one of them meanwhile.
    func findOrMake(_ customers: [CustomerReference], at now: Moment) throws -> [Contact?] {
        let candidates = try candidates(for: customers)
        var matching = ContactMatching(candidates: candidates, contacts: try contacts(ids: candidates.ids))
        let matches = customers.map { matching.match($0) { tx.new() } }
        try save(matching, at: now)
        return matches.map { $0.flatMap { matching.contacts[$0] } }
    }

    /// Everybody whom these customers may be, in one statement.
    func candidates(for customers: [CustomerReference]) throws -> ContactCandidates {
        var candidates = ContactCandidates()
        guard let lookUp = Self.candidates(for: customers, of: tenant) else { return candidates }
        for row in try tx.query(lookUp) {
            let found: String = try row.at(1)
            let contact: ContactID = try row.at(2)
            switch try row.at(0, as: String.self) {
            case "id": candidates.byExternalID[found] = contact
            case "email": candidates.byAddress[found] = contact
            default: candidates.byNumber[found] = contact
            }
        }
        return candidates
    }

    /// Who these customers may be; nil when nothing is said by which somebody could be found.
    static func candidates(for customers: [CustomerReference], of tenant: TenantID) -> SQL? {
        let externalIDs = Set(customers.compactMap(\.id)).sorted()
        let addresses = Set(customers.compactMap { $0.email?.folded }).sorted()
        let numbers = Set(customers.filter { $0.email == nil }.compactMap { $0.phone.flatMap(phoneNumber) }).sorted()
        var selections: [SQL] = []
        if !externalIDs.isEmpty {
            selections.append(
                """
                SELECT 'id' AS kind, external_id AS found, id AS contact_id FROM contact
                WHERE tenant_id = \(tenant) AND external_id IN (\(SQL.list(externalIDs)))
                """)
        }
        if !addresses.isEmpty {
            selections.append(
                """
                SELECT 'email' AS kind, address_folded AS found, contact_id FROM contact_email
                WHERE tenant_id = \(tenant) AND address_folded IN (\(SQL.list(addresses)))
                """)
        }
        if !numbers.isEmpty {
            selections.append(
                """
                SELECT 'phone' AS kind, number AS found, MIN(contact_id) AS contact_id FROM contact_phone
                WHERE tenant_id = \(tenant) AND number IN (\(SQL.list(numbers)))
                GROUP BY number HAVING MIN(contact_id) = MAX(contact_id)
                """)
        }
        return selections.isEmpty ? nil : selections.joined(separator: " UNION ALL ")
    }

    /// Contacts with all that belongs to them, in one statement.
    func contacts(ids: [ContactID]) throws -> [Contact] {
        if ids.isEmpty { return [] }
        let list = SQL.list(ids)
        let rows = try tx.query(
            """
            SELECT 0 AS kind, id AS contact_id, 0 AS position, first_name AS content, last_name, language, external_id,
                custom
            FROM contact WHERE tenant_id = \(tenant) AND id IN (\(list))
            UNION ALL
            SELECT 1, contact_id, position, address, NULL, NULL, NULL, NULL
            FROM contact_email WHERE tenant_id = \(tenant) AND contact_id IN (\(list))
            UNION ALL
            SELECT 2, contact_id, position, number, NULL, NULL, NULL, NULL
            FROM contact_phone WHERE tenant_id = \(tenant) AND contact_id IN (\(list))
            ORDER BY 1, 2, 3
            """)
        var contacts: [ContactID: Contact] = [:]
        for row in rows {
            let id: ContactID = try row.at(1)
            switch try row.at(0, as: Int.self) {
            case 0:
                contacts[id] = Contact(
                    id: id, externalID: try row.at(6), firstName: try row.at(3), lastName: try row.at(4),
                    language: try row.at(5), emails: [], phones: [], custom: try fromJSON(try row.at(7)))
            case 1: contacts[id]?.emails.append(try row.at(3))
            default: contacts[id]?.phones.append(try row.at(3))
            }
        }
        return ids.compactMap { contacts[$0] }
    }

    private func save(_ matching: ContactMatching, at now: Moment) throws {
        try insert(matching.made.compactMap { matching.contacts[$0] }, at: now)
        for id in matching.changed.sorted() {
            if let contact = matching.contacts[id] { try update(contact) }
        }
        try insertAddresses(of: matching)
        try insertNumbers(of: matching)
    }

    private func insert(_ contacts: [Contact], at now: Moment) throws {
        let sorted = contacts.sorted { ($0.externalID ?? "") < ($1.externalID ?? "") }
        for piece in sorted.piecesForStatements {
            let rows: [SQL] = piece.map { contact in
                """
                (\(tenant), \(contact.id), \(contact.externalID), \(contact.firstName), \(contact.lastName),
                \(contact.language), '{}', \(now))
                """
            }
            try tx.send(
                """
                INSERT INTO contact (tenant_id, id, external_id, first_name, last_name, language, custom, created_at)
                VALUES \(rows.joined(separator: ", ")) ON CONFLICT DO NOTHING
                """, changing: piece.count, otherwise: Overtaken())
        }
    }

    private func update(_ contact: Contact) throws {
        let taken = try tx.one(
            """
            SELECT id FROM contact
            WHERE tenant_id = \(tenant) AND external_id = \(contact.externalID) AND id <> \(contact.id)
            """)
        if taken != nil { throw Overtaken() }
        try tx.execute(
            """
            UPDATE contact SET external_id = \(contact.externalID), first_name = \(contact.firstName),
                last_name = \(contact.lastName), language = \(contact.language)
            WHERE tenant_id = \(tenant) AND id = \(contact.id)
            """)
    }

    private func insertAddresses(of matching: ContactMatching) throws {
        let gained = matching.gainedAddresses.sorted { $0.address.folded < $1.address.folded }
        for piece in gained.piecesForStatements {
            let rows: [SQL] = piece.map {
                "(\(tenant), \($0.contact), \($0.position), \($0.address.description), \($0.address.folded))"
            }
            try tx.send(
                """
                INSERT INTO contact_email (tenant_id, contact_id, position, address, address_folded)
                VALUES \(rows.joined(separator: ", ")) ON CONFLICT DO NOTHING
                """, changing: piece.count, otherwise: Overtaken())
        }
    }

    private func insertNumbers(of matching: ContactMatching) throws {
        let gained = matching.gainedNumbers.sorted { $0.contact < $1.contact }
        for piece in gained.piecesForStatements {
            let rows: [SQL] = piece.map { "(\(tenant), \($0.contact), \($0.position), \($0.number))" }
            try tx.send(
                """
                INSERT INTO contact_phone (tenant_id, contact_id, position, number)
                VALUES \(rows.joined(separator: ", ")) ON CONFLICT DO NOTHING
                """, changing: piece.count, otherwise: Overtaken())
        }
    }

}
