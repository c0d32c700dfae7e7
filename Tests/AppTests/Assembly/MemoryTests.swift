// SPDX-License-Identifier: Apache-2.0
// What the program holds: pages of code that are not needed again go back, and nothing is lost by it.
import Foundation
import Testing

@testable import App

/// Lies in a writable segment, and begins as what the file holds.
nonisolated(unsafe) private var written = 1

@Suite struct MemoryTests {
    /// Kilobytes of files, the program and its libraries above all, that this process holds.
    private func heldOfFiles() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(Int(line.split(separator: " ").dropLast().last ?? line[...]))
    }

    @Test func `what is not needed any more is given back`() throws {
        let before = try heldOfFiles()
        Memory.letGo()
        #expect(try heldOfFiles() < before / 2)
    }

    @Test func `what the program has written stays`() {
        let values = (0..<100_000).map(\.description)
        written += values.count
        Memory.letGo()
        #expect(written == 100_001)
        #expect(values.last == "99999")
    }

    @Test func `the program goes on by the code that it has let go of`() throws {
        let numbers = (0..<100).map { $0 * $0 }
        let once = try JSONEncoder().encode(numbers)
        Memory.letGo()
        #expect(try JSONEncoder().encode(numbers) == once)
    }
}
