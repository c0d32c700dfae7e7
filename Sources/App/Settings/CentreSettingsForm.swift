// SPDX-License-Identifier: Apache-2.0
// What an administrator types about the centre itself.

/// The fields of the page `/settings/centre`.
struct CentreSettingsForm: Sendable {
    var name: String
    var language: String
    var timeZone: String
    var minimumN: String

    init(_ change: TenantChange) {
        name = change.name
        language = change.language
        timeZone = change.timeZone
        minimumN = String(change.minimumN)
    }

    init(_ input: FormInput) {
        name = input.text("name")
        language = input.text("language")
        timeZone = input.text("timeZone")
        minimumN = input.text("minimumN")
    }

    /// What the settings become; what the page does not ask for stays.
    /// - Throws: ``Refusals`` with all that is wrong, by field.
    func checked(over old: TenantChange) throws -> TenantChange {
        var change = old
        change.name = name
        change.language = language
        change.timeZone = timeZone
        change.minimumN = Int(minimumN) ?? 0
        try change.refusals.throwIfAny()
        return change
    }
}
