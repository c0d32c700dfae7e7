// SPDX-License-Identifier: Apache-2.0
// Style sheets, scripts and pictures under an address that changes with their content, so that browsers keep them.
import Crypto
import Foundation
import Markup
import NIOConcurrencyHelpers

/// What browsers may fetch, and where.
///
/// The frame's and the rooms' sheets become one, in the rooms' order. A sheet whose name begins with `public` (the
/// survey page) or `page-` (one page alone) stays by itself.
public final class WebAssets: Sendable {
    /// One state of the files.
    struct Version: Sendable {
        let hash: String
        let files: [String: Data]
        /// The same compressed, where that makes them smaller.
        let compressed: [String: Data]
        let icons: IconSprite
    }

    /// The address of the one sheet below the hash.
    public static let sheetName = "otklik.css"
    /// The rooms in the order of their sheets; those not named follow.
    private static let rooms = [
        "Frame", "Accounts", "Settings", "Services", "Contacts", "Surveys", "Interactions", "Invitations", "Inbox",
        "Workflows", "Mailings", "Answering", "Statistics", "Records", "Reports", "Answers", "Home", "Operations",
    ]
    private static let served: Set<String> = ["css", "mjs", "js", "svg", "woff2", "png"]

    private let version: NIOLockedValueBox<Version>
    private let folder: URL?
    /// What does not lie in the folder: the font, the icons and the libraries.
    private let parts: [String: Data]

    /// - Parameter folder: read again for every document, so that pages can be changed without building; nil to serve
    ///   the tree.
    public init(_ tree: AssetTree, folder: URL? = nil) {
        version = NIOLockedValueBox(Self.version(of: tree, compresses: folder == nil))
        self.folder = folder
        parts = tree.files.filter { $0.key.hasPrefix("web/") }
    }

    /// Nothing to serve: for pages in tests.
    public static let none = WebAssets(AssetTree(files: [:]))

    /// Changes with any of the files.
    var hash: String { version.withLockedValue { $0.hash } }

    /// The drawings that pages carry.
    var icons: IconSprite { version.withLockedValue { $0.icons } }

    /// The address of the pages' font; nil where the build had none.
    var font: String? {
        let path = "web/inter.woff2"
        return version.withLockedValue { $0.files[path] == nil ? nil : "/assets/\($0.hash)/\(path)" }
    }

    /// The address of a file by its path below the module, or of ``sheetName``.
    public func address(of path: String) -> String { "/assets/" + hash + "/" + path }

    /// A file by its path below the hash; nil when there is none. Any hash is answered, so that pages that are older
    /// than the program still look right.
    func file(_ path: String) -> (content: Data, type: String)? {
        guard let content = version.withLockedValue({ $0.files[path] }) else { return nil }
        return (content, Self.type(of: path))
    }

    /// The file for browsers that take gzip; nil where it is not smaller that way.
    func compressedFile(_ path: String) -> Data? { version.withLockedValue { $0.compressed[path] } }

    /// Whether a hash is the present one: only then a copy may be kept for ever.
    func isCurrent(_ hash: String) -> Bool { self.hash == hash }

    /// Reads the folder again when there is one.
    func refresh() {
        guard let folder, let tree = try? AssetTree(folder: folder) else { return }
        let next = Self.version(
            of: AssetTree(files: tree.files.merging(parts) { read, _ in read }), compresses: false)
        version.withLockedValue { $0 = next }
    }

    /// - Parameter compresses: Once at start costs milliseconds; at every page of a developer it would be felt.
    private static func version(of tree: AssetTree, compresses: Bool) -> Version {
        var files = tree.files.filter { path, _ in
            served.contains(String(path.split(separator: ".").last ?? "")) && !path.hasPrefix("Migrations/")
        }
        files[sheetName] = Data(sheet(of: tree).utf8)
        var digest = SHA256()
        for path in files.keys.sorted() {
            digest.update(data: Data(path.utf8))
            digest.update(data: files[path] ?? Data())
        }
        let hash = digest.finalize().prefix(6).map { String(format: "%02x", $0) }.joined()
        let texts = compresses ? files.filter { !$0.key.hasSuffix(".woff2") && !$0.key.hasSuffix(".png") } : [:]
        let compressed = texts.compactMapValues { content in
            gzipped(content).flatMap { $0.count < content.count ? $0 : nil }
        }
        return Version(
            hash: hash, files: files, compressed: compressed, icons: IconSprite(tree.text("web/icons.svg") ?? ""))
    }

    /// All joint sheets in the rooms' order, each room's in the layer `rooms`.
    private static func sheet(of tree: AssetTree) -> String {
        let joint = tree.paths(endingWith: ".css").filter { path in
            let name = path.split(separator: "/").last ?? ""
            return !name.hasPrefix("public") && !name.hasPrefix("page-")
        }
        func rank(_ path: String) -> Int {
            rooms.firstIndex(of: String(path.split(separator: "/").first ?? "")) ?? rooms.count
        }
        var text = "@layer base, frame, rooms;\n"
        for path in joint.sorted(by: { (rank($0), $0) < (rank($1), $1) }) {
            let content = tree.text(path) ?? ""
            text += path.hasPrefix("Frame/") ? content + "\n" : "@layer rooms {\n\(content)\n}\n"
        }
        return text
    }

    private static func type(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "mjs", "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "woff2": "font/woff2"
        case "png": "image/png"
        default: "application/octet-stream"
        }
    }
}
