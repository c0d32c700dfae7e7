// SPDX-License-Identifier: Apache-2.0
// How contents are kept: compressed, since they are read once and outnumber everything else.
import CZlib

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
        return try Self.pack(writer.bytes)
    }

    private static func pack(_ plain: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        // zlib's usual tables take a quarter of a megabyte, which costs more to lay out than a mail to compress.
        var window: Int32 = 9
        while window < 15, 1 << window < plain.count { window += 1 }
        let opened = deflateInit2_(
            &stream, Z_BEST_SPEED, Z_DEFLATED, window, max(1, window - 7), Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard opened == Z_OK else { throw BrokenContent() }
        defer { deflateEnd(&stream) }
        let length = withUnsafeBytes(of: UInt32(plain.count).bigEndian) { Array($0) }
        let room = Int(deflateBound(&stream, uLong(plain.count)))
        return try [UInt8](unsafeUninitializedCapacity: length.count + room) { target, count in
            for (position, byte) in length.enumerated() { target[position] = byte }
            let code = plain.withUnsafeBufferPointer { source in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress.map { $0 + length.count }
                stream.avail_out = uInt(room)
                return deflate(&stream, Z_FINISH)
            }
            guard code == Z_STREAM_END else { throw BrokenContent() }
            count = length.count + Int(stream.total_out)
        }
    }

    /// Reads what ``packed()`` made.
    init(packed: [UInt8]) throws {
        let members = try JSON(bytes: Self.unpack(packed))
        guard case .string(let subject)? = members["subject"], case .string(let language)? = members["language"]
        else { throw BrokenContent() }
        self.init(
            subject: subject, html: members["html"]?.scalarText, text: members["text"]?.scalarText, language: language)
    }

    private static func unpack(_ packed: [UInt8]) throws -> [UInt8] {
        guard packed.count > 4 else { throw BrokenContent() }
        let length = packed.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= MailLimits.contentBytes else { throw BrokenContent() }
        var stream = z_stream()
        guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw BrokenContent()
        }
        defer { inflateEnd(&stream) }
        return try [UInt8](unsafeUninitializedCapacity: length) { target, count in
            let code = packed.withUnsafeBufferPointer { source in
                stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + 4) }
                stream.avail_in = uInt(source.count - 4)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(length)
                // All at once: zlib then lays out no window of its own.
                return inflate(&stream, Z_FINISH)
            }
            guard code == Z_STREAM_END, Int(stream.total_out) == length else { throw BrokenContent() }
            count = length
        }
    }
}

/// A stored content that cannot be read.
struct BrokenContent: Error {}
