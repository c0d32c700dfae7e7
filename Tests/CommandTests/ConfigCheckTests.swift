// SPDX-License-Identifier: Apache-2.0
// What `otklik config check` explains, and how commands end.
import Foundation
import TestSupport
import Testing

@testable import App

@Suite struct ConfigCheckTests {
    private func check(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> [String: JSON] {
        let ran = try await CommandLineProgram.run(
            ["config", "check", "--json"] + arguments, environment: environment)
        try #require(ran.status == 0, "\(ran.complaint)")
        let lines: [JSON] = try fromJSON(ran.output)
        return Dictionary(uniqueKeysWithValues: lines.map { ($0["option"]?.scalarText ?? "", $0) })
    }

    @Test func `every value says where it came from`() async throws {
        try await withTemporaryFolder { folder in
            let secret = folder.appending(path: "database")
            try "postgres://user:very-secret@localhost/otklik\n".write(to: secret, atomically: true, encoding: .utf8)
            let file = folder.appending(path: "otklik.yaml")
            try "# ours\nlog-format: json\nhost: 127.0.0.8\n".write(to: file, atomically: true, encoding: .utf8)
            let found = try await check(
                ["--port", "9000", "--data", folder.path, "--config", file.path],
                environment: ["OTKLIK_HOST": "127.0.0.9", "OTKLIK_PORT": "1", "OTKLIK_DATABASE_FILE": secret.path])
            #expect(Set(found.keys) == Set(Configuration.options.map(\.name)))
            #expect(found["port"]?["value"] == .string("9000") && found["port"]?["place"] == .string("--port"))
            #expect(found["port"]?["source"] == .string("flag"))
            #expect(found["host"]?["source"] == .string("environment"))
            #expect(found["host"]?["place"] == .string("OTKLIK_HOST"))
            #expect(found["base-url"]?["value"] == .string("http://127.0.0.9:9000"))
            #expect(found["base-url"]?["source"] == .string("derived"))
            #expect(found["log-format"]?["value"] == .string("json"))
            #expect(found["log-format"]?["place"] == .string("\(file.path):2"))
            #expect(found["roles"]?["source"] == .string("default"))
            #expect(found["database"]?["isSet"] == .bool(true) && found["database"]?["value"] == nil)
            #expect(found["database"]?["source"] == .string("file"))
            let table = try await CommandLineProgram.run(
                ["config", "check"], environment: ["OTKLIK_DATABASE_FILE": secret.path])
            #expect(table.output.contains("(set, not shown)") && !table.output.contains("very-secret"))
        }
    }

    @Test func `nothing is made by looking`() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appending(path: "data").path
            _ = try await check(["--data", data])
            for command in [["user", "list"], ["demo"], ["tenant", "list"]] {
                let ran = try await CommandLineProgram.run(command + ["--data", data])
                #expect(ran.status == 3, "\(command)")
                #expect(ran.complaint.hasPrefix("Error: ") && ran.complaint.contains(data))
            }
            #expect(!FileManager.default.fileExists(atPath: data))
        }
    }

    /// A command line that ends, and how.
    struct Ending: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        var environment: [String: String] = [:]
        let status: Int32

        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let endings: [Ending] = [
        Ending(arguments: ["config", "check", "--port", "x"], status: 2),
        Ending(arguments: ["config", "check"], environment: ["OTKLIK_PROT": "1"], status: 2),
        Ending(arguments: ["user"], status: 0),
        Ending(arguments: ["user", "lsit"], status: 2),
        Ending(arguments: ["--version"], status: 0),
        Ending(arguments: ["user", "list", "--database", "postgres://nobody@127.0.0.1:1/none"], status: 1),
        Ending(arguments: ["user", "list", "--data", "/nowhere"], status: 3),
    ]

    @Test(arguments: endings) func `the code says how it went, and the complaint is a sentence`(
        ending: Ending
    ) async throws {
        let (arguments, environment, status) = (ending.arguments, ending.environment, ending.status)
        let ran = try await CommandLineProgram.run(arguments, environment: environment)
        #expect(ran.status == status, "\(ran.output)\(ran.complaint)")
        #expect(ran.complaint.isEmpty == (status == 0))
        for word in ["Swift", "StorageError", ".swift:", "Fatal", "(code"] { #expect(!ran.complaint.contains(word)) }
        guard status != 0 else { return }
        let json = try await CommandLineProgram.run(arguments + ["--json"], environment: environment)
        let error: JSON = try fromJSON(json.complaint)
        #expect(error["status"] == .number(Double(status)))
        #expect(error["detail"]?.scalarText?.isEmpty == false)
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `shells complete commands and options`(shell: String) async throws {
        let ran = try await CommandLineProgram.run(["--generate-completion-script", shell])
        #expect(ran.status == 0)
        for word in ["send-test", "reset-link", "unlimited-addresses", "administrator"] {
            #expect(ran.output.contains(word), "\(word)")
        }
        guard shell == "bash" else { return }
        try await withTemporaryFolder { folder in
            let script = folder.appending(path: "otklik.bash")
            try ran.output.write(to: script, atomically: true, encoding: .utf8)
            _ = try TestPython.run(
                "import subprocess, sys; subprocess.run(['bash', '-n', sys.argv[1]], check=True)", [script.path])
        }
    }
}
