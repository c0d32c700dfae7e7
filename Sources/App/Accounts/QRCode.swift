// SPDX-License-Identifier: Apache-2.0
// A QR code (ISO/IEC 18004, byte mode, correction level M) as a drawing: the page's policy lets no other host draw it.
import Foundation

/// The modules of a QR code.
struct QRCode {
    /// Modules on each side, without the quiet zone.
    let size: Int
    private var dark: [Bool]
    private var isFixed: [Bool]
    private let version: Int

    /// Correction bytes of each block, and how many blocks there are, by version from 1 on.
    private static let correction = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24]
    private static let blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10]

    /// Nil when the text is longer than a code of 77 modules holds (412 bytes).
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let fitting = (1...Self.blocks.count).first { version in
            bytes.count * 8 + 4 + (version < 10 ? 8 : 16) <= Self.capacity(version) * 8
        }
        guard let fitting else { return nil }
        version = fitting
        size = fitting * 4 + 17
        dark = Array(repeating: false, count: size * size)
        isFixed = dark
        drawPatterns()
        place(interleaved(encoded(bytes)))
        var best: (penalty: Int, code: QRCode)?
        for mask in 0..<8 {
            var masked = self
            masked.apply(mask)
            masked.drawFormat(mask)
            let penalty = masked.penalty
            if penalty < best?.penalty ?? .max { best = (penalty, masked) }
        }
        if let best { dark = best.code.dark }
    }

    func isDark(_ x: Int, _ y: Int) -> Bool { dark[y * size + x] }

    /// The outline of the dark modules as the data of an SVG path, with a quiet zone of four modules.
    var path: String {
        var path = ""
        for y in 0..<size {
            var x = 0
            while x < size {
                let start = x
                while x < size, isDark(x, y) { x += 1 }
                if x > start { path += "M\(start + 4) \(y + 4)h\(x - start)v1h-\(x - start)z" } else { x += 1 }
            }
        }
        return path
    }

    // MARK: Bytes

    private static func rawBits(_ version: Int) -> Int {
        var bits = (16 * version + 128) * version + 64
        guard version > 1 else { return bits }
        let count = version / 7 + 2
        bits -= (25 * count - 10) * count - 55
        return version > 6 ? bits - 36 : bits
    }

    /// Bytes of content.
    private static func capacity(_ version: Int) -> Int {
        rawBits(version) / 8 - correction[version - 1] * blocks[version - 1]
    }

    /// Mode, length, bytes and padding.
    private func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var bits: [Bool] = []
        func add(_ value: Int, _ count: Int) {
            for place in (0..<count).reversed() { bits.append(value >> place & 1 == 1) }
        }
        add(4, 4)
        add(bytes.count, version < 10 ? 8 : 16)
        for byte in bytes { add(Int(byte), 8) }
        let capacity = Self.capacity(version)
        add(0, min(4, capacity * 8 - bits.count))
        while bits.count % 8 != 0 { bits.append(false) }
        var coded = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        for padding in 0..<(capacity - coded.count) { coded.append(padding % 2 == 0 ? 0xEC : 0x11) }
        return coded
    }

    /// The blocks with their correction bytes, taken in turns.
    private func interleaved(_ content: [UInt8]) -> [UInt8] {
        let (count, extra) = (Self.blocks[version - 1], Self.correction[version - 1])
        let raw = Self.rawBits(version) / 8
        let (short, shortCount) = (raw / count - extra, count - raw % count)
        let divisor = Self.divisor(extra)
        var (parts, ends): ([[UInt8]], [[UInt8]]) = ([], [])
        var place = 0
        for block in 0..<count {
            let length = short + (block < shortCount ? 0 : 1)
            let part = Array(content[place..<(place + length)])
            place += length
            parts.append(part)
            ends.append(Self.remainder(part, divisor))
        }
        let first = (0...short).flatMap { row in parts.compactMap { row < $0.count ? $0[row] : nil } }
        return first + (0..<extra).flatMap { row in ends.map { $0[row] } }
    }

    private static func product(_ x: UInt8, _ y: UInt8) -> UInt8 {
        var result = 0
        for place in (0..<8).reversed() {
            result = (result << 1) ^ ((result >> 7) * 0x11D)
            result ^= (Int(y) >> place & 1) * Int(x)
        }
        return UInt8(truncatingIfNeeded: result)
    }

    private static func divisor(_ degree: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: degree)
        result[degree - 1] = 1
        var root: UInt8 = 1
        for _ in 0..<degree {
            for place in 0..<degree {
                result[place] = product(result[place], root)
                if place + 1 < degree { result[place] ^= result[place + 1] }
            }
            root = product(root, 2)
        }
        return result
    }

    private static func remainder(_ bytes: [UInt8], _ divisor: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: divisor.count)
        for byte in bytes {
            let factor = byte ^ result.removeFirst()
            result.append(0)
            for place in divisor.indices { result[place] ^= product(divisor[place], factor) }
        }
        return result
    }

    // MARK: Modules

    private mutating func fix(_ x: Int, _ y: Int, _ isDark: Bool) {
        guard (0..<size).contains(x), (0..<size).contains(y) else { return }
        dark[y * size + x] = isDark
        isFixed[y * size + x] = true
    }

    private mutating func drawPatterns() {
        for place in 0..<size {
            fix(6, place, place % 2 == 0)
            fix(place, 6, place % 2 == 0)
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] { drawSquare(x, y, reach: 4, light: [2, 4]) }
        let places = alignments
        for (row, y) in places.enumerated() {
            for (column, x) in places.enumerated() {
                let corners = [(0, 0), (0, places.count - 1), (places.count - 1, 0)]
                if corners.contains(where: { $0 == (row, column) }) { continue }
                drawSquare(x, y, reach: 2, light: [1])
            }
        }
        drawFormat(0)
        drawVersion()
    }

    private mutating func drawSquare(_ x: Int, _ y: Int, reach: Int, light: Set<Int>) {
        for down in -reach...reach {
            for right in -reach...reach { fix(x + right, y + down, !light.contains(max(abs(right), abs(down)))) }
        }
    }

    private var alignments: [Int] {
        guard version > 1 else { return [] }
        let count = version / 7 + 2
        let step = (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        return [6] + (0..<(count - 1)).reversed().map { size - 7 - $0 * step }
    }

    private mutating func drawFormat(_ mask: Int) {
        var rest = mask
        for _ in 0..<10 { rest = (rest << 1) ^ ((rest >> 9) * 0x537) }
        let bits = (mask << 10 | rest) ^ 0x5412
        func bit(_ place: Int) -> Bool { bits >> place & 1 == 1 }
        for place in 0...5 { fix(8, place, bit(place)) }
        fix(8, 7, bit(6))
        fix(8, 8, bit(7))
        fix(7, 8, bit(8))
        for place in 9..<15 { fix(14 - place, 8, bit(place)) }
        for place in 0..<8 { fix(size - 1 - place, 8, bit(place)) }
        for place in 8..<15 { fix(8, size - 15 + place, bit(place)) }
        fix(8, size - 8, true)
    }

    private mutating func drawVersion() {
        guard version > 6 else { return }
        var rest = version
        for _ in 0..<12 { rest = (rest << 1) ^ ((rest >> 11) * 0x1F25) }
        let bits = version << 12 | rest
        for place in 0..<18 {
            let (far, near) = (size - 11 + place % 3, place / 3)
            fix(far, near, bits >> place & 1 == 1)
            fix(near, far, bits >> place & 1 == 1)
        }
    }

    /// In pairs of columns from the right, up and down in turns, around what is fixed.
    private mutating func place(_ bytes: [UInt8]) {
        var place = 0
        var right = size - 1
        while right >= 1 {
            if right == 6 { right = 5 }
            for step in 0..<size {
                for x in [right, right - 1] {
                    let y = (right + 1) & 2 == 0 ? size - 1 - step : step
                    guard !isFixed[y * size + x], place < bytes.count * 8 else { continue }
                    dark[y * size + x] = bytes[place >> 3] >> (7 - place & 7) & 1 == 1
                    place += 1
                }
            }
            right -= 2
        }
    }

    private mutating func apply(_ mask: Int) {
        for y in 0..<size {
            for x in 0..<size where !isFixed[y * size + x] && Self.turns(mask, x, y) { dark[y * size + x].toggle() }
        }
    }

    private static func turns(_ mask: Int, _ x: Int, _ y: Int) -> Bool {
        switch mask {
        case 0: (x + y) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (x + y) % 3 == 0
        case 4: (x / 3 + y / 2) % 2 == 0
        case 5: x * y % 2 + x * y % 3 == 0
        case 6: (x * y % 2 + x * y % 3) % 2 == 0
        default: ((x + y) % 2 + x * y % 3) % 2 == 0
        }
    }

    /// How hard it is to read: long runs, blocks of four, and more of one colour than of the other.
    private var penalty: Int {
        var penalty = 0
        for line in 0..<size {
            penalty += Self.runs((0..<size).map { isDark($0, line) }) + Self.runs((0..<size).map { isDark(line, $0) })
        }
        for y in 0..<(size - 1) {
            for x in 0..<(size - 1) {
                let first = isDark(x, y)
                if first == isDark(x + 1, y), first == isDark(x, y + 1), first == isDark(x + 1, y + 1) { penalty += 3 }
            }
        }
        let share = dark.count { $0 } * 20 - dark.count * 10
        return penalty + abs(share) / dark.count * 10
    }

    private static func runs(_ line: [Bool]) -> Int {
        var (penalty, length) = (0, 0)
        for (place, isDark) in line.enumerated() {
            length = place > 0 && isDark == line[place - 1] ? length + 1 : 1
            if length == 5 { penalty += 3 } else if length > 5 { penalty += 1 }
        }
        return penalty
    }
}
