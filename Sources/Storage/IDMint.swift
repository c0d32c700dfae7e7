// SPDX-License-Identifier: Apache-2.0
// Ids of rows: 41 bits of milliseconds, 10 of node, 12 of sequence. Half the size of text keys, and in order of time.
import Foundation
import NIOConcurrencyHelpers

/// Makes ids that are unique over all nodes of a database and grow with time.
public final class IDMint: Sendable {
    private struct State {
        var node: Int64
        var millisecond: Int64 = 0
        var sequence: Int64 = 0
    }

    /// Milliseconds of 2024-01-01T00:00:00Z: 41 bits from here last until 2093.
    private static let epoch: Int64 = 1_704_067_200_000
    private let state: NIOLockedValueBox<State>

    /// - Parameter node: 0…1023, leased by one process at a time.
    public init(node: Int) {
        precondition((0..<1024).contains(node), "A node's number has ten bits.")
        state = NIOLockedValueBox(State(node: Int64(node)))
    }

    /// The least id of a moment: what was made later is greater.
    public static func least(atMilliseconds milliseconds: Int64) -> Int64 {
        min(max(0, milliseconds - epoch), (1 << 41) - 1) << 22
    }

    /// Sets the node's number once it has been leased.
    public func use(node: Int) {
        precondition((0..<1024).contains(node), "A node's number has ten bits.")
        state.withLockedValue { $0.node = Int64(node) }
    }

    /// The next id. A clock that steps back does not repeat ids: the last millisecond is used on.
    public func next() -> Int64 {
        let now = Int64(Date().timeIntervalSince1970 * 1000) - Self.epoch
        return state.withLockedValue { state in
            if now > state.millisecond {
                state.millisecond = now
                state.sequence = 0
            } else {
                state.sequence += 1
                if state.sequence == 4096 {
                    state.millisecond += 1
                    state.sequence = 0
                }
            }
            return state.millisecond << 22 | state.node << 12 | state.sequence
        }
    }
}
