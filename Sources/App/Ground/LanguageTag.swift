// SPDX-License-Identifier: Apache-2.0
// What may stand for a language where a centre names one.

/// Tags of languages (BCP 47).
public enum LanguageTag {
    /// The shape of a tag: a language of two to three letters and further parts of one to eight.
    public static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 35, let first = parts.first, (2...3).contains(first.utf8.count) else { return false }
        let isLetters = first.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) }
        return isLetters
            && parts.dropFirst().allSatisfy { part in
                (1...8).contains(part.utf8.count)
                    && part.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) }
            }
    }
}
