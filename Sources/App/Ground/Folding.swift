// SPDX-License-Identifier: Apache-2.0
// How names are compared when case does not matter: done in Swift, since SQLite folds ASCII only.
import Foundation

extension String {
    /// The form in which two names are the same when they differ in letter case alone (Unicode, canonical form C).
    ///
    /// ß and ẞ are one letter; е and ё, İ and ı are not (spec 4.2). Spaces at the ends do not count.
    public var folded: String {
        let trimmed = trimmed
        if let quickly = trimmed.quicklyFolded { return quickly }
        var folded = String.UnicodeScalarView()
        let canonical = trimmed.isPlainlyCanonical ? trimmed : trimmed.precomposedStringWithCanonicalMapping
        for scalar in canonical.unicodeScalars {
            switch scalar.value {
            case 0x41...0x5A, 0x410...0x42F: folded.append(Unicode.Scalar(scalar.value + 0x20) ?? scalar)
            case 0x20...0x7E, 0x430...0x45F: folded.append(scalar)
            case 0xDF, 0x1E9E: folded.append(contentsOf: "ss".unicodeScalars)
            case 0x130: folded.append(scalar)
            default: folded.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return String(folded)
    }

    /// The same for texts of ASCII and Russian letters alone, byte by byte: each letter has as many bytes as its small
    /// one. Nil where there are others.
    private var quicklyFolded: String? {
        var isQuick = true
        let folded = String(unsafeUninitializedCapacity: utf8.count) { buffer in
            var bytes = utf8.makeIterator()
            var count = 0
            while let byte = bytes.next() {
                if byte < 0x80 {
                    buffer[count] = (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
                    count += 1
                    continue
                }
                var scalar: UInt16 = 0
                if byte == 0xD0 || byte == 0xD1, let second = bytes.next() {
                    scalar = UInt16(byte & 0x1F) << 6 | UInt16(second & 0x3F)
                }
                switch scalar {
                case 0x410...0x42F: scalar += 0x20
                case 0x430...0x45F: break
                default:
                    isQuick = false
                    return 0
                }
                buffer[count] = UInt8(0xC0 | scalar >> 6)
                buffer[count + 1] = UInt8(0x80 | scalar & 0x3F)
                count += 2
            }
            return count
        }
        return isQuick ? folded : nil
    }

    /// Whether every letter is of an alphabet in which there is nothing to compose: Latin and Cyrillic, which is what
    /// nearly all names and addresses are in. Asking Unicode's tables costs many times more.
    private var isPlainlyCanonical: Bool {
        unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0..<0x300, 0x400...0x482, 0x48A...0x52F: true
            default: false
            }
        }
    }

    /// Without white space at the ends.
    public var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return self }
        if !Self.isSpace(first), !Self.isSpace(last) { return self }
        guard let start = scalars.firstIndex(where: { !Self.isSpace($0) }),
            let end = scalars.lastIndex(where: { !Self.isSpace($0) })
        else { return "" }
        return String(scalars[start...end])
    }

    /// White space and line breaks, as Foundation's `whitespacesAndNewlines` has them.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x7E: false
        case 0x09...0x0D, 0x20, 0x85, 0x200B: true
        default: scalar.properties.generalCategory.isSeparator
        }
    }

    /// Nil when there is nothing but white space.
    public var nonEmpty: String? { trimmed.isEmpty ? nil : trimmed }
}

extension Unicode.GeneralCategory {
    fileprivate var isSeparator: Bool {
        self == .spaceSeparator || self == .lineSeparator || self == .paragraphSeparator
    }
}
