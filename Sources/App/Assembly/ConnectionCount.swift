// SPDX-License-Identifier: Apache-2.0
// How many connections there are, of everybody and of each address.
import NIOConcurrencyHelpers

/// The connections that stand now.
final class ConnectionCount: Sendable {
    /// The figures, changed together.
    private struct Counts {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let counts = NIOLockedValueBox(Counts())

    /// Counts a connection in; false when there are too many, and then it is not counted.
    func enter(_ address: String, limits: HTTPLimits) -> Bool {
        let isLimited = !limits.unlimited.holds(address)
        return counts.withLockedValue { counts in
            let ofAddress = counts.byAddress[address, default: 0]
            guard counts.all < limits.connections, !isLimited || ofAddress < limits.connectionsPerAddress else {
                return false
            }
            counts.all += 1
            counts.byAddress[address] = ofAddress + 1
            return true
        }
    }

    func leave(_ address: String) {
        counts.withLockedValue { counts in
            counts.all -= 1
            let left = counts.byAddress[address, default: 1] - 1
            counts.byAddress[address] = left > 0 ? left : nil
        }
    }

    var all: Int { counts.withLockedValue { $0.all } }
}
