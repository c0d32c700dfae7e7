// SPDX-License-Identifier: Apache-2.0
// Files that came into the binary at build time, or are read from disk during development.
import Foundation

/// Assets by their path below the module's folder, for example `Frame/frame.css`.
public struct AssetTree: Sendable {
    public private(set) var files: [String: Data]

    public init(files: [String: Data]) { self.files = files }

    /// The assets that the build plugin embedded.
    public init(embedded: [(path: StaticString, base64: StaticString)]) {
        files = [:]
        for file in embedded {
            files[file.path.description] = Data(base64Encoded: file.base64.description) ?? Data()
        }
    }

    /// Every embedded kind of file below a folder, so that a page can be changed without building.
    public init(folder: URL) throws {
        files = [:]
        let kinds: Set<String> = ["mjs", "css", "json", "sql", "svg", "woff2"]
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        for case let file as URL in found ?? .init() where kinds.contains(file.pathExtension) {
            files[String(file.path.dropFirst(folder.path.count + 1))] = try Data(contentsOf: file)
        }
    }

    /// The paths with an ending, in order.
    public func paths(endingWith suffix: String) -> [String] {
        files.keys.filter { $0.hasSuffix(suffix) }.sorted()
    }

    public func text(_ path: String) -> String? { files[path].map { String(decoding: $0, as: UTF8.self) } }
}
