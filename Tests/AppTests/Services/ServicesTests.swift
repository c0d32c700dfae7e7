// SPDX-License-Identifier: Apache-2.0
// Services, their pre-defined dispositions, and which one a sender means.
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct ServicesTests {
    private let tenant = TenantID(raw: 1)

    private func services(_ database: Database) -> Services { Services(installation: testInstallation(database)) }

    @Test(arguments: engines)
    func `an inbound service begins with the demo's dispositions`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let services = services(database)
            let (folders, dispositions) = try await database.write { tx in
                let made = try services.create(
                    NewService(name: "Входящий продажи", type: .inbound), language: "ru", for: tenant, in: tx)
                return (
                    try services.folders(of: made.id, tenant: tenant, in: tx),
                    try services.dispositions(of: made.id, tenant: tenant, in: tx)
                )
            }
            #expect(
                folders.map(\.name) == ["Окончательный", "Промежуточный", "Запрос", "Проблема соединения", "Системные"])
            let names = folders.map { folder in dispositions.filter { $0.folder == folder.id }.map(\.name) }
            #expect(
                names == [
                    ["Заказ", "Отказ", "Справка", "Опрос по email"], ["Неверный номер", "Прервался"], ["Удаление ПД"],
                    ["Молчание"], ["Сбой системы", "Сбой на р.м. оператора", "Статус не найден", "Статус не выбран"],
                ])
            #expect(dispositions.first { $0.name == "Прервался" }?.systemType == .dropped)
            #expect(dispositions.first { $0.name == "Удаление ПД" }?.doNotAsk == true)
            #expect(
                dispositions.filter { $0.isMatchedByAny }.map(\.name) == [
                    "Заказ", "Отказ", "Справка", "Опрос по email", "Неверный номер",
                ])
        }
    }

    @Test(arguments: engines)
    func `every type of service has both system dispositions that intakes need`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let services = services(database)
            for (type, language) in ServiceType.allCases.flatMap({ [($0, "ru"), ($0, "en")] }) {
                let dispositions = try await database.write { tx in
                    let new = NewService(name: "\(type) \(language)", type: type)
                    let made = try services.create(new, language: language, for: tenant, in: tx)
                    return try services.dispositions(of: made.id, tenant: tenant, in: tx)
                }
                #expect(dispositions.system(.noDisposition) != nil)
                #expect(dispositions.system(.dispositionNotFound) != nil)
                #expect(Set(dispositions.map(\.name.folded)).count == dispositions.count)
                let isCyrillic = dispositions.contains { $0.name.contains(/[А-я]/) }
                #expect(isCyrillic == (language == "ru"))
            }
        }
    }

    @Test(arguments: engines)
    func `a name is taken whatever its case, and found so`(engine: Dialect) async throws {
        try await withAppDatabase(engine) { database in
            let services = services(database)
            let new = NewService(name: "Чат", type: .chat)
            let made = try await database.write { try services.create(new, language: "ru", for: tenant, in: $0) }
            await #expect(throws: Refusals.self) {
                let again = NewService(name: " ЧАТ ", type: .chat)
                _ = try await database.write { try services.create(again, language: "ru", for: tenant, in: $0) }
            }
            let found = try await database.read { try services.service(named: "чат", of: tenant, in: $0) }
            #expect(found == made)
            let elsewhere = TenantID(raw: 2)
            #expect(try await database.read { try services.service(made.id, of: elsewhere, in: $0) } == nil)
            #expect(try await database.read { try services.service(named: "чат", of: elsewhere, in: $0) } == nil)
        }
    }

    @Test func `a disposition is meant by id, then code, then name`() {
        func disposition(_ id: Int64, _ name: String, code: String? = nil, isRetired: Bool = false) -> Disposition {
            Disposition(
                id: DispositionID(raw: id), service: ServiceID(raw: 1), folder: DispositionFolderID(raw: 1), name: name,
                description: "", code: code, type: .success, systemType: nil, agentSelects: true, doNotAsk: false,
                isRetired: isRetired)
        }
        let all = [
            disposition(10, "Заказ", code: "1"), disposition(11, "10", code: "2"), disposition(12, "Straße"),
            disposition(13, "Старый", code: "3", isRetired: true), disposition(14, "1"),
        ]
        func found(_ any: String) -> Int64? { DispositionReference(any: any).find(in: all)?.id.raw }
        #expect(found("10") == 10)
        #expect(found("1") == 10)
        #expect(found("2") == 11)
        #expect(found(" заказ ") == 10)
        #expect(found("STRASSE") == 12)
        #expect(found("Старый") == nil)
        #expect(found("3") == nil)
        #expect(found("13") == 13)
        #expect(DispositionReference(code: "10").find(in: all) == nil)
        #expect(DispositionReference(name: "1").find(in: all)?.id.raw == 14)
        #expect(DispositionReference(id: "Заказ").find(in: all) == nil)
        #expect(DispositionReference(any: "  ").isEmpty)
    }
}
