// SPDX-License-Identifier: Apache-2.0
// The files beside the rooms' Swift: embedded in the binary, or read from disk during development.
import Durable
import Foundation
import Markup
import Storage
import WebParts

/// The product's assets, and what is made of them.
public enum Assets {
    /// The embedded assets, or those of a folder; the font, the icons and the libraries always come from the build.
    public static func load(from folder: URL? = nil) throws -> AssetTree {
        let rooms = try folder.map { try AssetTree(folder: $0) } ?? AssetTree(embedded: EmbeddedAssets.files)
        return AssetTree(files: rooms.files.merging(AssetTree(embedded: WebParts.files).files) { room, _ in room })
    }

    /// All dictionaries: `<Room>/<room>.<language>.json`.
    public static func catalogue(of assets: AssetTree) throws -> Catalogue {
        var catalogue = Catalogue()
        for path in assets.paths(endingWith: ".json") {
            let parts = path.split(separator: "/").last.map { $0.split(separator: ".") } ?? []
            guard parts.count == 3, parts[1].count == 2, let content = assets.files[path] else { continue }
            try catalogue.add(content, language: String(parts[1]), name: path)
        }
        return catalogue
    }

    /// The whole schema: the tables of durable work first, then the rooms' steps, `Migrations/0001_accounts.sql`, with
    /// `0001_accounts.postgres.sql` where it must differ.
    public static func schema(of assets: AssetTree) throws -> [Migration] {
        let rooms = try assets.paths(endingWith: ".sql").filter { !$0.hasSuffix(".postgres.sql") }.map { path in
            let file = String(path.split(separator: "/").last?.dropLast(4) ?? "")
            guard let underscore = file.firstIndex(of: "_"), let number = Int(file[..<underscore]),
                let text = assets.text(path)
            else { throw ConfigurationError(description: "\(path) is not named like a migration.") }
            return Migration(
                number: number, name: String(file[file.index(after: underscore)...]), text: text,
                postgresText: assets.text(path.dropLast(4) + ".postgres.sql"))
        }
        return [DurableSchema.migration(number: 0)] + rooms
    }
}
