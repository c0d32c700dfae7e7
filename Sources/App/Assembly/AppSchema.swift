// SPDX-License-Identifier: Apache-2.0
// The whole schema of the product: the rooms' numbered steps, and what the libraries need.
import Foundation
import Markup
import Storage

/// The migrations of the product.
public enum AppSchema {
    /// The steps that were embedded into this program.
    public static func migrations() -> [Migration] {
        migrations(from: AssetTree(embedded: EmbeddedAssets.files))
    }

    /// The steps in `Migrations/NNNN_name.sql`; `NNNN_name.postgres.sql` beside one replaces it on PostgreSQL.
    public static func migrations(from assets: AssetTree) -> [Migration] {
        assets.paths(endingWith: ".sql").compactMap { path in
            guard path.hasPrefix("Migrations/"), !path.hasSuffix(".postgres.sql") else { return nil }
            let name = path.dropFirst("Migrations/".count).dropLast(".sql".count)
            guard let number = Int(name.prefix { $0 != "_" }), let text = assets.text(path) else { return nil }
            return Migration(
                number: number, name: String(name.drop { $0 != "_" }.dropFirst()), text: text,
                postgresText: assets.text("Migrations/\(name).postgres.sql"))
        }
    }
}
