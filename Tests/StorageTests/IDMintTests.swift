// SPDX-License-Identifier: Apache-2.0
// Ids grow with time, so that a moment divides them.
import Foundation
import Storage
import Testing

@Suite struct IDMintTests {
    @Test func `the least id of a moment divides what was made before it from what comes after`() {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let id = IDMint(node: 1023).next()
        #expect(IDMint.least(atMilliseconds: now) <= id)
        #expect(IDMint.least(atMilliseconds: now + 60_000) > id)
        #expect(IDMint.least(atMilliseconds: 0) == 0)
    }
}
