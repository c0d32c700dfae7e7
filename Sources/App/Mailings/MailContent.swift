// SPDX-License-Identifier: Apache-2.0
// What a message says, before MIME and with its secret links left out (spec 2.3), as the ledger keeps it.
import CZlib
import Foundation

/// Subject and bodies with ``MailPlaceholder``s where the links will stand.
public struct MailContent: Sendable, Codable, Equatable {
    public var subject: String
    /// Nil for plain text.
    public var html: String?
    /// Nil when it is made from the HTML.
    public var text: String?
    public var language: String

    /// The content compressed: zlib around JSON.
    func packed() throws -> [UInt8] {
        let plain = Array(try JSONEncoder().encode(self))
        var length = compressBound(uLong(plain.count))
        var packed = [UInt8](repeating: 0, count: Int(length) + 4)
        let code = packed.withUnsafeMutableBufferPointer { target in
            compress2(target.baseAddress.map { $0 + 4 }, &length, plain, uLong(plain.count), Z_BEST_SPEED)
        }
        guard code == Z_OK else { throw BrokenContent() }
        withUnsafeBytes(of: UInt32(plain.count).bigEndian) { packed.replaceSubrange(0..<4, with: $0) }
        return Array(packed.prefix(Int(length) + 4))
    }

    /// Reads what ``packed()`` made.
    init(packed: [UInt8]) throws {
        guard packed.count > 4 else { throw BrokenContent() }
        let count = packed.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard count <= MailLimits.contentBytes else { throw BrokenContent() }
        var plain = [UInt8](repeating: 0, count: count)
        var length = uLong(count)
        let body = Array(packed.dropFirst(4))
        guard uncompress(&plain, &length, body, uLong(body.count)) == Z_OK, Int(length) == count else {
            throw BrokenContent()
        }
        self = try JSONDecoder().decode(MailContent.self, from: Data(plain))
    }

    init(subject: String, html: String?, text: String?, language: String) {
        self.subject = subject
        self.html = html
        self.text = text
        self.language = language
    }
}

/// A stored content that cannot be read.
struct BrokenContent: Error {}

/// Limits of mail.
enum MailLimits {
    /// The largest content of one message before encoding.
    static let contentBytes = 32 << 20
    /// How long contents are kept.
    static let contentDays: Int64 = 30
    /// The provider's limit for one encoded message.
    static let messageBytes = 25 << 20
    /// How long after the other tries are made: growing, with jitter.
    static let firstRetrySeconds: Int64 = 30
    static let longestRetrySeconds: Int64 = 3600
    /// How often a held queue is probed.
    static let probeSeconds: Int64 = 60
    /// Different messages refused at MAIL FROM in a row that hold a sender address.
    static let refusalsThatHold = 3
}
