// SPDX-License-Identifier: Apache-2.0
// A configuration file that was read, with the secret that it points at: read before the transaction, never shown.
import Foundation

/// A file that may be imported.
public struct CentreFile: Sendable {
    /// What a file says about a password.
    enum Password: Sendable, Equatable {
        case unmentioned
        case given(String)
        /// The environment does not have it: the stored one stays, if there is one.
        case unset(String)
    }

    /// What is read of a file at most: more is refused by its size.
    public static let mostBytes = YAMLLimits.bytes + 1

    let reading: CentreReading
    let password: Password

    /// How long a file with a password may be.
    private static let secretBytes = 4096

    /// - Parameters:
    ///   - content: The file.
    ///   - folder: The folder that paths in it begin from.
    ///   - environment: Where `passwordEnv` is looked up.
    public init(_ content: Data, in folder: URL, environment: [String: String]) {
        var reading = CentreReader.read(Array(content))
        var password = Password.unmentioned
        let smtp = reading.value["smtp"]
        let base = URL(fileURLWithPath: folder.path, isDirectory: true)
        let path = CentrePath() / "smtp"
        let variable = smtp?["passwordEnv"]?.scalarText
        let file = smtp?["passwordFile"]?.scalarText
        func refuse(_ member: String, _ code: String, _ key: String, _ arguments: [String: String] = [:]) {
            reading.faults.append(
                reading.fault(path / member, code: code, key: "operations.secret." + key, arguments: arguments))
        }
        if variable != nil, file != nil { refuse("passwordFile", "password_twice", "twice") }
        if let variable {
            if variable.wholeMatch(of: /[A-Z_][A-Z0-9_]{0,99}/) == nil {
                refuse("passwordEnv", "not_a_variable", "notAVariable")
            } else if let value = environment[variable], !value.isEmpty {
                password = .given(value)
            } else {
                password = .unset(variable)
            }
        } else if let file {
            if let secret = Self.secret(in: URL(fileURLWithPath: file, relativeTo: base)) {
                password = .given(secret)
            } else {
                refuse("passwordFile", "secret_unreadable", "unreadable")
            }
        }
        self.reading = reading
        self.password = password
    }

    private static func secret(in file: URL) -> String? {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
        defer { try? handle.close() }
        guard let content = try? handle.read(upToCount: secretBytes + 1), content.count <= secretBytes,
            var text = String(data: content, encoding: .utf8)
        else { return nil }
        while text.hasSuffix("\n") || text.hasSuffix("\r\n") || text.hasSuffix("\r") { text.removeLast() }
        return text.isEmpty ? nil : text
    }
}
