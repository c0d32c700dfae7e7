// SPDX-License-Identifier: Apache-2.0
// `otklik database copy` as the program does it: which schema, and what of it means nothing in a copy.
import Durable
import Foundation
import Markup
import Storage

/// Copies an installation's database to another place.
/// - Throws: ``Refusal`` when the copy may not be made; ``StorageError`` when one of the databases fails.
public func copyDatabase(
    from source: String, to target: String, progress: @escaping @Sendable (CopyProgress) -> Void
) async throws -> ShownCopy {
    let copy = try InstallationCopy(
        from: source, to: target, migrations: try Assets.schema(of: Assets.load()), left: DurableSchema.left,
        void: DurableSchema.void)
    return try await copy.run(progress: progress)
}

extension Assets {
    /// A refusal in words, for commands that have opened no installation.
    public static func sentence(_ refusal: Refusal, language: String) throws -> String {
        try catalogue(of: load()).localizer(language)(refusal.key, refusal.arguments)
    }
}
