// SPDX-License-Identifier: Apache-2.0
// A fault of the settings or of the server holds the queue: nothing is lost, one message tries, and then all go.
import Foundation
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct HeldMailTests {
    @Test(arguments: engines) func `a wrong password holds the queue and costs no mail`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.passwords = ["centre": "new"]
        try await MailWorld.run(engine, runs: 40, behaviour) { world, server in
            try await world.save(port: server.port, user: "centre", password: "old")
            try await world.compose((0..<40).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            try await world.deliver()
            #expect(Set(try await world.states()) == ["held"])
            let hold = try #require(try await world.mailings.holds(of: world.tenant).first)
            #expect(hold.reason == "mailings.reason.wrongCredentials 535 5.7.8 wrong password")
            #expect(try await world.notices().count == 1)
            #expect(try await world.signals().allSatisfy { $0 == nil })
            let banner = try await world.mailings.banner(
                of: world.tenant, in: "Europe/Moscow", t: world.app.otklik.installation.catalogue.localizer("ru"))
            #expect(banner?.text.contains("ожидают 40 писем") == true)
            // The probe goes on and says nothing twice.
            for _ in 0..<5 {
                world.app.clock.advance(seconds: 60)
                try await world.deliver()
            }
            #expect(try await world.notices().count == 1)
            #expect(server.received.isEmpty)
            // The old password works again: the next probe lets everything go.
            server.behaviour.passwords = ["centre": "old"]
            world.app.clock.advance(seconds: 60)
            try await world.deliver()
            #expect(Set(try await world.states()) == ["sent"])
            #expect(Set(server.received.map(\.recipient)).count == 40)
            #expect(server.received.count == 40)
            #expect(try await world.mailings.holds(of: world.tenant).isEmpty)
            #expect(try await world.signals().allSatisfy { $0 == .mailSent })
        }
    }

    @Test(arguments: engines) func `when the server signs us in again the newest message goes first and alone`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.passwords = ["centre": "new"]
        try await MailWorld.run(engine, runs: 5, behaviour) { world, server in
            try await world.save(port: server.port, user: "centre", password: "old")
            try await world.compose((0..<5).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            try await world.deliver()
            #expect(Set(try await world.states()) == ["held"])
            // It signs us in and takes no mail: one message a minute is tried, and nothing is released.
            server.behaviour.passwords = ["centre": "old"]
            server.behaviour.replies = ["MAIL": "421 4.3.2 too busy"]
            for minute in 1...3 {
                world.app.clock.advance(seconds: 60)
                try await world.deliver()
                #expect(Set(try await world.states()) == ["held"])
                #expect(server.commands.filter { $0.hasPrefix("MAIL") }.count == minute)
                #expect(try await world.messages().map(\.attempt) == [0, 0, 0, 0, minute])
            }
            #expect(try await world.notices().count == 1)
            let before = server.commands.count
            server.behaviour.replies = [:]
            world.app.clock.advance(seconds: 60)
            try await world.deliver()
            #expect(Set(try await world.states()) == ["sent"])
            let tried = server.commands.dropFirst(before).filter { $0.hasPrefix("RCPT") }
            #expect(tried.first == "RCPT TO:<c4@x.example>")
            #expect(tried.count == 5 && server.received.count == 5)
            #expect(try await world.mailings.holds(of: world.tenant).isEmpty)
        }
    }

    @Test(arguments: engines) func `a message that is refused for its own sake shows that the others may go`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.passwords = ["centre": "new"]
        try await MailWorld.run(engine, runs: 3, behaviour) { world, server in
            try await world.save(port: server.port, user: "centre", password: "old")
            try await world.compose((0..<3).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            try await world.deliver()
            server.behaviour.passwords = ["centre": "old"]
            server.behaviour.replies = ["RCPT TO:<C2@": "550 5.1.1 no such user"]
            world.app.clock.advance(seconds: 60)
            try await world.deliver()
            #expect(try await world.states() == ["sent", "sent", "failed"])
            #expect(try await world.mailings.holds(of: world.tenant).isEmpty)
        }
    }

    @Test(arguments: engines) func `a lost connection at the probed message keeps the others back`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.passwords = ["centre": "new"]
        try await MailWorld.run(engine, runs: 3, behaviour) { world, server in
            try await world.save(port: server.port, user: "centre", password: "old")
            try await world.compose((0..<3).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            try await world.deliver()
            server.behaviour.passwords = ["centre": "old"]
            server.behaviour.killAt = "MAIL"
            world.app.clock.advance(seconds: 60)
            try await world.deliver()
            #expect(try await world.states() == ["held", "held", "retrying"])
            #expect(try await world.mailings.holds(of: world.tenant).count == 1)
            server.behaviour.killAt = nil
            world.app.clock.advance(seconds: 60)
            try await world.deliver()
            #expect(try await world.states().prefix(2) == ["sent", "sent"])
            #expect(try await world.mailings.holds(of: world.tenant).isEmpty)
        }
    }

    @Test(arguments: engines) func `new settings are tried at once`(_ engine: Dialect) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.passwords = ["centre": "new"]
        try await MailWorld.run(engine, behaviour) { world, server in
            try await world.save(port: server.port, user: "centre", password: "old")
            try await world.compose([world.due()])
            try await world.deliver()
            #expect(try await world.states() == ["held"])
            try await world.save(port: server.port, user: "centre", password: "new")
            try await world.deliver()
            let message = try #require(try await world.messages().first)
            #expect(message.state == "sent", "\(message)")
        }
    }

    @Test(arguments: engines) func `held mail fails when its send window ends`(_ engine: Dialect) async throws {
        try await MailWorld.run(engine) { world, server in
            let port = server.port
            try await server.stop()
            try await world.save(port: port)
            try await world.compose([world.due(windowSeconds: 90)])
            try await world.deliver()
            #expect(try await world.states() == ["held"])
            world.app.clock.advance(seconds: 91)
            try await world.deliver()
            #expect(try await world.states() == ["failed"])
            guard case .mailNotSent = try await world.signals().first else {
                Issue.record("the run did not hear of it")
                return
            }
        }
    }

    @Test(arguments: engines) func `three messages refused for their sender hold that sender only`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["MAIL FROM:<BAD@": "550 5.7.1 not yours"]
        try await MailWorld.run(engine, runs: 5, behaviour) { world, server in
            try await world.save(port: server.port, connections: 1)
            for number in 0..<3 {
                try await world.compose([world.due(run: 701 + Int64(number), sender: "bad@centre.example")])
                try await world.deliver()
            }
            #expect(try await world.states() == ["failed", "failed", "failed"])
            try await world.compose([world.due(run: 704, sender: "bad@centre.example"), world.due(run: 705)])
            try await world.deliver()
            #expect(try await world.states().suffix(2) == ["held", "sent"])
            // Still refused: the probe costs the newest, and the sender stays held.
            try await world.compose([world.due(run: 704, sender: "bad@centre.example")])
            try await world.deliver()
            world.app.clock.advance(seconds: 60)
            try await world.deliver()
            #expect(try await world.states().suffix(3) == ["held", "sent", "failed"])
            server.behaviour.replies = [:]
            world.app.clock.advance(seconds: 60)
            try await world.deliver()
            #expect(try await world.states().suffix(3) == ["sent", "sent", "failed"])
            #expect(try await world.mailings.holds(of: world.tenant).isEmpty)
        }
    }
}
