// SPDX-License-Identifier: Apache-2.0
// What an administrator typed about SMTP → checked settings, or refusals by field (spec 2.1).
import Markup

/// The form of the page `/settings/email`: the texts as typed, so that a refused form loses nothing.
struct SMTPSettingsForm: Sendable {
    var senderName: String
    var senderEmail: String
    var bounceEmail: String
    var bounceLimit: String
    var host: String
    var port: String
    var sizeLimit: String
    var secure: String
    var requiresAuthentication: Bool
    var userName: String
    /// Never filled from the stored settings.
    var password: String
    var unknownPolicy: String
    var connections: String
    var messagesPerSecond: String

    /// The form as it stands for stored settings.
    init(_ settings: SMTPSettings) {
        senderName = settings.senderName
        senderEmail = settings.senderEmail
        bounceEmail = settings.bounceEmail ?? ""
        bounceLimit = String(settings.bounceLimit)
        host = settings.host ?? ""
        port = String(settings.port)
        sizeLimit = settings.sizeLimitMegabytes.map { String($0) } ?? ""
        secure = settings.secure.rawValue
        requiresAuthentication = settings.requiresAuthentication
        userName = settings.userName ?? ""
        password = ""
        unknownPolicy = settings.unknownPolicy.rawValue
        connections = String(settings.connections)
        messagesPerSecond = settings.messagesPerSecond.map { String($0) } ?? ""
    }

    /// The form as it was sent.
    init(_ input: FormInput) {
        senderName = input.text("sender_name")
        senderEmail = input.text("sender_email")
        bounceEmail = input.text("bounce_email")
        bounceLimit = input.text("bounce_limit")
        host = input.text("host")
        port = input.text("port")
        sizeLimit = input.text("size_limit")
        secure = input.text("secure")
        requiresAuthentication = input.flag("requires_authentication")
        userName = input.text("user_name")
        password = input.exactText("password")
        unknownPolicy = input.text("unknown_policy")
        connections = input.text("connections")
        messagesPerSecond = input.text("messages_per_second")
    }

    /// Whether a token fits behind a plus sign, within the 64 letters of a local part.
    private static func isBounceMailbox(_ text: String) -> Bool {
        guard let address = EmailAddress(text) else { return false }
        return address.local.utf8.count <= SMTPSettings.bounceMailboxLetters && !address.local.contains("+")
            && address.local.utf8.allSatisfy { $0 < 0x80 }
    }

    /// The settings that the form describes.
    /// - Parameter old: What is stored: an empty password leaves its password as it is.
    /// - Throws: ``Refusals`` with all that is wrong, by field.
    func checked(against old: SMTPSettings) throws -> SMTPSettings {
        var refusals = Refusals()
        func refuse(_ field: String, _ key: String) {
            refusals.add(Refusal(.invalid, code: key, key: "settings.smtp.\(key)", field: field))
        }
        var settings = old
        if senderName.count > 200 { refuse("sender_name", "nameTooLong") }
        settings.senderName = senderName
        settings.senderEmail = senderEmail
        if EmailAddress(senderEmail) == nil { refuse("sender_email", "notAnAddress") }
        settings.bounceEmail = bounceEmail.nonEmpty
        if !bounceEmail.isEmpty, !Self.isBounceMailbox(bounceEmail) { refuse("bounce_email", "notABounceMailbox") }
        if let number = Int(bounceLimit), SMTPSettings.bounceLimitAllowed.contains(number) {
            settings.bounceLimit = number
        } else if !bounceLimit.isEmpty {
            refuse("bounce_limit", "notABounceLimit")
        }
        if host.contains("@") || host.contains("/") || host.contains(" ") || host.count > 253 {
            refuse("host", "notAHost")
        }
        settings.host = host.nonEmpty
        settings.secure = SecureMode(rawValue: secure) ?? old.secure
        if SecureMode(rawValue: secure) == nil { refuse("secure", "notAChoice") }
        if let number = Int(port), (1...65535).contains(number) {
            settings.port = number
        } else {
            refuse("port", "notAPort")
        }
        settings.sizeLimitMegabytes = Int(sizeLimit)
        if !sizeLimit.isEmpty, !(1...1000).contains(Int(sizeLimit) ?? 0) { refuse("size_limit", "notASize") }
        if !connections.isEmpty { settings.connections = Int(connections) ?? 0 }
        if let refusal = settings.connectionsRefusal { refusals.add(refusal) }
        settings.messagesPerSecond = messagesPerSecond.isEmpty ? nil : Int(messagesPerSecond) ?? 0
        if let number = settings.messagesPerSecond, !TenantLimits.perSecond.contains(number) {
            refusals.add(.outside(TenantLimits.perSecond, field: "messages_per_second"))
        }
        settings.unknownPolicy = UnknownPolicy(rawValue: unknownPolicy) ?? old.unknownPolicy
        settings.requiresAuthentication = requiresAuthentication
        settings.userName = requiresAuthentication ? userName.nonEmpty : nil
        if requiresAuthentication, userName.isEmpty { refuse("user_name", "userMissing") }
        if !password.isEmpty {
            settings.password = password
        } else if requiresAuthentication, old.password == nil {
            refuse("password", "passwordMissing")
        } else if settings.needsPasswordAgain(after: old) {
            refuse("password", "passwordAgain")
        }
        if !requiresAuthentication { settings.password = nil }
        try refusals.throwIfAny()
        return settings
    }
}
