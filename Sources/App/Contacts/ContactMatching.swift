// SPDX-License-Identifier: Apache-2.0
// Which contact a sender means: by id, else email, else phone, else a new one (spec 6.1). Many at once.
import Storage

/// What the database knows of the customers of one list, and what is to be written.
struct ContactMatching {
    /// How many addresses and how many numbers one contact collects.
    static let collectedLimit = 20

    /// Contacts by id, as they will be after the changes.
    private(set) var contacts: [ContactID: Contact]
    private var byExternalID: [String: ContactID] = [:]
    private var byAddress: [String: ContactID] = [:]
    private var byNumber: [String: ContactID] = [:]
    /// New contacts in the order of their making.
    private(set) var made: [ContactID] = []
    /// Known contacts that learned something about themselves.
    private(set) var changed: Set<ContactID> = []
    /// Addresses and numbers that known contacts have gained.
    private(set) var gainedAddresses: [(contact: ContactID, position: Int, address: EmailAddress)] = []
    private(set) var gainedNumbers: [(contact: ContactID, position: Int, number: String)] = []

    init(candidates: ContactCandidates, contacts: [Contact]) {
        self.contacts = Dictionary(contacts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        byExternalID = candidates.byExternalID
        byAddress = candidates.byAddress
        byNumber = candidates.byNumber
    }

    /// The contact that is meant; one that is made when nobody is. Nil when nothing could find it again.
    mutating func match(_ customer: CustomerReference, newID: () -> ContactID) -> ContactID? {
        let number = customer.phone.flatMap(phoneNumber)
        guard customer.id != nil || customer.email != nil || number != nil else { return nil }
        if let found = find(customer, number: number) {
            learn(found, from: customer, number: number)
            return found
        }
        return make(customer, number: number, id: newID())
    }

    private func find(_ customer: CustomerReference, number: String?) -> ContactID? {
        if let id = customer.id, let found = byExternalID[id] { return found }
        let found: ContactID?
        if let email = customer.email {
            found = byAddress[email.folded]
        } else {
            found = number.flatMap { byNumber[$0] }
        }
        guard let found, let contact = contacts[found] else { return nil }
        // A contact that the sender knows under another id is another customer, who shares the address.
        if customer.id != nil, contact.externalID != nil { return nil }
        return found
    }

    /// Takes over what was not known; nothing that is known is overwritten.
    private mutating func learn(_ id: ContactID, from customer: CustomerReference, number: String?) {
        guard var contact = contacts[id] else { return }
        let before = contact
        if contact.externalID == nil, let external = customer.id {
            contact.externalID = external
            byExternalID[external] = id
        }
        if contact.firstName.isEmpty, contact.lastName.isEmpty, customer.name != nil {
            (contact.firstName, contact.lastName) = customer.names
        }
        if contact.language == nil { contact.language = customer.language }
        if contact != before, !made.contains(id) { changed.insert(id) }
        contacts[id] = contact
        if let email = customer.email { gain(email, for: id) }
        if let number { gain(number, for: id) }
    }

    private mutating func gain(_ email: EmailAddress, for id: ContactID) {
        guard byAddress[email.folded] == nil, let count = contacts[id]?.emails.count, count < Self.collectedLimit
        else { return }
        byAddress[email.folded] = id
        contacts[id]?.emails.append(email.description)
        gainedAddresses.append((id, count, email))
    }

    private mutating func gain(_ number: String, for id: ContactID) {
        guard let numbers = contacts[id]?.phones, !numbers.contains(number), numbers.count < Self.collectedLimit
        else { return }
        contacts[id]?.phones.append(number)
        gainedNumbers.append((id, numbers.count, number))
    }

    private mutating func make(_ customer: CustomerReference, number: String?, id: ContactID) -> ContactID {
        let names = customer.names
        contacts[id] = Contact(
            id: id, externalID: customer.id, firstName: names.first, lastName: names.last,
            language: customer.language, emails: [], phones: [], custom: [:])
        made.append(id)
        if let external = customer.id { byExternalID[external] = id }
        if let email = customer.email { gain(email, for: id) }
        if let number {
            gain(number, for: id)
            if customer.email == nil { byNumber[number] = id }
        }
        return id
    }
}

/// Contacts that the customers of a list may be, by what they were found by.
struct ContactCandidates {
    var byExternalID: [String: ContactID] = [:]
    var byAddress: [String: ContactID] = [:]
    /// Only numbers that exactly one contact has.
    var byNumber: [String: ContactID] = [:]

    var ids: [ContactID] { Array(Set(byExternalID.values).union(byAddress.values).union(byNumber.values)).sorted() }
}
