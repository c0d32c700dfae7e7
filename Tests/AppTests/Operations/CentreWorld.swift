// SPDX-License-Identifier: Apache-2.0
// Centres to export from and to import into.
import Foundation
import Storage
import TestSupport
import Testing

@testable import App

/// The product with empty centres.
struct CentreWorld {
    static let key = "uyut"
    static let environment = ["SMTP_PASSWORD": "пароль: 1"]

    let app: TestApp

    var operations: Operations { app.rooms.operations }

    static func run(on engine: Dialect, _ body: (CentreWorld) async throws -> Void) async throws {
        try await TestApp.run(on: engine) { app in
            let world = CentreWorld(app: app)
            try await world.makeTenant(key)
            try await body(world)
        }
    }

    /// An empty centre, as the provider makes one.
    @discardableResult func makeTenant(_ key: String) async throws -> TenantID {
        let (rooms, now) = (app.rooms, app.now)
        return try await app.database.write { tx in
            let tenant = try rooms.accounts.createTenant(NewTenant(key: key, name: "Пусто"), in: tx, at: now)
            try rooms.surveys.welcome(tenant, language: "ru", in: tx)
            for picture in CentreTexts.pictures { try Settings.keep(picture, of: tenant, in: tx, by: nil, at: now) }
            return tenant
        }
    }

    func file(_ text: String, environment: [String: String] = environment) -> CentreFile {
        CentreFile(Data(text.utf8), in: app.folder, environment: environment)
    }

    /// Imports a file and returns what it changed.
    @discardableResult func take(
        _ text: String, into key: String = key, environment: [String: String] = environment
    ) async throws -> [CentreDifference] {
        let file = file(text, environment: environment)
        let differences = try await operations.differences(file, of: key)
        try await operations.apply(file, of: key, expecting: differences)
        return differences
    }

    /// The faults of a file; empty when it has none.
    func faults(
        _ text: String, in key: String = key, environment: [String: String] = environment
    ) async throws -> [CentreFault] {
        do {
            _ = try await operations.differences(file(text, environment: environment), of: key)
            return []
        } catch let faults as CentreFaults {
            return faults.all
        }
    }

    /// Everything that is stored, as text: for telling that nothing has changed.
    func rows() async throws -> String {
        let tables: [SQL] = [
            "SELECT * FROM tenant ORDER BY id", "SELECT * FROM smtp_settings ORDER BY tenant_id",
            "SELECT * FROM team ORDER BY id", "SELECT * FROM person ORDER BY id",
            "SELECT * FROM person_role ORDER BY person_id, role",
            "SELECT * FROM supervised_team ORDER BY person_id, team_id", "SELECT * FROM service ORDER BY id",
            "SELECT * FROM disposition_folder ORDER BY id", "SELECT * FROM disposition ORDER BY id",
            "SELECT * FROM survey_field ORDER BY id", "SELECT * FROM survey_form ORDER BY id",
            "SELECT * FROM survey_version ORDER BY id", "SELECT * FROM workflow ORDER BY id",
            "SELECT * FROM workflow_version ORDER BY id", "SELECT * FROM workflow_configuration ORDER BY id",
            "SELECT * FROM workflow_trigger ORDER BY configuration_id, position", "SELECT * FROM audit ORDER BY id",
        ]
        var text = ""
        for table in tables { text += "\(try await app.database.query(table))\n" }
        return text
    }
}
