// SPDX-License-Identifier: Apache-2.0
// What the provider's commands do to centres, people and keys, and what they refuse.
import Foundation
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct ProviderTests {
    private func refusal(_ body: () async throws -> some Any) async -> String? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (try? refusals(in: error))?.all.first?.code
        }
    }

    private func person(_ login: String, _ role: Role) -> NewPerson {
        var new = NewPerson(login: login)
        new.roles = [role]
        return new
    }

    @Test(arguments: engines) func `a centre is meant by its key, or is the only one`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let otklik = app.otklik
            #expect(await refusal { try await otklik.people(tenant: nil) } == "which_tenant")
            let (one, link) = try await otklik.createTenant(
                NewTenant(key: "one", name: "Первый"), administrator: person("chief", .administrator))
            #expect(one.surveys == false && link?.login == "chief")
            #expect(try await otklik.people(tenant: nil).map(\.login) == ["chief"])
            #expect(try await otklik.setSurveys(true, tenant: nil).surveys)
            _ = try await otklik.createTenant(NewTenant(key: "two", name: "Второй"), administrator: nil)
            #expect(await refusal { try await otklik.people(tenant: nil) } == "which_tenant")
            #expect(await refusal { try await otklik.people(tenant: "three") } == "unknown_tenant")
            #expect(try await otklik.tenants().map(\.key) == ["one", "two"])
            let taken = NewTenant(key: "one", name: "Ещё")
            #expect(await refusal { try await otklik.createTenant(taken, administrator: nil) } == "tenant_exists")
            let unmade = NewTenant(key: "four", name: "Без людей")
            let bad = person("", .administrator)
            #expect(await refusal { try await otklik.createTenant(unmade, administrator: bad) } == "bad_login")
            #expect(try await otklik.tenants().count == 2)
        }
    }

    @Test(arguments: engines) func `the last administrator stays, and what was done is in the log`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let otklik = app.otklik
            _ = try await otklik.createTenant(
                NewTenant(key: "one", name: "Первый"), administrator: person("chief", .administrator))
            _ = try await otklik.createPerson(person("second", .administrator), tenant: nil)
            #expect(try await otklik.setActive(false, login: "SECOND", tenant: nil).isActive == false)
            #expect(
                await refusal { try await otklik.setActive(false, login: "chief", tenant: nil) } == "last_administrator"
            )
            #expect(await refusal { try await otklik.passwordLink(login: "second", tenant: nil) } == "person_disabled")
            #expect(await refusal { try await otklik.passwordLink(login: "third", tenant: nil) } == "unknown_person")
            #expect(try await otklik.setActive(true, login: "second", tenant: nil).isActive)
            let first = try await otklik.createAPIKey(NewAPIKey(name: "PBX"), tenant: nil)
            let next = try await otklik.succeedAPIKey("pbx", revokes: false, tenant: nil)
            #expect(next.source == first.source && next.key != first.key)
            #expect(await refusal { try await otklik.revokeAPIKey("PBX", tenant: nil) } == "ambiguous_key")
            #expect(try await otklik.revokeAPIKey(first.id, tenant: nil).revokedAt != nil)
            #expect(await refusal { try await otklik.revokeAPIKey(first.id, tenant: nil) } == "unknown_key")
            let deeds = try await app.database.query(
                "SELECT action FROM audit WHERE actor = \("command line") ORDER BY id")
            #expect(
                try deeds.map { try $0.at(0, as: String.self) }
                    == [
                        "centreCreated", "personCreated", "linkMade", "personCreated", "linkMade", "personDisabled",
                        "personEnabled",
                        "keyCreated", "keyCreated", "keyRevoked",
                    ].map { "accounts.audit." + $0 })
        }
    }
}
