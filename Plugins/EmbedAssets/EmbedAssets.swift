// SPDX-License-Identifier: Apache-2.0
// Puts the style sheets, scripts, dictionaries and migrations that lie beside the Swift of their room into the binary,
// so that one file is all that has to be installed.
import Foundation
import PackagePlugin

@main
struct EmbedAssets: BuildToolPlugin {
    private static let embedded: Set<String> = ["mjs", "css", "json", "sql", "svg", "woff2", "md"]

    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
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
}
