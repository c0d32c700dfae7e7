// SPDX-License-Identifier: Apache-2.0
// What a file is for stands in its name, and what it may import follows from that.
import Foundation
import Testing

@testable import App

@Suite struct SuffixTests {
    /// The roles, and what their files may import. A file without a role holds types and rules.
    private static let allowed: [(suffix: String, imports: Set<String>)] = [
        ("Store", ["Foundation", "Storage", "Crypto"]),
        ("Form", ["Foundation", "Markup"]),
        ("Page", ["Foundation", "Markup"]),
        ("Mail", ["Foundation", "Markup", "Post"]),
        ("Routes", ["Foundation", "Hummingbird", "HTTPTypes", "NIOCore", "Storage", "Markup", "Durable", "Logging"]),
        ("Jobs", ["Foundation", "Storage", "Durable", "Logging", "Post"]),
        (
            "Service",
            [
                "Foundation", "Storage", "Durable", "Logging", "Post", "ServiceLifecycle", "NIOCore", "NIOPosix",
                "CSodium", "CGd", "CMemory", "CZip", "NIOConcurrencyHelpers",
            ]
        ),
    ]
    private static let withoutRole: Set<String> = [
        "Foundation", "Storage", "Durable", "Markup", "Post", "Logging", "Crypto", "CZlib", "NIOConcurrencyHelpers",
    ]
    /// These wrap the libraries for the other rooms, or put everything together.
    private static let free: Set<String> = ["Frame", "Assembly", "Operations"]

    @Test func `a file imports what its role allows`() {
        var broken: [String] = []
        for file in Repository.rooms where !Self.free.contains(file.room ?? "") {
            let stem = file.name.dropLast(".swift".count).split(separator: "+")[0]
            let role = Self.allowed.first { stem.hasSuffix($0.suffix) && stem != $0.suffix && stem != "SurveyForm" }
            for match in file.code.matches(of: /(?m)^(?:@preconcurrency )?import ([A-Za-z]+)/) {
                let name = String(match.output.1)
                if !(role?.imports ?? Self.withoutRole).contains(name) { broken.append("\(file.path) imports \(name)") }
            }
        }
        #expect(broken == [])
    }

    @Test func `SQL stands in stores`() {
        let free = Self.free.union(["Ground"])
        let broken = Repository.rooms.filter { file in
            let stem = file.name.dropLast(".swift".count).split(separator: "+")[0]
            return !free.contains(file.room ?? "") && !stem.hasSuffix("Store")
                && file.text.contains(#/"\s*(?:SELECT|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM) /#)
        }
        #expect(broken.map(\.path) == [])
    }

    @Test func `the engines' libraries stay inside Storage`() {
        let inner: Set<String> = ["CSQLite", "CPostgres", "GRDB"]
        let broken = Repository.product.filter { file in
            !file.path.hasPrefix("Sources/Storage/")
                && file.code.matches(of: /(?m)^import ([A-Za-z0-9]+)/).contains { inner.contains(String($0.output.1)) }
        }
        #expect(broken.map(\.path) == [])
    }
}
