// SPDX-License-Identifier: Apache-2.0
// Folding and trimming have short ways for Latin and Cyrillic; they must lead where Foundation's long ones do.
import Foundation
import Testing

@testable import App

@Suite struct FoldingTests {
    @Test func `every scalar counts as white space exactly when Foundation says so`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "\(Character(scalar))a\(Character(scalar))"
            let expected = text.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(text.trimmed.unicodeScalars.elementsEqual(expected.unicodeScalars), "U+\(String(value, radix: 16))")
        }
    }

    @Test func `every letter is folded as Unicode's tables say`() {
        for value in UInt32(0x20)...0x2FFF {
            guard let scalar = Unicode.Scalar(value), ![0xDF, 0x1E9E, 0x130].contains(value) else { continue }
            let text = "x\(Character(scalar))x"
            let expected = text.precomposedStringWithCanonicalMapping.unicodeScalars
                .map(\.properties.lowercaseMapping).joined()
            #expect(text.folded.unicodeScalars.elementsEqual(expected.unicodeScalars), "U+\(String(value, radix: 16))")
        }
    }

    @Test(arguments: [
        ("  Заказ ", "заказ"), ("ЁЛКА", "ёлка"), ("и\u{306}од", "йод"), ("Straße", "strasse"), ("STRASSE", "strasse"),
        ("STRAẞE", "strasse"), ("İ", "İ"), ("IVAN@Example.COM", "ivan@example.com"), ("\u{1F468}", "\u{1F468}"),
        ("", ""),
    ])
    func `names that differ in case alone fold alike`(name: String, folded: String) {
        #expect(name.folded == folded)
    }
}
