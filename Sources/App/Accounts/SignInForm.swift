// SPDX-License-Identifier: Apache-2.0
// What is typed to sign in, to set up the first administrator, and to choose a password.
import Foundation

/// The sign-in page's fields.
struct SignInForm {
    let centre: String
    let login: String
    let password: String
    let next: String

    init(_ input: FormInput) {
        centre = input.text("centre").lowercased()
        login = input.text("login")
        password = input.exactText("password")
        next = localPath(input.text("next"))
    }

    /// - Throws: ``Refusals`` for empty fields.
    func check() throws {
        var refusals = Refusals()
        for (field, value) in [("login", login), ("password", password)] where value.isEmpty {
            refusals.add(Refusal(.invalid, code: "missing", key: "accounts.missing.\(field)", field: field))
        }
        try refusals.throwIfAny()
    }
}

/// A new password, typed twice.
struct PasswordForm {
    let password: String
    let again: String

    init(_ input: FormInput) {
        password = input.exactText("password")
        again = input.exactText("again")
    }

    /// Everything that is wrong with it.
    var refusals: Refusals {
        var refusals = Refusals()
        do {
            try Passwords.check(password)
        } catch let refusal as Refusal {
            refusals.add(refusal)
        } catch {
            refusals.add(Refusal(.invalid, code: "bad_password", key: "accounts.passwordLong", field: "password"))
        }
        if password != again {
            refusals.add(Refusal(.invalid, code: "not_the_same", key: "accounts.passwordsDiffer", field: "again"))
        }
        return refusals
    }
}

/// The set-up page's fields.
struct SetUpForm {
    let centreName: String
    let timeZone: String
    let person: NewPerson
    let password: PasswordForm

    init(_ input: FormInput, language: String) {
        centreName = input.text("centreName")
        timeZone = input.text("timeZone")
        var person = NewPerson(login: input.text("login"))
        person.firstName = input.text("firstName")
        person.lastName = input.text("lastName")
        person.email = input.text("email").nonEmpty
        person.roles = [.administrator]
        person.language = language
        self.person = person
        password = PasswordForm(input)
    }

    /// - Throws: ``Refusals`` by field.
    func check() throws {
        var refusals = Refusals()
        if centreName.isEmpty || centreName.count > AccountsLimits.nameLength {
            refusals.add(
                Refusal(.invalid, code: "bad_name", key: "accounts.badTenantName", field: "centreName"))
        }
        if TimeZone(identifier: timeZone) == nil {
            refusals.add(Refusal(.invalid, code: "bad_time_zone", key: "accounts.badTimeZone", field: "timeZone"))
        }
        do {
            try person.check()
        } catch let refused as Refusals {
            refusals.all += refused.all
        }
        refusals.all += password.refusals.all
        try refusals.throwIfAny()
    }
}
