// SPDX-License-Identifier: Apache-2.0
// Time that moves when the test says so.
import App
import Synchronization

/// A clock in the hand of a test. It begins on Monday, 2026-03-02 at 09:00 UTC.
public final class TestClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_772_442_000_000)

    public init() {}

    public var now: Moment { Moment(milliseconds: milliseconds.withLock { $0 }) }

    public func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }

    /// For the product.
    public var clock: Clock { Clock { self.now } }
}
