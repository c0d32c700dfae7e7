// SPDX-License-Identifier: Apache-2.0
// What a provider types: a new centre with its first administrator, and the limits of a centre.
import Foundation
import Markup

/// The fields of a new centre.
struct NewCentreForm: Sendable {
    var centre: NewTenant
    var administrator: NewPerson

    /// An empty form.
    init(language: String) {
        centre = NewTenant(key: "", name: "")
        centre.language = language
        administrator = NewPerson(login: "")
    }

    init(_ input: FormInput) {
        centre = NewTenant(key: input.text("key").lowercased(), name: input.text("name"))
        centre.kind = Tenant.Kind(rawValue: input.text("kind")) ?? .production
        centre.language = input.text("language")
        centre.timeZone = input.text("timeZone")
        centre.surveysEnabled = input.flag("surveys")
        administrator = NewPerson(login: input.text("login"))
        administrator.firstName = input.text("firstName")
        administrator.lastName = input.text("lastName")
        administrator.email = input.text("email").nonEmpty
        administrator.roles = [.administrator]
        administrator.language = centre.language
    }

    /// - Throws: ``Refusals`` with all that is wrong, by field.
    func check() throws {
        var refusals = centre.refusals
        // The person's language is the centre's: it is refused once.
        refusals.all += administrator.refusals.all.filter { $0.field != "language" }
        try refusals.throwIfAny()
    }
}

/// The limits of a centre, as typed.
struct TenantLimitsForm: Sendable {
    let messageMegabytes: String
    let messagesPerSecond: String
    let connections: String
    let storageMegabytes: String

    init(_ limits: TenantLimits) {
        messageMegabytes = limits.messageMegabytes.map { String($0) } ?? ""
        messagesPerSecond = limits.messagesPerSecond.map { String($0) } ?? ""
        connections = limits.connections.map { String($0) } ?? ""
        storageMegabytes = limits.storageMegabytes.map { String($0) } ?? ""
    }

    init(_ input: FormInput) {
        messageMegabytes = input.text("messageMegabytes")
        messagesPerSecond = input.text("messagesPerSecond")
        connections = input.text("connections")
        storageMegabytes = input.text("storageMegabytes")
    }

    /// - Throws: ``Refusals`` by field: a text that is no number is outside of every range.
    func checked() throws -> TenantLimits {
        func number(_ text: String) -> Int? { text.isEmpty ? nil : Int(text) ?? -1 }
        let limits = TenantLimits(
            messageMegabytes: number(messageMegabytes), messagesPerSecond: number(messagesPerSecond),
            connections: number(connections), storageMegabytes: number(storageMegabytes))
        try limits.refusals.throwIfAny()
        return limits
    }
}
