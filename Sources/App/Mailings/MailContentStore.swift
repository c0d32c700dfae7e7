// SPDX-License-Identifier: Apache-2.0
// How contents are kept: compressed, since they are read once and outnumber everything else.

extension MailContent {
    /// The content compressed: its length in four bytes, then zlib around JSON.
    func packed() throws -> [UInt8] {
        var writer = JSONWriter(capacity: (html ?? text ?? "").utf8.count + 512)
        writer.object { content in
            content.member("html", html)
            content.member("language", language)
            content.member("subject", subject)
            content.member("text", text)
        }
        guard let packed = quicklyDeflated(writer.bytes) else { throw BrokenContent() }
        return withUnsafeBytes(of: UInt32(writer.bytes.count).bigEndian) { Array($0) } + packed
    }

    /// Reads what ``packed()`` made.
    init(packed: [UInt8]) throws {
        let length = packed.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard packed.count > 4, length <= MailLimits.contentBytes,
            let plain = inflated(packed.dropFirst(4), count: length)
        else { throw BrokenContent() }
        let members = try JSON(bytes: plain)
        guard case .string(let subject)? = members["subject"], case .string(let language)? = members["language"]
        else { throw BrokenContent() }
        self.init(
            subject: subject, html: members["html"]?.scalarText, text: members["text"]?.scalarText, language: language)
    }
}

/// A stored content that cannot be read.
struct BrokenContent: Error {}
