// SPDX-License-Identifier: Apache-2.0
// How contents are kept: compressed, since they are read once and outnumber everything else.
import CZlib
import Foundation

extension MailContent {
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
}

/// A stored content that cannot be read.
struct BrokenContent: Error {}
