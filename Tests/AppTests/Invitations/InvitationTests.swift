// SPDX-License-Identifier: Apache-2.0
// Tokens, states and the words of an invitation.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct InvitationTests {
    @Test(arguments: engines) func `the link finds its invitation, and nothing else does`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.complete(1)
            try await centre.runDue()
            let invitation = try #require(centre.heard.messages.first?.invitation)
            let link = centre.invitations.surveyLink(invitation)
            #expect(link.hasPrefix("https://otklik.example.com/s/"))
            #expect(link.count < 60)
            let token = String(link.suffix(InvitationToken.length))
            let shown = try #require(InvitationToken(shown: token))
            #expect(shown.period == invitation.raw >> 28)
            let found = try await centre.invitations.link(token: token)?.invitation
            #expect(found?.id == invitation)
            let earlier = (token.first == "A" ? "B" : "A") + String(token.dropFirst())
            let changed = String(token.dropLast()) + (token.last == "A" ? "B" : "A")
            let wrongs = [
                earlier, changed, "", "short", token + "x", String(repeating: "Я", count: 14),
                "../../../etc/passwd\0xxxxxxxx",
            ]
            for wrong in wrongs {
                let nobody = try await centre.invitations.link(token: wrong)?.invitation
                #expect(nobody == nil)
            }
            let kept = try await centre.database.query("SELECT token_hash FROM link")[0].at(0, as: [UInt8].self)
            #expect(kept == ServerSecret.tokenHash(token))
        }
    }

    @Test func `tokens have as many digits whatever the bits are, and grow with time`() throws {
        #expect(InvitationToken.base62(0, count: 22) == String(repeating: "0", count: 22))
        #expect(InvitationToken.base62(UInt128.max, count: 22).count == 22)
        let secret = ServerSecret(bytes: Array(repeating: 1, count: 32))
        let other = ServerSecret(bytes: Array(repeating: 2, count: 32))
        let tokens = Set((1...1000).map { InvitationToken(of: InvitationID(raw: $0), secret: secret).text })
        #expect(tokens.count == 1000)
        #expect(!tokens.contains(InvitationToken(of: InvitationID(raw: 1), secret: other).text))
        let ids: [Int64] = [0, 1 << 28, 61 << 28, 62 << 28, 1 << 62, .max]
        let periods = ids.map { InvitationToken(of: InvitationID(raw: $0), secret: secret).text.prefix(6) }
        #expect(periods == periods.sorted() && Set(periods).count == periods.count)
        for (id, period) in zip(ids, periods) {
            let read = try #require(InvitationToken(shown: period + String(repeating: "z", count: 22)))
            #expect(read.period == id >> 28)
        }
    }

    @Test(arguments: engines) func `the first delivery starts the validity, and an answer is the last word`(
        _ engine: Dialect
    ) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.complete(1)
            try await centre.runDue()
            let id = try #require(centre.heard.messages.first?.invitation)
            try await centre.move(id, to: .unknown)
            let first = centre.clock.now
            centre.clock.advance(seconds: 60)
            try await centre.move(id, to: .sent)
            try await centre.move(id, to: .queued)
            try await centre.move(id, to: .sent)
            var found = try await centre.find(id)
            #expect(found.state == .sent)
            #expect(found.firstSentAt == first)
            #expect(found.expiresAt == first.adding(days: 14))
            #expect(found.state(at: first.adding(days: 14)) == .expired)
            let now = centre.clock.now
            var answered: [InvitationState?] = []
            for scores in [["nps": 9.0], ["nps": 2.0, "fcr": 1]] {
                answered.append(try await centre.answer(id, scores)?.from)
            }
            #expect(answered == [.sent, nil])
            for state in InvitationState.allCases { try await centre.move(id, to: state) }
            found = try await centre.find(id)
            #expect(found.state == .answered)
            #expect(found.answeredAt == now)
            #expect(found.scores == ["nps": 2, "fcr": 1])
            #expect(found.state(at: first.adding(days: 30)) == .answered)
            #expect(centre.heard.changes.map(\.from) == [nil, .queued, .unknown])
            #expect(centre.heard.changes.map(\.to) == [.queued, .unknown, .sent])
        }
    }

    @Test(arguments: engines) func `a batch of moves is told once for each change`(_ engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            for number in 1...3 { try await centre.complete(Int64(number), email: "c\(number)@example.com") }
            try await centre.runDue()
            let ids = centre.heard.messages.compactMap(\.invitation)
            let now = centre.clock.now
            let sent = ids.map { InvitationMove(invitation: $0, state: .sent) }
            let more = [
                InvitationMove(invitation: ids[0], state: .bounced), InvitationMove(invitation: ids[1], state: .sent),
            ]
            try await centre.database.write {
                try centre.invitations.move(sent + more, of: CallCentre.tenant, in: $0, at: now)
                try centre.invitations.move(sent + more, of: CallCentre.other, in: $0, at: now)
            }
            #expect(centre.heard.changes.dropFirst(3).map(\.to) == [.sent, .sent, .sent, .bounced])
            let states = [try await centre.find(ids[0]).state, try await centre.find(ids[1]).state]
            #expect(states == [.bounced, .sent])
        }
    }
}

extension CallCentre {
    func find(_ id: InvitationID) async throws -> Invitation {
        let found = try await database.write { try invitations.find(id, of: Self.tenant, in: $0) }
        return try #require(found)
    }

    /// The customer answers now.
    func answer(_ id: InvitationID, _ scores: [String: Double]) async throws -> InvitationChanged? {
        let now = clock.now
        return try await database.write { tx -> InvitationChanged? in
            guard let locked = try invitations.find(id, of: Self.tenant, in: tx) else { return nil }
            return try invitations.answered(locked, validDays: 14, scores: scores, in: tx, at: now)
        }
    }
}
