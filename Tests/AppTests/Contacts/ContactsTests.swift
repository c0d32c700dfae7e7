// SPDX-License-Identifier: Apache-2.0
// Whom a sender means, and who must not be asked.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct ContactsTests {
    private let tenant = TenantID(raw: 1)
    private let now = Moment(milliseconds: 1_772_442_000_000)

    private func contacts(_ database: Database) -> Contacts { Contacts(installation: testInstallation(database)) }

    private func reference(
        id: String? = nil, name: String? = nil, email: String? = nil, phone: String? = nil
    ) -> CustomerReference {
        CustomerReference(id: id, name: name, email: email.flatMap { EmailAddress($0) }, phone: phone, language: nil)
    }

    private func find(_ references: [CustomerReference], in database: Database) async throws -> [Contact?] {
        let contacts = contacts(database)
        return try await database.writeRepeatedly { [tenant, now] tx in
            try contacts.findOrMake(references, of: tenant, in: tx, at: now)
        }
    }

    @Test(arguments: engines)
    func `a contact is found by id, else email, else a phone of its own`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let ivan = try #require(
                try await find([reference(id: "c1", name: "Иван Смирнов", email: "ivan@example.com")], in: database)[0])
            let anna = try #require(
                try await find([reference(name: "Анна", email: "anna@example.com", phone: "+7 495 1")], in: database)[0]
            )
            #expect(ivan.id != anna.id)
            #expect((ivan.firstName, ivan.lastName) == ("Иван", "Смирнов"))
            let cases: [(CustomerReference, ContactID?)] = [
                (reference(id: "c1", email: "anna@example.com"), ivan.id),
                (reference(email: "IVAN@Example.com"), ivan.id),
                (reference(phone: "+7 (495) 1"), anna.id),
                (reference(email: "new@example.com", phone: "+74951"), nil),
                (reference(id: "c2", email: "ivan@example.com"), nil),
                (reference(id: "a1", email: "anna@example.com"), anna.id),
            ]
            for (customer, expected) in cases {
                let found = try #require(try await find([customer], in: database)[0])
                if let expected {
                    #expect(found.id == expected, "\(customer)")
                } else {
                    #expect(found.id != ivan.id && found.id != anna.id, "\(customer)")
                }
            }
            // The sender's id, said once, is known from then on.
            #expect(try await find([reference(id: "a1")], in: database)[0]?.id == anna.id)
        }
    }

    @Test(arguments: engines)
    func `a phone that two contacts have means neither`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let two = try await find(
                [
                    reference(email: "a@example.com", phone: "+7495"),
                    reference(email: "b@example.com", phone: "+7495"),
                ], in: database)
            let third = try #require(try await find([reference(phone: "+7495")], in: database)[0])
            #expect(!two.contains { $0?.id == third.id })
        }
    }

    @Test(arguments: engines)
    func `what is known stays, and what was not is filled in`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            _ = try await find([reference(id: "c1", phone: "111")], in: database)
            _ = try await find([reference(id: "c1", name: "Иван", email: "i@example.com", phone: "222")], in: database)
            _ = try await find([reference(id: "c1", name: "Пётр", email: "p@example.com")], in: database)
            let ivan = try #require(try await find([reference(id: "c1")], in: database)[0])
            #expect(ivan.firstName == "Иван")
            #expect(ivan.emails == ["i@example.com", "p@example.com"])
            #expect(ivan.phones == ["111", "222"])
        }
    }

    @Test(arguments: engines)
    func `nobody is made of nothing, and a list finds its own`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let found = try await find(
                [
                    reference(), reference(name: "Аноним", phone: "anonymous"), reference(email: "x@example.com"),
                    reference(email: "X@example.com"), reference(phone: "5"), reference(phone: "5"),
                ], in: database)
            #expect(found[0] == nil)
            #expect(found[1] == nil)
            #expect(found[2] != nil)
            #expect(found[2]?.id == found[3]?.id)
            #expect(found[4]?.id == found[5]?.id)
            #expect(found[2]?.id != found[4]?.id)
        }
    }

    @Test(arguments: engines)
    func `ten at once make one contact`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let ids = try await withThrowingTaskGroup(of: ContactID?.self) { group in
                for index in 0..<10 {
                    let customer = reference(name: "Иван \(index)", email: "ivan@example.com")
                    group.addTask { try await find([customer], in: database)[0]?.id }
                }
                var ids: Set<ContactID?> = []
                for try await id in group { ids.insert(id) }
                return ids
            }
            #expect(ids.count == 1)
            let count = try await database.query("SELECT COUNT(*) FROM contact")[0].at(0, as: Int.self)
            #expect(count == 1)
        }
    }

    @Test(arguments: engines)
    func `another centre's contacts are not found`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let ours = try #require(try await find([reference(id: "c1", email: "i@example.com")], in: database)[0])
            let contacts = contacts(database)
            let elsewhere = TenantID(raw: 2)
            let (theirs, found) = try await database.writeRepeatedly { [now] tx in
                (
                    try contacts.findOrMake(
                        [reference(id: "c1", email: "i@example.com")], of: elsewhere, in: tx, at: now),
                    try contacts.contact(ours.id, of: elsewhere, in: tx)
                )
            }
            #expect(theirs[0]?.id != ours.id)
            #expect(found == nil)
        }
    }

    @Test(arguments: engines)
    func `cases are one per number`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let contacts = contacts(database)
            let made = try await database.writeRepeatedly { [tenant, now] tx in
                try contacts.findOrMake(
                    [CaseReference(number: "C-1", title: nil), CaseReference(number: "C-2", title: "Возврат")],
                    of: tenant, in: tx, at: now)
            }
            let again = try await database.writeRepeatedly { [tenant, now] tx in
                try contacts.findOrMake([CaseReference(number: "C-1", title: "Заказ")], of: tenant, in: tx, at: now)
            }
            #expect(made.count == 2)
            #expect(again["C-1"]?.id == made["C-1"]?.id)
            #expect(again["C-1"]?.title == "Заказ")
        }
    }

    @Test(arguments: engines)
    func `a suppressed address is so for its centre, whatever its case`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let contacts = contacts(database)
            let address = try #require(EmailAddress("Ivan@Example.com"))
            let (first, second) = try await database.write { [tenant, now] tx in
                (
                    try contacts.suppress(address, because: .unsubscribed, of: tenant, in: tx, at: now),
                    try contacts.suppress(address, because: .bounced, of: tenant, in: tx, at: now)
                )
            }
            #expect((first, second) == (true, false))
            let (here, elsewhere, among) = try await database.read { [tenant] tx in
                (
                    try contacts.isSuppressed("ivan@example.com", of: tenant, in: tx),
                    try contacts.isSuppressed("ivan@example.com", of: TenantID(raw: 2), in: tx),
                    try contacts.suppressed(among: ["ivan@example.com", "b@example.com"], of: tenant, in: tx)
                )
            }
            #expect(here)
            #expect(!elsewhere)
            #expect(among == ["ivan@example.com"])
        }
    }
}
