// SPDX-License-Identifier: Apache-2.0
// A version never changes once it is stored, so that decoding it once is enough.
import NIOConcurrencyHelpers

/// The decoded versions that were used last.
final class SurveyVersionCache: Sendable {
    private struct Kept {
        let version: SurveyVersion
        var usedAt: UInt64
    }
    private struct State {
        var kept: [Key: Kept] = [:]
        var turn: UInt64 = 0
    }
    private struct Key: Hashable {
        let tenant: TenantID
        let version: FormVersionID
    }

    private let limit: Int
    private let state = NIOLockedValueBox(State())

    init(limit: Int = SurveyLimits.keptVersions) { self.limit = limit }

    func find(_ id: FormVersionID, of tenant: TenantID) -> SurveyVersion? {
        state.withLockedValue { state in
            state.turn += 1
            let key = Key(tenant: tenant, version: id)
            state.kept[key]?.usedAt = state.turn
            return state.kept[key]?.version
        }
    }

    /// Keeps a version; the one that was not used for the longest time makes room for it.
    func keep(_ version: SurveyVersion, of tenant: TenantID) {
        state.withLockedValue { state in
            state.turn += 1
            if state.kept.count >= limit, let oldest = state.kept.min(by: { $0.value.usedAt < $1.value.usedAt }) {
                state.kept[oldest.key] = nil
            }
            state.kept[Key(tenant: tenant, version: version.id)] = Kept(version: version, usedAt: state.turn)
        }
    }
}
