// SPDX-License-Identifier: Apache-2.0
// Where options come from, and what is refused.
import Foundation
import Testing

@testable import App

@Suite struct ConfigurationTests {
    /// A file of some text, taken away afterwards.
    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "otklik-\(UUID()).yaml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file.path)
    }

    @Test(arguments: [false, true], [false, true])
    func `flags win over the environment, which wins over the file, which wins over the defaults`(
        isFlagGiven: Bool, isFileGiven: Bool
    ) throws {
        for isVariableGiven in [false, true] {
            try withFile(isFileGiven ? "port: 83" : "host: 10.0.0.1") { path in
                let flags = isFlagGiven ? ["port": "81", "config": path] : ["config": path]
                let configuration = try Configuration(
                    flags: flags, environment: isVariableGiven ? ["OTKLIK_PORT": "82"] : [:])
                let expected = isFlagGiven ? 81 : isVariableGiven ? 82 : isFileGiven ? 83 : 8080
                #expect(configuration.port == expected)
            }
        }
        #expect(try Configuration().port == 8080)
    }

    @Test(arguments: [false, true], [false, true])
    func `a secret of the environment wins over one of the file, by value or by file`(
        isVariablesFile: Bool, isFilesFile: Bool
    ) throws {
        try withFile("postgres://environment") { fromEnvironment in
            try withFile("postgres://file\n") { fromFile in
                let line = isFilesFile ? "database-file: \(fromFile)" : "database: postgres://file"
                try withFile(line) { path in
                    #expect(try Configuration(flags: ["config": path]).database == "postgres://file")
                    let environment =
                        isVariablesFile
                        ? ["OTKLIK_DATABASE_FILE": fromEnvironment] : ["OTKLIK_DATABASE": "postgres://environment"]
                    let both = try Configuration(flags: ["config": path], environment: environment)
                    #expect(both.database == "postgres://environment")
                    let flag = try Configuration(
                        flags: ["config": path, "database": "postgres://flag"], environment: environment)
                    #expect(flag.database == "postgres://flag")
                }
            }
        }
    }

    @Test func `the file is found by flag before environment, and every kind of option can stand in it`() throws {
        let text = """
            # Ours.
            base-url: "https://survey.example"
            roles: [worker]
            demo: yes
            trusted-proxies:
              - 10.0.0.5
              - 10.1.0.0/16
            stop-seconds: 7
            smtp-private-hosts: no
            """
        try withFile(text) { path in
            try withFile("port: 99") { other in
                let configuration = try Configuration(
                    flags: ["config": path], environment: ["OTKLIK_CONFIG": other])
                #expect(configuration.port == 8080)
                #expect(configuration.baseURL == "https://survey.example")
                #expect(configuration.isWorker && !configuration.isWeb && configuration.isDemo)
                #expect(
                    configuration.trustedProxies.holds("10.1.2.3") && configuration.trustedProxies.holds("10.0.0.5"))
                #expect(configuration.stopSeconds == 7)
                #expect(!configuration.providerRules.allowsPrivateMailHosts)
                #expect(try Configuration(environment: ["OTKLIK_CONFIG": other]).port == 99)
            }
            try withFile("\n") { empty in
                let configuration = try Configuration(flags: ["config": empty])
                #expect(configuration.port == 8080)
            }
        }
    }

    @Test(arguments: [
        ("host: a\nprot: 81\n", "FILE:2: prot is not an option. Did you mean port?"),
        ("data_base: x", "FILE:1: data_base is not an option. Did you mean database?"),
        ("config: other.yaml", "FILE:1: config is not an option."),
        ("host: 1.2.3.4\nport: eighty", "FILE:2: port: \u{201C}eighty\u{201D} cannot be used. The port to listen at"),
        ("port: [80, 81]", "FILE:1: port: \u{201C}80,81\u{201D} cannot be used."),
        ("host:", "FILE:1: host: \u{201C}\u{201D} cannot be used."),
        ("host: a\nport:\n  http: 80", "FILE:2: port: a value or a list of values is wanted."),
        ("port: 80\nport: 81", "FILE: port is given twice."),
        ("- port", "FILE: lines such as \u{201C}port: 8080\u{201D} are wanted."),
        ("port: 80\nhost: \"a", "FILE: line "), ("a: 1\n---\nb: 2", "FILE: one document is wanted, not several."),
        ("database: a\ndatabase-file: b", "FILE:1: database: give it or database-file, not both."),
        ("database-file: /nonexistent/x", "FILE:1: database-file: /nonexistent/x cannot be read."),
        ("port-file: /x", "FILE:1: port-file is not an option."),
        (String(repeating: "#\n", count: 40_000), "FILE is no configuration file"),
    ])
    func `what is wrong in the file is said with its line and key`(text: String, sentence: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: ConfigurationError.self) { try Configuration(flags: ["config": path]) }
            let said = error?.description.replacing(path, with: "FILE") ?? ""
            #expect(said.hasPrefix(sentence), "\(said)")
        }
    }

    @Test func `a file that is not there refuses the start`() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(environment: ["OTKLIK_CONFIG": "/nonexistent/otklik.yaml"])
        }
        #expect(error?.description == "The configuration file /nonexistent/otklik.yaml cannot be read.")
    }

    @Test func `a secret of the file is never shown`() throws {
        try withFile("database: [postgres://a:hidden@b, c]") { path in
            let error = #expect(throws: ConfigurationError.self) { try Configuration(flags: ["config": path]) }
            #expect(error?.description.contains("hidden") == false)
        }
    }

    @Test func `an unknown name refuses to start and the nearest is named`() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(environment: ["OTKLIK_PROT": "81", "PATH": "/bin"])
        }
        #expect(error?.description == "OTKLIK_PROT is not an option. Did you mean OTKLIK_PORT?")
    }

    @Test(arguments: [
        ("port", "eighty"), ("port", "-1"), ("roles", "web,cook"), ("log-format", "xml"), ("demo", "maybe"),
        ("trusted-proxies", "10.0.0.0/40"), ("connections", "0"), ("log-level", "loud"),
    ])
    func `a value that cannot be used is named`(name: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) { try Configuration(flags: [name: value]) }
        #expect(error?.description.contains("--\(name)") == true)
        #expect(error?.description.contains(value) == true)
    }

    @Test func `a secret comes from a file and is never shown`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "otklik-\(UUID()).txt")
        try Data("postgres://a:secret@b/c\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let configuration = try Configuration(environment: ["OTKLIK_DATABASE_FILE": file.path])
        #expect(configuration.database == "postgres://a:secret@b/c")
        let error = #expect(throws: ConfigurationError.self) { try Configuration(flags: ["database": ""]) }
        #expect(error?.description.contains("the value") == true)
    }

    @Test(arguments: [
        ([:], "http://127.0.0.1:8080"), (["host": "::1"], "http://[::1]:8080"),
        (["host": "0.0.0.0", "port": "80"], "http://localhost:80"),
        (["base-url": "https://a.example/"], "https://a.example"),
    ])
    func `the address of mails has no slash at its end`(flags: [String: String], url: String) throws {
        #expect(try Configuration(flags: flags).baseURL == url)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true), ("128.0.0.1", false),
        ("10.1.2.3", true), ("10.2.0.0", false), ("nonsense", false), ("2001:db8::1", true), ("2001:db9::1", false),
    ])
    func `prefixes hold what they should`(address: String, isHeld: Bool) throws {
        let list = try #require(AddressList("127.0.0.0/8, ::1, 10.1.0.0/16, 2001:db8::/32"))
        #expect(list.holds(address) == isHeld)
    }

    @Test func `the secret's file is made once, for its owner alone`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "otklik-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "secret.key")
        #expect(throws: SecretError.self) { try ServerSecret(file: file, mayCreate: false) }
        let first = try ServerSecret(file: file, mayCreate: true)
        let second = try ServerSecret(file: file, mayCreate: true)
        #expect(first.fingerprint == second.fingerprint)
        let rights = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(rights == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["secret.key"])
    }
}
