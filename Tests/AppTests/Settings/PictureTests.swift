// SPDX-License-Identifier: Apache-2.0
// What becomes of an uploaded picture: a PNG of ours, or a clear word. Sizes are known before anything is decoded.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct PictureTests {
    private static let kinds: [(String, [UInt8], Int, Int)] = [
        ("PNG", SamplePicture.png, 40, 24), ("JPEG", SamplePicture.jpeg, 16, 12),
        ("progressive JPEG", SamplePicture.progressive, 16, 12), ("GIF", SamplePicture.gif, 16, 12),
        ("lossy WebP", SamplePicture.webpLossy, 16, 12), ("lossless WebP", SamplePicture.webpLossless, 16, 12),
        ("PNG with a palette", SamplePicture.palette, 16, 12), ("grey PNG", SamplePicture.gray, 16, 12),
        ("PNG with a clear colour", SamplePicture.clear, 8, 8), ("PNG of 16 bits", SamplePicture.sixteen, 8, 8),
    ]

    @Test(arguments: kinds) func `every kind becomes a PNG that stays itself`(
        kind: String, file: [UInt8], width: Int, height: Int
    ) async throws {
        let making = PictureMaking()
        let picture = try await making.picture(of: file)
        #expect(picture.width == width && picture.height == height)
        let header = try PictureHeader(picture.png)
        #expect(header.kind == .png && header.width == width && header.height == height)
        #expect(Picture.isName(picture.sha256))
        let again = try await making.picture(of: picture.png)
        let elsewhere = try await PictureMaking().picture(of: file)
        #expect(again == picture && elsewhere == picture)
    }

    @Test func `what stood beside the pixels is gone`() async throws {
        #expect(String(decoding: SamplePicture.png, as: UTF8.self).contains("<script>"))
        #expect(String(decoding: SamplePicture.jpeg, as: UTF8.self).contains("secret place"))
        for file in [SamplePicture.png, SamplePicture.jpeg] {
            let png = String(decoding: try await PictureMaking().picture(of: file).png, as: UTF8.self)
            #expect(!png.contains("script") && !png.contains("secret") && !png.contains("tEXt"))
        }
    }

    @Test func `a machine without the library says so`() throws {
        let fault = #expect(throws: PictureFault.self) { try PictureMaking.load("libgd.so.0") }
        guard case .noLibrary(let reason) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(reason.contains("libgd.so.0"))
        #expect(fault?.refusal().kind == .unavailable)
    }

    private static let refused: [(String, [UInt8], PictureFault)] = [
        ("nothing", [], .noFile),
        ("a drawing", Array("<?xml version=\"1.0\"?>\n<svg xmlns=\"x\"><script/></svg>".utf8), .svg),
        ("a drawing with a mark before it", [0xEF, 0xBB, 0xBF] + Array("  <SVG onload='x'>".utf8), .svg),
        ("a page", Array("<html></html>".utf8), .otherKind),
        ("a bitmap", Array("BM".utf8) + Array(repeating: 0, count: 60), .otherKind),
        ("a huge PNG", SamplePicture.huge(30_000, 30_000), .tooManyPixels(width: 30_000, height: 30_000)),
        ("a long PNG", SamplePicture.huge(1, 4097), .tooManyPixels(width: 1, height: 4097)),
        ("an empty PNG", SamplePicture.huge(0, 10), .unreadable),
        ("a huge frame of a GIF", SamplePicture.hugeFrame, .tooManyPixels(width: 65_535, height: 65_535)),
        ("an animated WebP", SamplePicture.animatedWebp, .unreadable),
        ("a PNG's head alone", Array(SamplePicture.png.prefix(33)), .unreadable),
        ("a PNG that says more than it has", SamplePicture.huge(4000, 4000), .unreadable),
        ("half of a JPEG's head", Array(SamplePicture.jpeg.prefix(40)), .unreadable),
        ("half of a GIF's head", Array(SamplePicture.gif.prefix(14)), .unreadable),
        ("half of a WebP's head", Array(SamplePicture.webpLossless.prefix(18)), .unreadable),
        (
            "a JPEG of a thousand passes",
            SamplePicture.progressive + Array(repeating: [0xFF, 0xDA], count: 1000).flatMap { $0 }, .unreadable
        ),
        (
            "a JPEG of nothing but segments",
            [0xFF, 0xD8] + Array(repeating: [0xFF, 0xE0, 0, 2], count: 20_000).flatMap { $0 }, .unreadable
        ),
        ("too many bytes", SamplePicture.png + Array(repeating: 0, count: PictureLimits.bytes), .tooLarge),
    ]

    @Test(arguments: refused) func `what is no picture of ours is refused with its reason`(
        name: String, file: [UInt8], fault: PictureFault
    ) async throws {
        await #expect(throws: fault) { () async throws -> Void in
            _ = try await PictureMaking().picture(of: file)
        }
    }

    @Test(arguments: 1...4) func `damaged files are refused or read, and nothing else happens`(
        seed: UInt64
    ) async throws {
        var random = Seeded(seed)
        let making = PictureMaking()
        for (_, file, _, _) in Self.kinds {
            for _ in 0..<12 {
                var damaged = file
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let place = Int.random(in: 0..<damaged.count, using: &random)
                    damaged[place] = UInt8.random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) {
                    damaged = Array(damaged.prefix(Int.random(in: 0...damaged.count, using: &random)))
                }
                do {
                    let picture = try await making.picture(of: damaged)
                    #expect(max(picture.width, picture.height) <= PictureLimits.side)
                } catch is PictureFault { continue }
            }
        }
    }

    // MARK: Addresses

    @Test(arguments: engines) func `a centre whose storage is full keeps what it has and takes no more pictures`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app, hasSurveys: true)
            let browser = try await world.browser(app, as: "admin")
            let (full, nearly): (Int64, Int64) = (10_000_000, 9_999_999)
            func measure(_ bytes: Int64) async throws {
                try await app.database.write { tx in
                    try tx.execute(
                        "UPDATE tenant SET storage_megabytes = 10, stored_bytes = \(bytes) WHERE id = \(world.tenant)")
                }
            }
            try await measure(nearly)
            let kept = try await browser.upload("/forms/pictures", "picture", file: SamplePicture.gif)
            #expect(kept.status == .created)
            try await measure(full)
            let refused = try await browser.upload("/forms/pictures", "picture", file: SamplePicture.jpeg)
            let code = try refused.json()["code"]
            #expect(refused.status == .conflict && code == .string("storage_full"))
            #expect(refused.body.contains("storage of the contact centre is full"))
            // What is there already takes no more room.
            #expect(try await browser.upload("/forms/pictures", "picture", file: SamplePicture.gif).status == .created)
            #expect(try await app.database.query("SELECT 1 FROM picture").count == 1)
        }
    }

    @Test(arguments: engines) func `an administrator uploads a picture that everybody can fetch`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app, hasSurveys: true)
            let browser = try await world.browser(app, as: "admin")
            let taken = try await browser.upload(
                "/forms/pictures", "picture", file: SamplePicture.gif, named: "../a.gif")
            #expect(taken.status == .created)
            let name = try #require(try taken.json()["picture"]?.scalarText)
            #expect(try taken.json()["width"] == .number(16) && taken.json()["height"] == .number(12))
            let again = try await browser.upload("/forms/pictures", "picture", file: SamplePicture.gif)
            #expect(again.status == .created && again.bytes == taken.bytes)

            let shown = try await app.request(.get, "/pictures/\(name)")
            #expect(shown.status == .ok && shown.headers[.contentType] == "image/png")
            #expect(shown.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(shown.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
            #expect(shown.headers[.setCookie] == nil)
            let made = try await PictureMaking().picture(of: SamplePicture.gif)
            #expect(made.png == shown.bytes)
            for path in [name.uppercased(), String(name.dropLast()), "..", String(repeating: "0", count: 64)] {
                let missing = try await app.request(.get, "/pictures/\(path)")
                #expect(missing.status == .notFound, "\(path)")
            }
        }
    }

    @Test(arguments: engines) func `whatever is refused is told as a problem, and nothing is kept`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app, hasSurveys: true)
            let browser = try await world.browser(app, as: "admin")
            let svg = Array("<svg onload=alert(1)>".utf8)
            let cases: [([UInt8], HTTPResponse.Status, String)] = [
                (svg, .unprocessableContent, "picture_svg"), ([], .unprocessableContent, "picture_missing"),
                (SamplePicture.huge(30_000, 30_000), .unprocessableContent, "picture_too_big"),
                (Array(repeating: 1, count: PictureLimits.requestBytes), .contentTooLarge, "too_large"),
            ]
            for (file, status, code) in cases {
                let answer = try await browser.upload("/forms/pictures", "picture", file: file, named: "logo.png")
                #expect(answer.status == status)
                #expect(answer.headers[.contentType] == "application/problem+json")
                #expect(try answer.json()["code"] == .string(code))
            }
            let part = try await browser.upload("/forms/pictures", "other", file: SamplePicture.png)
            #expect(try part.json()["code"] == .string("picture_missing"))
            let form = try await browser.post("/forms/pictures", ["picture": "x"])
            #expect(form.status == .unsupportedMediaType)
            let foreign = try await browser.upload(
                "/forms/pictures", "picture", file: SamplePicture.png, sendsToken: false)
            #expect(foreign.status == .forbidden)
            let kept = try await app.database.query("SELECT 1 FROM picture")
            #expect(kept.isEmpty)
        }
    }

    @Test(arguments: engines) func `a form names only pictures of its own centre`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let other = try await SignInWorld.make(app, key: "kazan")
            let picture = try await app.rooms.settings.picture(of: SamplePicture.png)
            let (surveys, now) = (app.rooms.surveys, app.now)
            let content = SurveyContent(
                languages: [FormLanguage(language: "ru", title: "A", blocks: [])], image: picture.sha256)
            func create(_ content: SurveyContent, of tenant: TenantID) async throws -> FormID {
                try await app.database.write { tx in
                    try surveys.create(
                        NewForm(name: "A", content: content), of: tenant, in: tx, as: SurveyChange(by: nil, at: now))
                }
            }
            try await app.database.write { tx in
                try Settings.keep(picture, of: other.tenant, in: tx, by: nil, at: now)
            }
            func codes(_ content: SurveyContent, of tenant: TenantID) async throws -> [String] {
                do { _ = try await create(content, of: tenant) } catch let refused as Refusals {
                    return refused.all.map(\.code)
                }
                return []
            }
            let foreign = try await codes(content, of: world.tenant)
            #expect(foreign == ["unknown_picture"])
            var odd = content
            odd.image = "../../etc/passwd"
            let noName = try await codes(odd, of: other.tenant)
            #expect(noName == ["unknown_picture"])
            let form = try await create(content, of: other.tenant)
            let kept = try await app.database.read { try surveys.newestVersions(of: other.tenant, in: $0) }
            #expect(kept[form] == content)
            #expect(try jsonText(SurveyContent(languages: [])) == "{\"css\":\"\",\"languages\":[]}")
        }
    }
}

/// Numbers that a seed makes.
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
