// SPDX-License-Identifier: Apache-2.0
// The product's files, unpacked and compressed once for all tests of a process.
import App
import Markup

/// The embedded assets and what is made of them: nothing that a test could change.
public struct TestAssets: Sendable {
    public let tree: AssetTree
    public let catalogue: Catalogue
    let web: WebAssets

    private static let made = Result { try TestAssets() }

    public static func shared() throws -> TestAssets { try made.get() }

    private init() throws {
        tree = try Assets.load()
        catalogue = try Assets.catalogue(of: tree)
        web = WebAssets(tree)
    }
}
