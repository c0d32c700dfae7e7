// SPDX-License-Identifier: Apache-2.0
// How contents are kept: compressed, since they are read once and outnumber everything else.
import CZlib

extension MailContent {
    /// The content compressed: zlib around JSON.
    func packed() throws -> [UInt8] {
        let members = ["subject": subject, "html": html, "text": text, "language": language]
        let plain = Array(JSON.object(members.compactMapValues { $0.map { .string($0) } }).text.utf8)
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
        let code = packed.withUnsafeBufferPointer { source in
            uncompress(&plain, &length, source.baseAddress.map { $0 + 4 }, uLong(packed.count - 4))
        }
        guard code == Z_OK, Int(length) == count else { throw BrokenContent() }
        let members = try JSON(bytes: plain)
        guard case .string(let subject)? = members["subject"], case .string(let language)? = members["language"]
        else { throw BrokenContent() }
        self.init(
            subject: subject, html: members["html"]?.scalarText, text: members["text"]?.scalarText, language: language)
    }
}

/// A stored content that cannot be read.
struct BrokenContent: Error {}
