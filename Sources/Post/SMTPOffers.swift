// SPDX-License-Identifier: Apache-2.0
// What a server says it can do.

/// The extensions that a reply to EHLO lists (RFC 5321, 4.1.1.1), as far as we use them.
struct SMTPOffers: Sendable, Equatable {
    var hasPipelining = false
    var hasStartTLS = false
    var hasSMTPUTF8 = false
    var hasEightBit = false
    var hasSize = false
    /// Bytes; nil when the server names none.
    var sizeLimit: Int?
    var mechanisms: Set<String> = []

    init() {}

    init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            // "AUTH=LOGIN" is how some old servers write it.
            let words = line.uppercased().split { $0 == " " || $0 == "=" }
            guard let keyword = words.first else { continue }
            switch keyword {
            case "PIPELINING": hasPipelining = true
            case "STARTTLS": hasStartTLS = true
            case "SMTPUTF8": hasSMTPUTF8 = true
            case "8BITMIME": hasEightBit = true
            case "SIZE":
                hasSize = true
                if words.count > 1, let limit = Int(words[1]), limit > 0 { sizeLimit = limit }
            case "AUTH": mechanisms.formUnion(words.dropFirst().map { String($0) })
            default: break
            }
        }
    }
}
