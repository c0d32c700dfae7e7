// SPDX-License-Identifier: Apache-2.0
// The tool behind the build plugin: writes one Swift file with every asset as a base64 `StaticString`.
// Base64 literals compile in linear time; byte-array literals of the same size take minutes.
import Foundation

@main
struct EmbedAssets {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first, let root = arguments.dropFirst().first else {
            throw UsageError()
        }
        var lines = [
            "/// Assets of this module, by path below the module's folder. Written at build time.",
            "enum EmbeddedAssets {",
            "    static let files: [(path: StaticString, base64: StaticString)] = [",
        ]
        for path in arguments.dropFirst(2) {
            let content = try Data(contentsOf: URL(fileURLWithPath: path))
            let name = path.dropFirst(root.count).drop { $0 == "/" }
            lines.append("        (\"\(name)\", \"\(content.base64EncodedString())\"),")
        }
        lines += ["    ]", "}", ""]
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: output))
    }

    struct UsageError: Error, CustomStringConvertible {
        var description: String { "usage: embed-assets OUTPUT ROOT FILE…" }
    }
}
