// SPDX-License-Identifier: Apache-2.0
// The file of the server's secret, and the check that it is the one that this database was made with.
import Crypto
import Foundation
import Storage

/// Why the secret cannot be used: a sentence for whoever starts the program.
public struct SecretError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

extension ServerSecret {
    /// Reads the secret's file; makes it first, for its owner alone, when `mayCreate` allows and there is none.
    public init(file: URL, mayCreate: Bool) throws {
        if mayCreate, !FileManager.default.fileExists(atPath: file.path) { try Self.create(file) }
        guard let content = FileManager.default.contents(atPath: file.path) else {
            throw SecretError(description: "The secret's file \(file.path) cannot be read.")
        }
        let text = String(decoding: content, as: UTF8.self).trimmed
        guard let bytes = Data(base64Encoded: text), bytes.count >= 32 else {
            throw SecretError(description: "\(file.path) holds no secret: 32 bytes or more in base64 are wanted.")
        }
        self.init(bytes: Array(bytes))
    }

    /// Written whole under another name, then linked: two processes that start at once get one secret.
    private static func create(_ file: URL) throws {
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let process = ProcessInfo.processInfo.processIdentifier
        let unfinished = file.deletingLastPathComponent().appending(path: ".secret-\(process)")
        let isMade = FileManager.default.createFile(
            atPath: unfinished.path, contents: Data((key.base64EncodedString() + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard isMade else { throw SecretError(description: "\(file.path) cannot be written.") }
        defer { unlink(unfinished.path) }
        guard link(unfinished.path, file.path) == 0 || errno == EEXIST else {
            throw SecretError(description: "\(file.path) cannot be written: \(String(cString: strerror(errno))).")
        }
    }

    /// Keeps the secret's fingerprint in the database at the first start, and compares it at every later one.
    /// - Throws: ``SecretError`` when the database was made with another secret.
    public func check(against database: Database) async throws {
        let fingerprint = fingerprint
        let kept = try await database.write { tx in
            try tx.execute(
                "INSERT INTO installation (key, value) VALUES ('secret', \(fingerprint)) ON CONFLICT (key) DO NOTHING")
            return try tx.one("SELECT value FROM installation WHERE key = 'secret'")?.get("value", as: String.self)
        }
        guard kept == fingerprint else {
            throw SecretError(
                description: "This database was made with another secret. Give its file with OTKLIK_SECRET_FILE.")
        }
    }
}
