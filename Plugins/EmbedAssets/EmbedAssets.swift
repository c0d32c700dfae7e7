// SPDX-License-Identifier: Apache-2.0
// Puts the style sheets, scripts, dictionaries and migrations that lie beside the Swift of their room into the binary,
// so that one file is all that has to be installed.
import Foundation
import PackagePlugin

@main
struct EmbedAssets: BuildToolPlugin {
    private static let embedded: Set<String> = ["mjs", "css", "json", "sql", "svg", "woff2", "md"]

    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        if target.name == "WebParts" { return try webParts(context) }
        guard let module = target as? any SourceModuleTarget else { return [] }
        let inputs = module.sourceFiles
            .map(\.url)
            .filter { Self.embedded.contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedAssets.swift")
        let arguments =
            [output.path, module.directoryURL.path] + inputs.filter { $0.pathExtension != "md" }.map(\.path)
        return [
            .buildCommand(
                displayName: "Embedding \(inputs.count) assets of \(target.name)",
                executable: try context.tool(named: "embed-assets").url,
                arguments: arguments, inputFiles: inputs, outputFiles: [output])
        ]
    }

    /// What set-up has cut out of other people's packages lies outside of the target, in a folder that git ignores.
    private func webParts(_ context: PluginContext) throws -> [Command] {
        let root = context.package.directoryURL.appending(path: ".vendor")
        let wanted = ["web/icons.svg", "web/inter.woff2", "web/preact.js", "web/sortable.js"]
            .map { root.appending(path: $0) }
        let mirror = root.appending(path: "web/codemirror")
        let pieces = (try? FileManager.default.contentsOfDirectory(at: mirror, includingPropertiesForKeys: nil)) ?? []
        let found =
            wanted.filter { FileManager.default.fileExists(atPath: $0.path) }
            + pieces.filter { $0.pathExtension == "js" }.sorted { $0.path < $1.path }
        if found.count <= wanted.count {
            Diagnostics.remark("The pages' font, icons or libraries are missing: scripts/setup run makes them.")
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedAssets.swift")
        return [
            .buildCommand(
                displayName: "Embedding the pages' font, icons and libraries",
                executable: try context.tool(named: "embed-assets").url,
                arguments: [output.path, root.path] + found.map(\.path), inputFiles: found, outputFiles: [output])
        ]
    }
}
