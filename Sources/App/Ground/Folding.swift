// SPDX-License-Identifier: Apache-2.0
// How names are compared when case does not matter: done in Swift, since SQLite folds ASCII only.
import Foundation

extension String {
    /// The form in which two names are the same when they differ in letter case alone (Unicode, canonical form C).
    ///
    /// ß and ẞ are one letter; е and ё, İ and ı are not (spec 4.2). Spaces at the ends do not count.
    public var folded: String {
        var folded = ""
        for scalar in trimmed.precomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "ß", "ẞ": folded += "ss"
            case "İ": folded.unicodeScalars.append(scalar)
            default: folded += scalar.properties.lowercaseMapping
            }
        }
        return folded
    }

    /// Without white space at the ends.
    public var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Nil when there is nothing but white space.
    public var nonEmpty: String? { trimmed.isEmpty ? nil : trimmed }
}
