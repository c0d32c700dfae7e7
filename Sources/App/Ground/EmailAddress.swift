// SPDX-License-Identifier: Apache-2.0
// An address that mail can be sent to, checked once where it enters.

/// A mailbox `local@domain` (RFC 5321 section 4.1.2, with RFC 6531's letters), without quoted local parts.
public struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    public let local: String
    public let domain: String

    /// Nil when the text is not such an address. Spaces at the ends are dropped; control characters never pass.
    public init?(_ text: String) {
        let text = text.trimmed
        guard text.utf8.count <= 254, let at = text.lastIndex(of: "@") else { return nil }
        let local = String(text[..<at])
        let domain = String(text[text.index(after: at)...])
        guard (1...64).contains(local.utf8.count), Self.isLocal(local), Self.isDomain(domain) else { return nil }
        self.local = local
        self.domain = domain
    }

    public var description: String { "\(local)@\(domain)" }

    /// The form in which two addresses are the same: ignoring case in both parts, as people expect.
    public var folded: String { description.folded }

    private static func isLocal(_ text: String) -> Bool {
        let special = "!#$%&'*+-/=?^_`{|}~."
        // Some readers take "=?" in an address for an encoded word, and what it hides for a line of the header.
        guard !text.hasPrefix("."), !text.hasSuffix("."), !text.contains(".."), !text.contains("=?") else {
            return false
        }
        return text.unicodeScalars.allSatisfy { scalar in
            guard scalar.isASCII else { return scalar.properties.isAlphabetic || scalar.properties.numericType != nil }
            return special.unicodeScalars.contains(scalar) || isLetterOrDigit(scalar)
        }
    }

    private static func isDomain(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2 || text == "localhost", text.utf8.count <= 253 else { return false }
        return labels.allSatisfy { label in
            guard (1...63).contains(label.utf8.count), !label.hasPrefix("-"), !label.hasSuffix("-") else {
                return false
            }
            return label.unicodeScalars.allSatisfy { scalar in
                scalar == "-" || isLetterOrDigit(scalar) || (!scalar.isASCII && scalar.properties.isAlphabetic)
            }
        }
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
