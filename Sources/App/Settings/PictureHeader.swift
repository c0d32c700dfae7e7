// SPDX-License-Identifier: Apache-2.0
// What kind of picture a file is and how large, read from its first bytes: nothing is decoded that says it is huge.

/// The beginning of a picture's file.
struct PictureHeader: Equatable {
    /// The kinds that are read.
    enum Kind: Equatable { case png, jpeg, gif, webp }

    let kind: Kind
    let width: Int
    let height: Int

    /// Reads the head of a file, and holds it to ``PictureLimits``.
    init(_ bytes: [UInt8]) throws(PictureFault) {
        if bytes.isEmpty { throw .noFile }
        if bytes.count > PictureLimits.bytes { throw .tooLarge }
        let reader = PictureReader(bytes: bytes)
        kind = try reader.kind()
        let size =
            switch kind {
            case .png: try reader.pngSize()
            case .jpeg: try reader.jpegSize()
            case .gif: try reader.gifSize()
            case .webp: try reader.webpSize()
            }
        (width, height) = size
        guard width > 0, height > 0 else { throw .unreadable }
        if max(width, height) > PictureLimits.side { throw .tooManyPixels(width: width, height: height) }
    }
}

/// Walks over a file's head. Whatever lies behind its end makes it unreadable.
private struct PictureReader {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    func kind() throws(PictureFault) -> PictureHeader.Kind {
        if starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if starts(with: Array("GIF87a".utf8)) || starts(with: Array("GIF89a".utf8)) { return .gif }
        if starts(with: Array("RIFF".utf8)), starts(with: Array("WEBP".utf8), at: 8) { return .webp }
        throw isDrawing ? .svg : .otherKind
    }

    /// SVG is XML, with or without a head, and sometimes compressed: whatever its name says.
    private var isDrawing: Bool {
        let head = String(decoding: bytes.prefix(4096).filter { $0 != 0 }, as: UTF8.self).lowercased()
        return head.contains("<svg") || head.contains("<!doctype svg")
    }

    private func starts(with prefix: [UInt8], at place: Int = 0) -> Bool {
        bytes.count >= place + prefix.count && bytes[place..<place + prefix.count].elementsEqual(prefix)
    }

    // MARK: Numbers

    private func byte(_ place: Int) throws(PictureFault) -> Int {
        guard bytes.indices.contains(place) else { throw .unreadable }
        return Int(bytes[place])
    }

    private func bigEndian(_ place: Int, _ count: Int) throws(PictureFault) -> Int {
        var value = 0
        for offset in 0..<count { value = value << 8 | (try byte(place + offset)) }
        return value
    }

    private func littleEndian(_ place: Int, _ count: Int) throws(PictureFault) -> Int {
        var value = 0
        for offset in (0..<count).reversed() { value = value << 8 | (try byte(place + offset)) }
        return value
    }

    // MARK: Kinds

    /// The header is the first chunk, of 13 bytes (PNG section 11.2.1).
    func pngSize() throws(PictureFault) -> (Int, Int) {
        guard try bigEndian(8, 4) == 13, starts(with: Array("IHDR".utf8), at: 12) else { throw .unreadable }
        return (try bigEndian(16, 4), try bigEndian(20, 4))
    }

    /// The frame's header (SOF) stands behind any number of segments.
    func jpegSize() throws(PictureFault) -> (Int, Int) {
        var place = 2
        for _ in 0..<PictureLimits.segments {
            guard try byte(place) == 0xFF else { throw .unreadable }
            let marker = try byte(place + 1)
            switch marker {
            case 0xFF: place += 1
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                try checkScans()
                return (try bigEndian(place + 7, 2), try bigEndian(place + 5, 2))
            case 0x01, 0xD0...0xD7: place += 2
            case 0xD8...0xDA: throw .unreadable
            default: place += 2 + max(2, try bigEndian(place + 2, 2))
            }
        }
        throw .unreadable
    }

    /// A progressive picture may go over its pixels any number of times; a few are what cameras and programs write.
    private func checkScans() throws(PictureFault) {
        var scans = 0
        var previous: UInt8 = 0
        for byte in bytes {
            if previous == 0xFF, byte == 0xDA { scans += 1 }
            previous = byte
        }
        if scans > PictureLimits.scans { throw .unreadable }
    }

    /// The larger of the screen and the first frame: either may be what is decoded.
    func gifSize() throws(PictureFault) -> (Int, Int) {
        let screen = (try littleEndian(6, 2), try littleEndian(8, 2))
        var place = 13 + colours(try byte(10))
        for _ in 0..<PictureLimits.segments {
            switch try byte(place) {
            case 0x2C:
                let frame = (try littleEndian(place + 5, 2), try littleEndian(place + 7, 2))
                return (max(screen.0, frame.0), max(screen.1, frame.1))
            case 0x21: place = try behindBlocks(from: place + 2)
            default: throw .unreadable
            }
        }
        throw .unreadable
    }

    /// Bytes of a table of colours, by the flags before it.
    private func colours(_ flags: Int) -> Int { flags & 0x80 == 0 ? 0 : 3 << ((flags & 7) + 1) }

    private func behindBlocks(from start: Int) throws(PictureFault) -> Int {
        var place = start
        for _ in 0..<PictureLimits.segments {
            let length = try byte(place)
            place += 1 + length
            if length == 0 { return place }
        }
        throw .unreadable
    }

    /// Lossy, lossless and extended files say it in three ways (RFC 9649).
    func webpSize() throws(PictureFault) -> (Int, Int) {
        if starts(with: Array("VP8X".utf8), at: 12) {
            return (try littleEndian(24, 3) + 1, try littleEndian(27, 3) + 1)
        }
        if starts(with: Array("VP8L".utf8), at: 12) {
            guard try byte(20) == 0x2F else { throw .unreadable }
            let bits = try littleEndian(21, 4)
            return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        }
        guard starts(with: Array("VP8 ".utf8), at: 12), starts(with: [0x9D, 0x01, 0x2A], at: 23) else {
            throw .unreadable
        }
        return (try littleEndian(26, 2) & 0x3FFF, try littleEndian(28, 2) & 0x3FFF)
    }
}
