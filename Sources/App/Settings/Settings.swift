// SPDX-License-Identifier: Apache-2.0
// The room's face: what other rooms may ask of the centres' settings.
import Storage

/// Settings that administrators change at run time.
public struct Settings: Sendable {
    let installation: Installation

    public init(installation: Installation) { self.installation = installation }

    /// How a centre's mail leaves; nil when nobody has said so yet.
    public func smtp(of tenant: TenantID, in tx: any Transaction) throws -> SMTPSettings? {
        try SMTPSettingsStore(tx: tx, secret: installation.secret).find(tenant)
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
