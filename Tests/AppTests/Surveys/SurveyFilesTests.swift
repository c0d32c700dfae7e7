// SPDX-License-Identifier: Apache-2.0
// Forms as files: out and in again with the same bytes; whatever is wrong with a stranger's file is said, and nothing
// of it is stored.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyFilesTests {
    private func run(
        _ engine: Dialect, _ body: (TestApp, SignInWorld, Browser, FormID) async throws -> Void
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app, hasSurveys: true)
            let (surveys, now) = (app.rooms.surveys, app.now)
            let picture = try await app.rooms.settings.picture(of: SamplePicture.png)
            let form = try await app.database.write { tx in
                try surveys.welcome(world.tenant, language: "ru", in: tx)
                var own = SurveyField.Draft(key: "tone", name: "Тон", kind: .average, scale: 1...7)
                own.satisfiedFrom = 5
                try surveys.save(own, of: world.tenant, in: tx)
                try Settings.keep(picture, of: world.tenant, in: tx, by: nil, at: now)
                return try surveys.create(
                    NewForm(name: "Опрос", content: try Self.content(picture), validDays: 12, editHours: 3),
                    of: world.tenant, in: tx, as: SurveyChange(by: nil, at: now))
            }
            let browser = try await world.browser(app, as: "admin")
            try await browser.get("/forms/import")
            try await body(app, world, browser, form)
        }
    }

    private static func content(_ picture: Picture) throws -> SurveyContent {
        var content = try #require(SurveyTemplate.find("quality")).content
        for index in content.languages.indices {
            content.languages[index].blocks.insert(
                .slider(key: "tone", text: "Тон?", scale: 1...7, field: "tone"), at: 1)
        }
        content.css = ".survey { color: #123; }\n"
        content.image = picture.sha256
        return content
    }

    private func forms(_ app: TestApp, _ world: SignInWorld) async throws -> Int {
        try await app.database.query("SELECT 1 FROM survey_form WHERE tenant_id = \(world.tenant)").count
    }

    @Test(arguments: engines) func `a form comes out, goes in under a new name and comes out with the same bytes`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, world, browser, form in
            let first = try await browser.get("/forms/\(form)/export")
            #expect(first.status == .ok && first.headers[.contentType] == "application/zip")
            #expect(first.headers[.contentDisposition]?.contains("UTF-8''%D0%9E") == true)
            let taken = try await browser.upload(
                "/forms/import", "file", file: first.bytes, fields: ["name": "Другой", "fields": "ask"])
            #expect(taken.status == .seeOther, "\(taken.body)")
            let surveys = app.rooms.surveys
            let all = try await app.database.read { try surveys.forms(of: world.tenant, in: $0) }
            let copy = try #require(all.first { $0.name == "Другой" })
            #expect(copy.validDays == 12 && copy.editHours == 3)
            let second = try await browser.get("/forms/\(copy.id)/export")
            #expect(second.bytes == first.bytes)
            // The name is taken now.
            let again = try await browser.upload(
                "/forms/import", "file", file: first.bytes, fields: ["name": "другой"])
            #expect(again.status == .unprocessableContent && again.body.contains("#field-name"))
        }
    }

    @Test(arguments: engines) func `fields that the centre has not are listed, made or left out`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, world, browser, form in
            let file = try await browser.get("/forms/\(form)/export").bytes
            let other = try await SignInWorld.make(app, key: "kazan", hasSurveys: true)
            let surveys = app.rooms.surveys
            try await app.database.write { tx in
                try surveys.welcome(other.tenant, language: "ru", in: tx)
                var tone = SurveyField.Draft(key: "tone", name: "Тон голоса", kind: .average, scale: 1...3)
                tone.satisfiedFrom = 2
                try surveys.save(tone, of: other.tenant, in: tx)
            }
            let there = try await other.browser(app, as: "admin", centre: "kazan")
            try await there.get("/forms/import")
            let asked = try await there.upload("/forms/import", "file", file: file, fields: ["name": "А"])
            #expect(asked.status == .unprocessableContent && asked.body.contains("“Тон” (tone): another scale here"))
            #expect(asked.body.contains("#field-fields"))
            #expect(try await forms(app, other) == 0)
            for choice in ["create", "leave"] {
                let taken = try await there.upload(
                    "/forms/import", "file", file: file, fields: ["name": choice, "fields": choice])
                #expect(taken.status == .seeOther, "\(taken.body)")
            }
            let contents = try await app.database.read { tx in
                let newest = try surveys.newestVersions(of: other.tenant, in: tx)
                return try surveys.forms(of: other.tenant, in: tx).map { ($0.name, newest[$0.id]) }
            }
            let bound = Dictionary(
                uniqueKeysWithValues: contents.map { name, content in
                    (name, content?.languages[0].blocks.first { $0.key == "tone" }?.field)
                })
            #expect(bound["create"] == "tone_2" && bound["leave"] == .some(nil))
            let fields = try await app.database.read { try surveys.fields(of: other.tenant, in: $0) }
            #expect(fields["tone_2"]?.maximum == 7 && fields["tone"]?.maximum == 3)
        }
    }

    @Test(arguments: engines) func `a look into a file stores nothing, and the file need not be chosen again`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, world, browser, form in
            let file = try await browser.get("/forms/\(form)/export").bytes
            let before = (try await forms(app, world), try await app.database.query("SELECT 1 FROM audit").count)
            try await browser.get("/forms/import")
            let look = try await browser.upload(
                "/forms/import", "file", file: file, named: "мой.zip", fields: ["look": "on"])
            #expect(look.status == .ok && look.body.contains("“мой.zip” is chosen"))
            // The name comes from the title; nothing is missing, so that nothing is asked.
            let title = "value=\"Оцените качество обслуживания\""
            for part in [title, "ru, 4 questions", "Тон", "an image, a style sheet"] {
                #expect(look.body.contains(part), "\(part)")
            }
            #expect(!look.body.contains("name=\"fields\""))
            #expect(try await forms(app, world) == before.0)
            #expect(try await app.database.query("SELECT 1 FROM audit").count == before.1)
            // A name that is taken: the page keeps the file as well.
            let kept = ["kept": try #require(browser.hidden("kept")), "keptName": "мой.zip"]
            let taken = try await browser.upload(
                "/forms/import", "file", file: [], named: "", fields: kept.merging(["name": "опрос"]) { $1 })
            #expect(taken.status == .unprocessableContent && taken.body.contains("#field-name"))
            let again = ["kept": try #require(browser.hidden("kept")), "keptName": "мой.zip", "name": "Новая"]
            #expect(again["kept"] == kept["kept"])
            let done = try await browser.upload("/forms/import", "file", file: [], named: "", fields: again)
            #expect(done.status == .seeOther)
            #expect(try await forms(app, world) == before.0 + 1)
            // What comes back may have been changed: it is read like any other file.
            let strange = HostileForms.zip([("../form.json", [])])
            for broken in ["", "AAAA", "!", Data(strange).base64EncodedString()] {
                let refused = try await browser.upload(
                    "/forms/import", "file", file: [], named: "", fields: ["kept": broken, "name": "Чужая"])
                #expect(refused.status == .unprocessableContent && refused.body.contains("#field-file"))
            }
        }
    }

    @Test(arguments: engines) func `hostile files are refused with their reason, and nothing is stored`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, world, browser, form in
            let before = try await forms(app, world)
            let pictures = try await app.database.query("SELECT 1 FROM picture").count
            for (name, file, sentence) in HostileForms.all {
                let answer = try await browser.upload(
                    "/forms/import", "file", file: file, fields: ["name": "Чужая", "fields": "create"])
                #expect(answer.status == .unprocessableContent, "\(name): \(answer.status)")
                #expect(answer.body.contains(sentence), "\(name): \(sentence)")
                #expect(!answer.body.contains("<script>alert"), "\(name)")
            }
            #expect(try await forms(app, world) == before)
            let after = try await app.database.query("SELECT 1 FROM picture").count
            #expect(after == pictures)
        }
    }

    @Test func `what is shown of a file is no more than a form may hold`() throws {
        var file = try SurveyFile(bytes: Array(HostileForms.form(String(repeating: "я", count: 300)).utf8))
        file.languages = Array(repeating: file.languages[0], count: 60)
        let shown = file.shown
        #expect(shown.languages.count == 50 && shown.languages.allSatisfy { $0.title.count == 200 })
    }

    @Test func `scripts in texts stay texts`() async throws {
        let file = HostileForms.zip([("form.json", Array(HostileForms.form("<script>alert(1)</script>").utf8))])
        let contents = try await SurveyZipping().unpacked(file)
        let read = try SurveyFile(bytes: try #require(contents["form.json"]))
        #expect(read.languages[0].title == "<script>alert(1)</script>")
    }
}

/// Files that nobody would export.
enum HostileForms {
    static func form(_ title: String, version: String = "1", more: String = "") -> String {
        """
        {"otklikForm": \(version), "validDays": 30, "editHours": 0, "fields": []\(more),
        "languages": [{"language": "ru", "title": "\(title)", "blocks": []}]}
        """
    }

    private static var good: [UInt8] { Array(form("Опрос").utf8) }
    private static let svg = Array("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".utf8)

    static let all: [(String, [UInt8], String)] = {
        let deep = String(repeating: "[", count: 100_000)
        let huge = Array(String(repeating: " ", count: 50 * 1024 * 1024).utf8)
        return [
            ("no zip", Array("not a zip".utf8), "not a zip file"), ("nothing", [], "Choose the file"),
            ("traversal", zip([("../../etc/passwd", good)]), "../../etc/passwd"),
            ("absolute", zip([("/form.json", good)]), "/form.json"),
            ("backslash", zip([("..\\form.json", good)]), "..\\form.json"),
            ("nested", zip([("form.json", good), ("inner.zip", zip([("form.json", good)]))]), "inner.zip"),
            ("100,000 entries", zip((0..<100_000).map { ("f\($0)", []) }), "error-summary"),
            ("40,000 entries", zip((0..<40_000).map { ("f\($0)", []) }), "40000"),
            ("too many", zip((0..<4).map { ("f\($0)", []) }), "at most 3"),
            ("twice", zip([("form.json", good), ("form.json", good)]), "twice"),
            ("symlink", zip([("form.json", Array("/etc/passwd".utf8))], mode: 0o120777), "not an ordinary file"),
            ("wrong checksum", zip([("form.json", good)], crc: 7), "damaged"),
            ("bomb", zip([("form.json", huge)], isDeflated: true), "larger than"),
            ("lying bomb", zip([("form.json", huge)], isDeflated: true, size: 100), "form.json"),
            ("no form", zip([("style.css", good)]), "form.json"),
            ("no JSON", zip([("form.json", Array("{".utf8))]), "could not be read"),
            (
                "too many values",
                zip([("form.json", Array("[\(String(repeating: "0,", count: 2_000_000))0]".utf8))], isDeflated: true),
                "too many values"
            ),
            ("deep", zip([("form.json", Array(deep.utf8))]), "could not be read"),
            ("another file", zip([("form.json", Array("{}".utf8))]), "not a form"),
            ("version", zip([("form.json", Array(form("A", version: "99").utf8))]), "99"),
            ("unknown key", zip([("form.json", Array(form("A", more: ", \"evil\": 1").utf8))]), "evil"),
            ("wrong value", zip([("form.json", Array(form("A\", \"title2\": \"").utf8))]), "languages[0].title2"),
            ("SVG", zip([("form.json", good), ("image.png", svg)]), "SVG"),
            (
                "huge picture", zip([("form.json", good), ("image.png", SamplePicture.huge(30_000, 30_000))]),
                "30000 × 30000"
            ),
            ("style", zip([("form.json", good), ("style.css", Array("}".utf8))]), "#field-file"),
            ("empty title", zip([("form.json", Array(form(" ").utf8))]), "#field-file"),
        ]
    }()

    /// A zip by hand, with whatever lies in it.
    static func zip(
        _ entries: [(String, [UInt8])], mode: UInt32 = 0o100644, crc: UInt32? = nil, isDeflated: Bool = false,
        size: Int? = nil
    ) -> [UInt8] {
        var (body, directory): ([UInt8], [UInt8]) = ([], [])
        for (name, content) in entries {
            // gzip's head has 10 bytes and its tail 8, which begins with the checksum; between lies what a zip holds.
            let zipped = content.isEmpty ? [] : Array(gzipped(Data(content)) ?? Data())
            let packed = isDeflated ? Array(zipped.dropFirst(10).dropLast(8)) : content
            let sum = zipped.suffix(8).prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let head =
                number(20, 2) + number(0, 2) + number(isDeflated ? 8 : 0, 2) + number(0, 4)
                + number(crc ?? sum, 4) + number(UInt32(packed.count), 4)
                + number(UInt32(size ?? content.count), 4) + number(UInt32(name.utf8.count), 2) + number(0, 2)
            directory +=
                number(0x0201_4B50, 4) + number(0x0314, 2) + head + number(0, 6) + number(mode << 16, 4)
                + number(UInt32(body.count), 4) + Array(name.utf8)
            body += number(0x0403_4B50, 4) + head + Array(name.utf8) + packed
        }
        let count = UInt32(entries.count % 65_536)
        return body + directory + number(0x0605_4B50, 4) + number(0, 4) + number(count, 2) + number(count, 2)
            + number(UInt32(directory.count), 4) + number(UInt32(body.count), 4) + number(0, 2)
    }

    private static func number(_ value: UInt32, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { $0 < 4 ? UInt8(value >> (UInt32($0) * 8) & 0xFF) : 0 }
    }
}
