// SPDX-License-Identifier: Apache-2.0
// The main job in Chromium, with the binary as it is shipped.
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct BrowserStoryTests {
    @Test func `a call ends, its customer answers in a browser, and the report counts it`() async throws {
        try await Story.walk("browser_story.py")
    }

    @Test func `a survey of every kind of block is answered with and without scripts, and no style harms it`()
        async throws
    {
        try await Story.walk("survey_story.py")
    }

    @Test func `a form is built with mouse and keyboard, translated, and saved by two people`() async throws {
        try await Story.walk("editor_story.py")
    }

    @Test func `a form is copied, exported, imported, asked with, answered in two languages, counted and archived`()
        async throws
    {
        try await Story.walk("forms_story.py")
    }

    @Test func `scanners, replays and two hundred people behind one address: only what is true is counted`()
        async throws
    {
        try await Story.walk("scanner_story.py")
    }

    @Test func `files that nobody would export are refused, store nothing and take little memory`() async throws {
        try await Story.walk("hostile_story.py")
    }

    @Test func `every page is accessible, valid and fits, in both tones and languages`() async throws {
        try await Story.walk("pages_story.py")
    }
}

/// A script of `Tests/EndToEnd`.
enum Story {
    /// Runs a script to its end; what it prints is shown when it fails.
    static func walk(_ script: String, _ arguments: [String] = []) async throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "EndToEnd")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: TestPython.interpreter)
        process.arguments = [folder.appending(path: script).path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let text = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<String, any Error>) in
            Thread.detachNewThread {
                do {
                    try process.run()
                    let printed = output.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                    continuation.resume(returning: String(decoding: printed, as: UTF8.self))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(process.terminationStatus == 0, "\(text)")
    }
}
