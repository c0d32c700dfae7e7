// SPDX-License-Identifier: Apache-2.0
// What the ledger is told of a message on its way, before its first byte and after its end.
import Storage

/// A step of a message that is being delivered.
enum LedgerStep: Sendable {
    /// Its first byte is about to leave.
    case begin(TenantID, MessageID)
    /// It is known what became of it.
    case conclude(TenantID, Concluded)

    fileprivate var tenant: TenantID {
        switch self {
        case .begin(let tenant, _), .conclude(let tenant, _): tenant
        }
    }

    fileprivate var begun: MessageID? {
        if case .begin(_, let message) = self { message } else { nil }
    }

    fileprivate var concluded: Concluded? {
        if case .conclude(_, let one) = self { one } else { nil }
    }
}

extension Mailings {
    /// Writes the steps of several messages: one message's end and the next one's beginning come at the same time.
    /// - Parameter wakesRuns: See ``conclude(_:of:wakesRuns:in:at:)``.
    /// - Returns: For each message that begins the number of its attempt, or nil when it is not to be sent any more;
    ///   nil for the others.
    func write(_ steps: [LedgerStep], wakesRuns: Bool = false, in tx: any Transaction) throws -> [Int?] {
        let now = installation.clock.now()
        var attempts: [MessageID: Int] = [:]
        for (tenant, group) in Dictionary(grouping: steps, by: \.tenant) {
            let begun = try LedgerStore(tx: tx, tenant: tenant).begin(group.compactMap(\.begun), at: now)
            attempts.merge(begun) { $1 }
            let concluded = group.compactMap(\.concluded)
            if concluded.isEmpty { continue }
            try conclude(concluded, of: tenant, wakesRuns: wakesRuns, in: tx, at: now)
        }
        return steps.map { step in step.begun.flatMap { attempts[$0] } }
    }
}
