// SPDX-License-Identifier: Apache-2.0
// What happens when two transactions make the same thing at the same instant: the unique index lets one through, and
// the other begins again and finds what the first one made.
import Storage

/// Another transaction has made the same row meanwhile. Never leaves ``Database/writeRepeatedly(_:)``.
struct Overtaken: Error {}

extension Database {
    /// A transaction that is begun again when its body throws ``Overtaken``.
    func writeRepeatedly<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        var attempts = 0
        while true {
            do {
                return try await write(body)
            } catch let overtaken as Overtaken {
                attempts += 1
                // Each round somebody else has committed, so ten rounds in a row mean an error of ours.
                if attempts == 10 { throw overtaken }
            }
        }
    }
}
