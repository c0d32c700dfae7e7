// SPDX-License-Identifier: Apache-2.0
// Which addresses belong to a network that strangers must not reach through us.
import Glibc
import NIOCore

/// Loopback, private, link-local and other addresses that are not of the public network (RFC 6890).
public enum PrivateNetwork {
    /// Whether an address is such a one. What cannot be read counts as such.
    public static func contains(_ address: SocketAddress) -> Bool {
        guard let text = address.ipAddress else { return true }
        return contains(text.split(separator: "%").first.map { String($0) } ?? "")
    }

    /// Whether an address written out is such a one.
    public static func contains(_ text: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            return isPrivate(v4: bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        if inet_pton(AF_INET6, text, &bytes) == 1 { return isPrivate(v6: bytes) }
        return true
    }

    private static func isPrivate(v4 address: UInt32) -> Bool {
        let blocks: [(UInt32, Int)] = [
            (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
            (0xAC10_0000, 12), (0xC000_0000, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xE000_0000, 3),
        ]
        return blocks.contains { block, length in (address ^ block) >> UInt32(32 - length) == 0 }
    }

    private static func isPrivate(v6 bytes: [UInt8]) -> Bool {
        guard bytes.count == 16 else { return true }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        let isTranslated = bytes[..<12].elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
        if isMapped || isTranslated {
            return isPrivate(v4: bytes[12...].reduce(0) { $0 << 8 | UInt32($1) })
        }
        // Global unicast is 2000::/3; of it, 2001:db8::/32 is for documentation.
        return bytes[0] & 0xE0 != 0x20 || bytes[..<4].elementsEqual([0x20, 0x01, 0x0D, 0xB8])
    }
}
