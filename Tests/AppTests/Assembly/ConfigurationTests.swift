// SPDX-License-Identifier: Apache-2.0
// Where options come from, and what is refused.
import Foundation
import Testing

@testable import App

@Suite struct ConfigurationTests {
    @Test func `flags win over the environment, which wins over the defaults`() throws {
        #expect(try Configuration().port == 8080)
        #expect(try Configuration(environment: ["OTKLIK_PORT": "81"]).port == 81)
        #expect(try Configuration(flags: ["port": "82"], environment: ["OTKLIK_PORT": "81"]).port == 82)
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
