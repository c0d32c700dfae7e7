// SPDX-License-Identifier: Apache-2.0
// Texts that domains publish (DKIM, SPF, DMARC), asked for as receivers of mail do.
import CResolve
import NIOPosix

/// What the DNS says about a name.
public enum DNSTexts: Sendable, Equatable {
    /// The texts of the name, the pieces of each joined; empty when there is none, or no such name.
    case known([String])
    /// No server could be asked, or none could say.
    case unreachable
}

/// Asks the DNS for texts, on a thread of its own.
///
///     let texts = await DNSResolver().texts(of: "s1._domainkey.centre.example")
public struct DNSResolver: Sendable {
    /// An answer's largest size; what is longer is cut off.
    private static let answerBytes = 16_384
    /// Records of an answer that are read.
    private static let mostRecords = 100

    /// An IPv4 address to be asked instead of the system's servers.
    public let server: String?
    public let port: UInt16
    /// How long one server is waited for; it is asked twice.
    public let seconds: Int32

    /// - Parameter server: `192.0.2.1` or `192.0.2.1:5353`; nil for the system's servers.
    public init(server: String? = nil, seconds: Int32 = 2) {
        let parts = server?.split(separator: ":", maxSplits: 1) ?? []
        self.server = parts.first.map(String.init)
        port = parts.count > 1 ? UInt16(parts[1]) ?? 53 : 53
        self.seconds = seconds
    }

    /// The texts of a name. Never throws: who cannot be asked is ``DNSTexts/unreachable``.
    public func texts(of name: String) async -> DNSTexts {
        guard name.utf8.count <= 253 else { return .known([]) }
        let found = try? await NIOThreadPool.singleton.runIfActive { ask(name) }
        return found ?? .unreachable
    }

    private func ask(_ name: String) -> DNSTexts {
        var answer = [UInt8](repeating: 0, count: Self.answerBytes)
        let length = resolve_texts(name, server, port, seconds, &answer, Int32(answer.count))
        if length < 0 { return .unreachable }
        return .known(Self.texts(inAnswer: Array(answer.prefix(Int(length)))))
    }

    /// The texts in an answer (RFC 1035, 4.1); what cannot be read is left out.
    static func texts(inAnswer bytes: [UInt8]) -> [String] {
        guard bytes.count >= 12 else { return [] }
        func number(_ place: Int) -> Int {
            place + 1 < bytes.count ? Int(bytes[place]) << 8 | Int(bytes[place + 1]) : 0
        }
        var place = 12
        for _ in 0..<min(number(4), mostRecords) {
            guard let next = end(ofName: place, in: bytes) else { return [] }
            place = next + 4
        }
        var texts: [String] = []
        for _ in 0..<min(number(6), mostRecords) {
            guard let start = end(ofName: place, in: bytes), start + 10 <= bytes.count else { break }
            let (type, end) = (number(start), start + 10 + number(start + 8))
            guard end <= bytes.count else { break }
            if type == 16 { texts.append(joined(bytes[(start + 10)..<end])) }
            place = end
        }
        return texts
    }

    /// Behind a name: labels, ended by an empty one or by a pointer.
    private static func end(ofName start: Int, in bytes: [UInt8]) -> Int? {
        var place = start
        while place < bytes.count {
            let length = Int(bytes[place])
            if length == 0 { return place + 1 }
            if length >= 0xC0 { return place + 2 <= bytes.count ? place + 2 : nil }
            place += length + 1
        }
        return nil
    }

    /// The pieces of a text, each with its length in front.
    private static func joined(_ data: ArraySlice<UInt8>) -> String {
        var (text, place) = ([UInt8](), data.startIndex)
        while place < data.endIndex {
            let end = min(place + 1 + Int(data[place]), data.endIndex)
            text += data[(place + 1)..<end]
            place = end
        }
        return String(decoding: text, as: UTF8.self)
    }
}
