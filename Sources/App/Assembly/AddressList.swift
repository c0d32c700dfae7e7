// SPDX-License-Identifier: Apache-2.0
// Who is a proxy of ours: what is said in `X-Forwarded-For` is believed from these addresses only.
import Foundation

/// A list of network addresses and prefixes, for example `127.0.0.1, 10.0.0.0/8, ::1`.
public struct AddressList: Sendable, Equatable {
    /// One prefix: the first `bits` bits of an address of four or sixteen bytes.
    struct Prefix: Sendable, Equatable {
        let bytes: [UInt8]
        let bits: Int

        func holds(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            for index in 0..<(bits / 8) where address[index] != bytes[index] { return false }
            guard bits % 8 > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - bits % 8))
            return address[bits / 8] & mask == bytes[bits / 8] & mask
        }
    }

    let prefixes: [Prefix]

    /// This machine itself.
    public static let loopback = AddressList(prefixes: [
        Prefix(bytes: [127, 0, 0, 0], bits: 8), Prefix(bytes: [UInt8](repeating: 0, count: 15) + [1], bits: 128),
    ])

    public static let none = AddressList(prefixes: [])

    init(prefixes: [Prefix]) { self.prefixes = prefixes }

    /// Nil when a part of the text is neither an address nor a prefix. An empty text is an empty list.
    public init?(_ text: String) {
        var prefixes: [Prefix] = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            guard pieces.count <= 2, let bytes = Self.bytes(of: String(pieces[0])) else { return nil }
            let bits = pieces.count == 2 ? Int(pieces[1]) : bytes.count * 8
            guard let bits, (0...bytes.count * 8).contains(bits) else { return nil }
            prefixes.append(Prefix(bytes: bytes, bits: bits))
        }
        self.prefixes = prefixes
    }

    /// Whether an address is in the list; a text that is no address never is.
    public func holds(_ address: String) -> Bool {
        guard let bytes = Self.bytes(of: address) else { return false }
        return prefixes.contains { $0.holds(bytes) }
    }

    /// The bytes of an address; an IPv4 address that came through an IPv6 socket is an IPv4 address.
    static func bytes(of address: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, address, &sixteen) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return bytes.starts(with: mapped) ? Array(bytes.dropFirst(12)) : bytes
    }
}
