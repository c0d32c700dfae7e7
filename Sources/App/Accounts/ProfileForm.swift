// SPDX-License-Identifier: Apache-2.0
// What somebody types about themselves.

/// The fields of the page `/account/profile`.
struct ProfileForm: Sendable {
    var firstName: String
    var lastName: String
    var email: String
    var language: String
    /// Empty where the centre's applies.
    var timeZone: String

    init(_ person: Person) {
        firstName = person.firstName
        lastName = person.lastName
        email = person.email ?? ""
        language = person.language
        timeZone = person.timeZone ?? ""
    }

    init(_ input: FormInput) {
        firstName = input.text("firstName")
        lastName = input.text("lastName")
        email = input.text("email")
        language = input.text("language")
        timeZone = input.text("timeZone")
    }

    /// - Throws: ``Refusals`` with all that is wrong, by field.
    func checked(for person: Person) throws -> NewPerson {
        var new = NewPerson(login: person.login)
        new.firstName = firstName
        new.lastName = lastName
        new.email = email.nonEmpty
        new.language = language
        new.timeZone = timeZone.nonEmpty
        try new.check()
        return new
    }
}
