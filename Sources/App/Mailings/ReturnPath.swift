// SPDX-License-Identifier: Apache-2.0
// The address to which a message comes back: it names the message, and only this installation can make it (spec 2.3).
import Post

/// A message's own return path: `bounces+TOKEN@centre.example`; the token is the centre, the message and a digest.
///
/// Who has received one can say that this one message came back, and nothing of any other.
struct ReturnPath: Equatable {
    let tenant: TenantID
    let message: MessageID

    /// Letters of the mailbox before the plus sign: with the token no more than the 64 that a local part may have.
    static let mailboxLimit = 20
    private static let digestBytes = 10
    /// 26 bytes in base 32: local parts may be folded on the way, and no base 64 survives that.
    private static let tokenLetters = 42
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    init(tenant: TenantID, message: MessageID) {
        self.tenant = tenant
        self.message = message
    }

    /// The address below a mailbox that takes plus addressing; nil when it cannot be made of it.
    func address(below mailbox: String, secret: ServerSecret) -> MailAddress? {
        guard let box = MailAddress(mailbox) else { return nil }
        return MailAddress("\(box.local)+\(token(secret))@\(box.domain)")
    }

    /// What an address names; nil when it was not made here.
    init?(_ address: String, secret: ServerSecret) {
        guard address.utf8.count <= 320, let at = address.lastIndex(of: "@") else { return nil }
        let local = address[..<at].lowercased().utf8
        guard local.count > Self.tokenLetters + 1 else { return nil }
        // Some servers write another letter for the plus sign.
        let mark = local[local.index(local.endIndex, offsetBy: -Self.tokenLetters - 1)]
        let token = Array(local.suffix(Self.tokenLetters))
        guard "+-=".utf8.contains(mark), let bytes = Self.bytes(token) else { return nil }
        let path = ReturnPath(
            tenant: TenantID(raw: Self.integer(bytes.prefix(8))),
            message: MessageID(raw: Self.integer(bytes.dropFirst(8).prefix(8))))
        // In constant time: the comparison does not tell how much was right. Letter by letter, since the last one has
        // bits to spare.
        let wrong = zip(path.token(secret).utf8, token).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        guard wrong == 0 else { return nil }
        self = path
    }

    /// The first of some addresses that was made here.
    static func find(among addresses: [String], secret: ServerSecret) -> ReturnPath? {
        addresses.lazy.compactMap { ReturnPath($0, secret: secret) }.first
    }

    private func token(_ secret: ServerSecret) -> String { Self.text(named + digest(secret)) }

    private var named: [UInt8] {
        withUnsafeBytes(of: tenant.raw.bigEndian) { Array($0) }
            + withUnsafeBytes(of: message.raw.bigEndian) { Array($0) }
    }

    private func digest(_ secret: ServerSecret) -> [UInt8] {
        Array(secret.digest(named, for: .returnPath).prefix(Self.digestBytes))
    }

    private static func integer(_ bytes: some Sequence<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        var (group, bits) = (UInt32(0), 0)
        for byte in bytes {
            (group, bits) = (group << 8 | UInt32(byte), bits + 8)
            while bits >= 5 {
                bits -= 5
                letters.append(alphabet[Int(group >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 { letters.append(alphabet[Int(group << UInt32(5 - bits) & 31)]) }
        return String(decoding: letters, as: UTF8.self)
    }

    private static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (group, bits) = (UInt32(0), 0)
        for letter in text {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            (group, bits) = (group << 5 | UInt32(value), bits + 5)
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return bytes
    }
}
