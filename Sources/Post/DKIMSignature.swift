// SPDX-License-Identifier: Apache-2.0
// DKIM (RFC 6376): a domain vouches for a message, so that receivers trust it and see what was changed on the way.
import Crypto

/// Signs messages.
///
///     let signed = try DKIMSignature.signed(message.encoded(), by: [rsaKey, ed25519Key], at: now / 1000)
///
/// Relaxed form of headers and body, SHA-256. Every header in ``headers`` is signed once more than it stands there
/// (RFC 6376, 5.4.2), so that nobody can add a second From, Subject or List-Unsubscribe to a message that was seen.
public enum DKIMSignature {
    /// What is signed where it stands, and may not be added where it does not.
    public static let headers = [
        "from", "reply-to", "to", "subject", "date", "message-id", "auto-submitted", "list-unsubscribe",
        "list-unsubscribe-post", "list-id", "feedback-id", "mime-version", "content-type", "content-transfer-encoding",
    ]

    /// A message with a signature of each key before its headers. The body is hashed once.
    /// - Parameters:
    ///   - message: Whole, every line ended by CRLF, as it goes over the network.
    ///   - seconds: When it is signed, since 1970.
    public static func signed(_ message: [UInt8], by keys: [DKIMKey], at seconds: Int64) throws -> [UInt8] {
        guard !keys.isEmpty else { return message }
        let relaxed = DKIMRelaxed(message)
        let covered = covered(by: relaxed.fields)
        var hash = SHA256()
        for field in covered.fields {
            hash.update(data: field.bytes)
            hash.update(data: [13, 10])
        }
        var signed: [UInt8] = []
        signed.reserveCapacity(message.count + keys.count * 1024)
        for key in keys {
            let field = unsigned(by: key, at: seconds, names: covered.names, bodyHash: Array(relaxed.bodyHash))
            var own = hash
            // The field itself is hashed last, with an empty "b" and without a line's end.
            own.update(data: Array("dkim-signature:".utf8) + DKIMRelaxed.relaxedValue(field.utf8))
            signed += Array("DKIM-Signature: \(field)".utf8)
            append(signature: try key.signature(of: own.finalize()), to: &signed)
        }
        return signed + message
    }

    /// The signed header fields in their order, and their names. Several of a name are signed from the last one up.
    private static func covered(by fields: [DKIMRelaxed.Field]) -> (fields: [DKIMRelaxed.Field], names: [String]) {
        var covered: [DKIMRelaxed.Field] = []
        var names: [String] = []
        for name in headers {
            for field in fields.reversed() where field.name == name {
                covered.append(field)
                names.append(name)
            }
            names.append(name)
        }
        return (covered, names)
    }

    /// The field's value up to its empty "b", folded.
    private static func unsigned(
        by key: DKIMKey, at seconds: Int64, names: [String], bodyHash: [UInt8]
    ) -> String {
        var text = "v=1; a=\(key.algorithm.rawValue)-sha256; c=relaxed/relaxed;"
        text += "\r\n d=\(key.domain);\r\n s=\(key.selector); t=\(seconds);\r\n h="
        var column = 3
        for (index, name) in names.enumerated() {
            let piece = index + 1 < names.count ? name + ":" : name + ";"
            if column + piece.utf8.count > 76 {
                text += "\r\n  "
                column = 2
            }
            text += piece
            column += piece.utf8.count
        }
        return text + "\r\n bh=\(Base64.text(bodyHash));\r\n b="
    }

    /// The signature, in lines.
    private static func append(signature: [UInt8], to signed: inout [UInt8]) {
        let text = Array(Base64.text(signature).utf8)
        for start in stride(from: 0, to: text.count, by: 72) {
            if start > 0 { signed += Array("\r\n  ".utf8) }
            signed += text[start..<min(start + 72, text.count)]
        }
        signed += [13, 10]
    }
}
