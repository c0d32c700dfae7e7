// SPDX-License-Identifier: Apache-2.0
// A mailbox as headers and envelopes write it. Making one is where hostile values end.
import CIdn2

/// A mailbox with an optional display name.
///
///     MailAddress("ivan@почта.рф", name: "Иван")?.envelope    // "ivan@xn--80a1acny.xn--p1ai"
public struct MailAddress: Sendable, Hashable {
    /// What people see; may be anything, it is encoded.
    public let name: String
    /// The part before the @, without quotes.
    public let local: String
    /// The domain in its ASCII form (IDNA 2008).
    public let domain: String

    /// Nil when the text is not an address that can stand in an envelope.
    public init?(_ text: String, name: String = "") {
        guard let at = text.lastIndex(of: "@") else { return nil }
        let local = String(text[..<at])
        guard (1...64).contains(local.utf8.count), Self.isLocal(local),
            let domain = Self.asciiDomain(String(text[text.index(after: at)...]))
        else { return nil }
        self.name = name
        self.local = local
        self.domain = domain
    }

    /// `local@domain`, as MAIL and RCPT name it.
    public var envelope: String { "\(Self.written(local))@\(domain)" }

    /// Whether only a server that offers SMTPUTF8 can take it.
    public var needsSMTPUTF8: Bool { !local.utf8.allSatisfy { $0 < 0x80 } }

    /// The ASCII form of a domain; nil when it has none. An IP address in brackets is not a domain here.
    public static func asciiDomain(_ text: String) -> String? {
        guard (1...255).contains(text.utf8.count) else { return nil }
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return isASCIIDomain(text) ? text.lowercased() : nil }
        var output: UnsafeMutablePointer<CChar>?
        let flags = Int32(IDN2_NFC_INPUT.rawValue) | Int32(IDN2_NONTRANSITIONAL.rawValue)
        guard idn2_to_ascii_8z(text, &output, flags) == IDN2_OK.rawValue, let output else { return nil }
        defer { idn2_free(output) }
        let ascii = String(cString: output).lowercased()
        return isASCIIDomain(ascii) ? ascii : nil
    }

    private static func isASCIIDomain(_ text: String) -> Bool {
        guard text.utf8.count <= 253 else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    /// No control characters and nothing that ends a path; a letter outside ASCII is a matter for SMTPUTF8.
    private static func isLocal(_ text: String) -> Bool {
        // What looks like an encoded word is one to some readers, and what it hides may be another line.
        !text.contains("=?")
            && text.unicodeScalars.allSatisfy { scalar in
                guard scalar.isASCII else { return !MailHeader.isControl(scalar) && !scalar.properties.isWhitespace }
                return scalar.value > 0x20 && scalar.value < 0x7F
            }
    }

    /// A local part that is no dot-atom is quoted (RFC 5321, 4.1.2).
    private static func written(_ local: String) -> String {
        if isDotAtom(local) { return local }
        return "\"" + local.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Atoms with single dots between them.
    private static func isDotAtom(_ local: String) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in local.utf8 {
            if byte == UInt8(ascii: ".") {
                if previous == byte { return false }
            } else if !isAtomText(byte), byte < 0x80 {
                return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".")
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    static func isAtomText(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}
