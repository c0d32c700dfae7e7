// SPDX-License-Identifier: Apache-2.0
// The table smtp_settings. Passwords leave and enter it sealed.
import Storage

/// SMTP settings of contact centres.
struct SMTPSettingsStore {
    let tx: any Transaction
    let secret: ServerSecret

    /// A centre's settings; nil when nobody has entered any.
    func find(_ tenant: TenantID) throws -> SMTPSettings? {
        try tx.one(Self.query(tenant)).map { try Self.settings($0, secret: secret) }
    }

    static func query(_ tenant: TenantID) -> SQL {
        """
        SELECT sender_name, sender_email, bounce_email, bounce_limit, host, port, size_limit_mb, secure,
            requires_authentication, user_name, password_sealed, unknown_policy, connections, messages_per_second
        FROM smtp_settings WHERE tenant_id = \(tenant)
        """
    }

    static func settings(_ row: Row, secret: ServerSecret) throws -> SMTPSettings {
        SMTPSettings(
            senderName: try row.get("sender_name"), senderEmail: try row.get("sender_email"),
            bounceEmail: try row.get("bounce_email"), bounceLimit: try row.get("bounce_limit"),
            host: try row.get("host"), port: try row.get("port"),
            sizeLimitMegabytes: try row.get("size_limit_mb"),
            secure: try row.get("secure"), requiresAuthentication: try row.get("requires_authentication"),
            userName: try row.get("user_name"),
            password: try row.get("password_sealed", as: [UInt8]?.self).map { try secret.open($0) },
            unknownPolicy: try row.get("unknown_policy"), connections: try row.get("connections"),
            messagesPerSecond: try row.get("messages_per_second"))
    }

    func save(_ settings: SMTPSettings, of tenant: TenantID, at now: Moment) throws {
        let sealed = try settings.password.map { try secret.seal($0) }
        try tx.execute(
            """
            INSERT INTO smtp_settings (tenant_id, sender_name, sender_email, bounce_email, bounce_limit, host, port,
                size_limit_mb, secure, requires_authentication, user_name, password_sealed, unknown_policy,
                connections, messages_per_second, changed_at)
            VALUES (\(tenant), \(settings.senderName), \(settings.senderEmail), \(settings.bounceEmail),
                \(settings.bounceLimit), \(settings.host), \(settings.port),
                \(settings.sizeLimitMegabytes), \(settings.secure), \(settings.requiresAuthentication),
                \(settings.userName), \(sealed), \(settings.unknownPolicy), \(settings.connections),
                \(settings.messagesPerSecond), \(now))
            ON CONFLICT (tenant_id) DO UPDATE SET sender_name = excluded.sender_name,
                sender_email = excluded.sender_email, bounce_email = excluded.bounce_email,
                bounce_limit = excluded.bounce_limit, host = excluded.host, port = excluded.port,
                size_limit_mb = excluded.size_limit_mb, secure = excluded.secure,
                requires_authentication = excluded.requires_authentication, user_name = excluded.user_name,
                password_sealed = excluded.password_sealed, unknown_policy = excluded.unknown_policy,
                connections = excluded.connections, messages_per_second = excluded.messages_per_second,
                changed_at = excluded.changed_at
            """)
    }
}
