// SPDX-License-Identifier: Apache-2.0
// The room's face: what other rooms may ask of the centres' settings.
import Durable
import Storage

/// Settings that administrators change at run time.
public struct Settings: Sendable {
    let installation: Installation
    let keyring = SigningKeyring()
    let pictures = PictureMaking()

    public init(installation: Installation) { self.installation = installation }

    /// How a centre's mail leaves; nil when nobody has said so yet.
    public func smtp(of tenant: TenantID, in tx: any Transaction) throws -> SMTPSettings? {
        try SMTPSettingsStore(tx: tx, secret: installation.secret).find(tenant)
    }

    /// What ``smtp(of:in:)``, ``limits(of:in:)`` and ``signingKeys(of:in:)`` look up, for
    /// ``Transaction/query(_:lookingUp:)``.
    func mailLookUps(of tenant: TenantID) -> [SQL] {
        [SMTPSettingsStore.query(tenant), TenantsStore.tenant(tenant), SigningKeysStore.query(tenant)]
    }

    /// When a centre works; round the clock while nobody has said anything.
    public func hours(of tenant: TenantID, in tx: any Transaction) throws -> BusinessHours {
        try CentreSettingsStore(tx: tx, tenant: tenant).hours() ?? .always
    }

    /// Keeps when a centre works.
    public func save(_ hours: BusinessHours, of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        try CentreSettingsStore(tx: tx, tenant: tenant).save(hours, at: now)
    }

    /// How long a centre keeps personal data.
    public func retention(of tenant: TenantID, in tx: any Transaction) throws -> RetentionPeriods {
        try CentreSettingsStore(tx: tx, tenant: tenant).periods() ?? .forEver
    }

    /// Keeps how long personal data is kept, and begins to forget what is older.
    public func save(_ periods: RetentionPeriods, of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        try CentreSettingsStore(tx: tx, tenant: tenant).save(periods, at: now)
        guard periods != .forEver else { return }
        try Work.schedule(
            Self.retentionWork, tenant: tenant.raw, subject: tenant.raw, at: now.milliseconds, in: tx)
    }

    /// What the provider lets a centre take.
    public func limits(of tenant: TenantID, in tx: any Transaction) throws -> TenantLimits {
        try TenantsStore(tx: tx).tenant(tenant)?.limits ?? TenantLimits()
    }

    /// Keeps how a centre's mail leaves.
    public func save(_ settings: SMTPSettings, of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        try SMTPSettingsStore(tx: tx, secret: installation.secret).save(settings, of: tenant, at: now)
    }
}
