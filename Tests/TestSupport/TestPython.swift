// SPDX-License-Identifier: Apache-2.0
// Python as an independent judge of what we write: its mail parser, and a real SMTP server.
import Foundation

/// Runs Python for tests.
public enum TestPython {
    /// The interpreter with the test tools: `OTKLIK_TEST_PYTHON`, else the one that set-up made, else the system's.
    public static var interpreter: String {
        if let named = ProcessInfo.processInfo.environment["OTKLIK_TEST_PYTHON"] { return named }
        let made = FileManager.default.currentDirectoryPath + "/.vendor/venv/bin/python3"
        return FileManager.default.isExecutableFile(atPath: made) ? made : "/usr/bin/python3"
    }

    /// A script that is running.
    public static func start(_ script: String, _ arguments: [String] = []) throws -> (process: Process, output: Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = ["-c", script] + arguments
        let output = Pipe()
        process.standardOutput = output
        // A child that outlives its test would hold the runner's output open, and the runner would wait for ever.
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }

    /// Runs a script to its end and returns what it printed.
    public static func run(_ script: String, _ arguments: [String] = []) throws -> String {
        let (process, output) = try start(script, arguments)
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw PythonFailed(status: process.terminationStatus) }
        return String(decoding: printed, as: UTF8.self)
    }

    /// A port of 127.0.0.1 that nobody listens at.
    public static func freePort() throws -> Int {
        let printed = try run("import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
        return Int(printed.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    /// A script ended with an error.
    public struct PythonFailed: Error { public let status: Int32 }
}
