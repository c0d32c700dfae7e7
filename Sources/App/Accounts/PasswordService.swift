// SPDX-License-Identifier: Apache-2.0
// Argon2id by libsodium, on two threads of its own: 19 MiB and some 30 ms each, never on the threads of requests.
import CSodium
import Foundation
import NIOCore
import NIOPosix

/// Hashes and checks passwords, at most two at once.
final class Passwords: Sendable {
    private static let operations: UInt64 = 2
    private static let memoryBytes = 19 * 1024 * 1024
    /// Of the whole process, so that two at once are two, however many products it holds.
    private static let threads: NIOThreadPool = {
        precondition(sodium_init() >= 0, "libsodium is there.")
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()
    /// A hash of nothing that anybody knows: signing in takes as long for an unknown name as for a known one.
    private static let decoy =
        "$argon2id$v=19$m=19456,t=2,p=1$b3RrbGlrb3RrbGlrb3Rrbw$S3JqOJyzLhGbPeg6m5GmSTkSnFbm4UPVs2tY0CJIdLs"

    /// - Throws: ``Refusal`` when a new password is too short or too long.
    static func check(_ password: String) throws {
        if password.count < AccountsLimits.passwordLength {
            throw Refusal(
                .invalid, code: "password_short", key: "accounts.passwordShort",
                arguments: ["length": String(AccountsLimits.passwordLength)], field: "password")
        }
        if password.utf8.count > AccountsLimits.passwordBytes {
            throw Refusal(.invalid, code: "password_long", key: "accounts.passwordLong", field: "password")
        }
    }

    /// The hash with its salt and costs, as text.
    func hash(_ password: String) async throws -> String {
        try await Self.threads.runIfActive {
            let bytes = Array(password.precomposed.utf8CString)
            var hash = [CChar](repeating: 0, count: Int(crypto_pwhash_strbytes()))
            let result = crypto_pwhash_str_alg(
                &hash, bytes, UInt64(bytes.count - 1), Self.operations, Self.memoryBytes,
                crypto_pwhash_alg_argon2id13())
            guard result == 0 else { throw HashingFailed() }
            return String(decoding: hash.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Whether the password is the one that was hashed. Without a hash it is not, after as long a time.
    func isPassword(_ password: String, of hash: String?) async throws -> Bool {
        guard password.utf8.count <= AccountsLimits.passwordBytes else { return false }
        let isRight = try await Self.threads.runIfActive {
            let bytes = Array(password.precomposed.utf8CString)
            return crypto_pwhash_str_verify(hash ?? Self.decoy, bytes, UInt64(bytes.count - 1)) == 0
        }
        return isRight && hash != nil
    }

    /// The machine could not give the memory that hashing needs.
    struct HashingFailed: Error {}
}

extension String {
    /// Unicode's form C, so that a password typed on another system is the same one.
    fileprivate var precomposed: String { precomposedStringWithCanonicalMapping }
}
