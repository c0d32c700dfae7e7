// SPDX-License-Identifier: Apache-2.0
// All people of a centre at once, and changing them: for the configuration file.
import Storage

/// A person with the teams that he supervises.
public struct PersonEntry: Sendable {
    public let person: Person
    public let supervisedTeams: Set<TeamID>

    /// What the person begins a change with.
    public var new: NewPerson { NewPerson(person, supervisedTeams: supervisedTeams) }
}

extension Accounts {
    /// Everybody, in order of login names, in three statements.
    public func directory(of tenant: TenantID, in tx: any Transaction) throws -> [PersonEntry] {
        let store = PeopleStore(tx: tx, tenant: tenant)
        let supervised = try store.supervisedTeams()
        return try store.everybody().map { PersonEntry(person: $0, supervisedTeams: supervised[$0.id] ?? []) }
    }

    /// A person with the teams that they supervise.
    public func entry(of person: Person, in tx: any Transaction) throws -> PersonEntry {
        let supervised = try PeopleStore(tx: tx, tenant: person.tenant).supervisedTeams(of: person.id)
        return PersonEntry(person: person, supervisedTeams: supervised)
    }

    /// Changes a person, whose login name stays. Who is not active any more is signed out.
    /// - Throws: ``Refusals`` by field. Whether an administrator is left is the caller's question:
    ///   ``refuseWithoutAdministrator(before:of:in:)``.
    public func change(
        _ person: PersonID, to new: NewPerson, isActive: Bool, of tenant: TenantID, in tx: any Transaction
    ) throws {
        try new.check()
        let store = PeopleStore(tx: tx, tenant: tenant)
        try store.update(person, to: new, isActive: isActive)
        if !isActive { try SessionsStore(tx: tx).deleteAll(of: person, tenant) }
    }

    /// Active administrators, locked until the end of the transaction.
    public func administrators(of tenant: TenantID, in tx: any Transaction) throws -> Set<PersonID> {
        Set(try PeopleStore(tx: tx, tenant: tenant).lockedAdministrators())
    }

    /// The last administrator stays one.
    public static func refusal(administrators before: Set<PersonID>, after isLeft: Bool) -> Refusal? {
        guard !before.isEmpty, !isLeft else { return nil }
        return Refusal(.conflict, code: "last_administrator", key: "accounts.lastAdministrator", field: "roles")
    }
}
