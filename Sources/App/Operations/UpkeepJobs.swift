// SPDX-License-Identifier: Apache-2.0
// The hourly work for the whole installation: contents of messages whose time is over are erased, and it is measured
// how much each centre keeps.
import Durable
import Storage

extension Operations {
    private static let upkeep = WorkKind("upkeep")
    private static let hourMilliseconds: Int64 = 3_600_000
    /// Centres without a limit are measured so often.
    private static let unlimitedMilliseconds: Int64 = 24 * 3_600_000
    private static let centresAtOnceInUpkeep = 100

    /// Makes sure that the work is there; it is one for all nodes.
    public func beginUpkeep(in tx: any Transaction, at now: Moment) throws {
        try Work.ensure(Self.upkeep, tenant: 0, subject: 0, at: now.milliseconds, in: tx)
    }

    var upkeepHandler: WorkHandler {
        WorkHandler(kind: Self.upkeep, batch: 1, concurrency: 1) { items, context in
            let now = Moment(milliseconds: context.now())
            try await keepUp(at: now) { context.isStopping() }
            let next = context.isStopping() ? now.milliseconds : now.milliseconds + Self.hourMilliseconds
            try await installation.database.write { try Work.settle(items, as: .again(at: next), in: $0) }
        }
    }

    /// Goes through all centres, page by page.
    func keepUp(at now: Moment, isStopping: () -> Bool = { false }) async throws {
        var last: TenantID?
        while !isStopping() {
            let after = last
            let tenants = try await installation.database.read { tx in
                try accounts.tenants(after: after, limit: Self.centresAtOnceInUpkeep, in: tx)
            }
            guard let end = tenants.last else { return }
            last = end.id
            for tenant in tenants where !isStopping() {
                while !isStopping(), try await mailings.eraseContents(of: tenant.id, at: now) {}
                try await measure(tenant, at: now)
            }
        }
    }

    /// Measures a centre whose figure is not of late.
    private func measure(_ tenant: Tenant, at now: Moment) async throws {
        let isLimited = tenant.limits.storageMegabytes != nil
        let age = tenant.storage.map { now.milliseconds - $0.measuredAt.milliseconds }
        if !isLimited, let age, age < Self.unlimitedMilliseconds { return }
        let bytes = try await installation.database.bytes(ofTenant: tenant.id.raw)
        let use = StorageUse(bytes: bytes, measuredAt: now)
        try await installation.database.write { try accounts.note(use, of: tenant.id, in: $0) }
    }
}
