// SPDX-License-Identifier: Apache-2.0
// Rooms hand events to rooms below them, which are built after them.
import NIOConcurrencyHelpers

/// A value that is set once, while the program is put together, and only read afterwards.
final class Later<Value: Sendable>: Sendable {
    private let box = NIOLockedValueBox<Value?>(nil)

    func set(_ value: Value) {
        box.withLockedValue { kept in
            precondition(kept == nil, "It is set once.")
            kept = value
        }
    }

    var value: Value {
        box.withLockedValue { kept in
            guard let kept else { preconditionFailure("Nothing happens before all rooms are built.") }
            return kept
        }
    }
}
