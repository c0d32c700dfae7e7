// SPDX-License-Identifier: Apache-2.0
// What the schema promises: marked personal text, the tenant in front of every key, numbers without gaps.
import Foundation
import Markup
import Storage
import Testing

@testable import App

@Suite struct MigrationsTests {
    private static let steps = Repository.files.filter { file in
        file.path.hasPrefix("Sources/App/Migrations/") && file.name.hasSuffix(".sql")
    }
    /// Known without a tenant by their nature; the room's README lists the same.
    private static let global: Set<String> = [
        "installation", "tenant", "session", "sign_in_link", "login_attempt", "api_key", "link", "node", "work",
    ]

    @Test func `every column of text says whether it is personal`() {
        var broken: [String] = []
        for file in Self.steps {
            for (index, line) in file.lines.enumerated() where line.contains(/^\s+[a-z_]+ (?:TEXT|\/\*bytes\*\/)/) {
                let isText = line.contains(/^\s+[a-z_]+ TEXT/)
                if isText, !line.hasSuffix("-- open"), !line.hasSuffix("-- personal") {
                    broken.append("\(file.path):\(index + 1): \(line)")
                }
            }
        }
        #expect(broken == [])
    }

    @Test func `every table of a tenant leads its keys with the tenant`() {
        var broken: [String] = []
        for file in Self.steps {
            for table in file.text.matches(of: /CREATE TABLE ([a-z_]+) \(([\s\S]*?)\n\)/) {
                let name = String(table.output.1)
                let body = table.output.2
                guard !Self.global.contains(name) else { continue }
                let keys = body.matches(of: /(?:PRIMARY KEY|UNIQUE) \(\s*([a-z_]+)/).map { String($0.output.1) }
                let isOwnKey = body.contains("tenant_id BIGINT PRIMARY KEY")
                if (keys.isEmpty && !isOwnKey) || keys.contains(where: { $0 != "tenant_id" }) { broken.append(name) }
            }
        }
        #expect(broken == [])
    }

    @Test func `every index of a tenant's table leads with the tenant, or says why not by its table`() {
        /// A picture's address is what it holds.
        let free: Set<String> = ["picture_content"]
        var broken: [String] = []
        for file in Self.steps {
            for index in file.text.matches(of: /CREATE (?:UNIQUE )?INDEX ([a-z_]+)\s+ON ([a-z_]+)\s*\(([a-z_]+)/) {
                let name = String(index.output.1)
                let table = String(index.output.2)
                let isFree = Self.global.contains(table) || free.contains(name)
                if !isFree, index.output.3 != "tenant_id" { broken.append(name) }
            }
        }
        #expect(broken == [])
    }

    @Test func `steps are numbered without gaps`() throws {
        let tree = try AssetTree(folder: Repository.root.appending(path: "Sources/App"))
        let numbers = try Assets.schema(of: tree).map(\.number)
        #expect(numbers == Array(0..<numbers.count))
    }
}
