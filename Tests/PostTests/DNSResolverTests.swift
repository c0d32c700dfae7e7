// SPDX-License-Identifier: Apache-2.0
// Texts out of the DNS, asked of a server on loopback.
import TestSupport
import Testing

@testable import Post

@Suite struct DNSResolverTests {
    private func ask(
        _ name: String, _ texts: [String: [String]] = [:], _ manner: SmallDNSServer.Manner = .answers
    ) async throws -> DNSTexts {
        let server = try await SmallDNSServer.start(texts, manner: manner)
        let answer = await DNSResolver(server: server.address, seconds: 1).texts(of: name)
        try await server.stop()
        return answer
    }

    @Test func `long texts are joined from their pieces, and several come back`() async throws {
        let long = "v=DKIM1; k=rsa; p=" + String(repeating: "A1b2", count: 150)
        let texts = ["s1._domainkey.centre.example": [long, "second"]]
        #expect(try await ask("S1._domainkey.centre.example", texts) == .known([long, "second"]))
    }

    @Test func `no such name is no text, and nothing else`() async throws {
        #expect(try await ask("other.example", ["centre.example": ["x"]]) == .known([]))
        #expect(try await ask(String(repeating: "a.", count: 200)) == .known([]))
    }

    @Test(arguments: [SmallDNSServer.Manner.silent, .serverFailure])
    func `a server that does not say is not taken for one that says no`(manner: SmallDNSServer.Manner) async throws {
        #expect(try await ask("centre.example", ["centre.example": ["x"]], manner) == .unreachable)
    }

    @Test func `an answer that cannot be read says nothing`() async throws {
        let answer = try await ask("centre.example", [:], .garbage)
        #expect(answer == .known([]) || answer == .unreachable)
        for bytes: [UInt8] in [
            [], Array(repeating: 0xFF, count: 12), Array(repeating: 0xFF, count: 400), Array(repeating: 0, count: 40),
            [0, 1, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0xFF, 0xFF, 9],
        ] {
            #expect(DNSResolver.texts(inAnswer: bytes).allSatisfy { $0.isEmpty })
        }
    }

    @Test func `an address that is none is unreachable at once`() async {
        #expect(await DNSResolver(server: "no address").texts(of: "centre.example") == .unreachable)
    }
}
