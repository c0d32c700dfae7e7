// SPDX-License-Identifier: Apache-2.0
// `otklik config export`, `import` and `schema`: a centre's whole configuration as one file.
import App
import ArgumentParser
import Foundation
import Markup

/// The language of this run; it is found before the command is read, which only has to take it.
struct LanguageOption: ParsableArguments {
    @Option(help: help("language"), completion: .list(["ru", "en"]))
    var language: String?
}

/// Writes a centre's configuration.
struct ConfigExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: say("config.export"), discussion: say("config.export.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @OptionGroup var spoken: LanguageOption
    @OptionGroup var json: JSONFlag
    @Argument(help: help("exportFile"), completion: .file(extensions: ["yaml", "yml"])) var file: String?

    func run() async throws {
        try await place.withOtklik { otklik in
            let t = otklik.installation.catalogue.localizer(words.language)
            let operations = otklik.rooms.operations
            let text =
                try await json.isOn
                ? operations.exportJSON(centre.tenant) : operations.export(centre.tenant)
            guard let file else { return print(text, terminator: "") }
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            } catch {
                throw Failure(t("operations.fileUnwritable", ["path": file]))
            }
        }
    }
}

/// Shows what a file would change, asks, and applies it.
struct ConfigImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: say("config.import"), discussion: say("config.import.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @OptionGroup var spoken: LanguageOption
    @Argument(help: help("importFile"), completion: .file(extensions: ["yaml", "yml"])) var file: String
    @Flag(help: help("dryRun")) var dryRun = false
    @Flag(help: help("yes")) var yes = false
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let t = otklik.installation.catalogue.localizer(words.language)
            let operations = otklik.rooms.operations
            let content = try read(t)
            let folder = URL(fileURLWithPath: file == "-" ? "./-" : file).deletingLastPathComponent()
            let read = CentreFile(content, in: folder, environment: ProcessInfo.processInfo.environment)
            var report = CentreReport(tenant: try await operations.key(centre.tenant), file: file)
            do {
                try await apply(read, operations, &report, t)
            } catch let faults as CentreFaults {
                report.faults = faults.all
                if json.isOn { print(report.json(t)) } else { complain(report.faultList(t)) }
                throw ExitCode(ExitStatus.refused.rawValue)
            }
            if json.isOn { print(report.json(t)) }
            if !report.differences.isEmpty, !report.isApplied { throw ExitCode(ExitStatus.different.rawValue) }
        }
    }

    private func apply(
        _ file: CentreFile, _ operations: Operations, _ report: inout CentreReport, _ t: Localizer
    ) async throws {
        report.differences = try await operations.differences(file, of: report.tenant)
        tell(report.list(t))
        if report.differences.isEmpty || dryRun { return }
        guard try yes || isAgreed(report.tenant, t) else { return tell(t("operations.import.notApplied")) }
        try await operations.apply(file, of: report.tenant, expecting: report.differences)
        report.isApplied = true
        tell(t("operations.import.applied"))
    }

    private func read(_ t: Localizer) throws -> Data {
        let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
        do {
            // An empty file is the reader's affair.
            if let handle { return try handle.read(upToCount: CentreFile.mostBytes) ?? Data() }
        } catch {
            throw Failure(t("operations.fileUnreadable", ["path": file]))
        }
        throw Failure(t("operations.fileUnreadable", ["path": file]))
    }

    private func isAgreed(_ tenant: String, _ t: Localizer) throws -> Bool {
        guard !json.isOn, file != "-", isatty(0) == 1 else {
            throw Failure(t("operations.import.cannotAsk"), status: .usage)
        }
        print(t("operations.import.ask", ["name": tenant]), terminator: "")
        fflush(nil)
        return readLine()?.folded == t("operations.import.yes").folded
    }

    /// For people only.
    private func tell(_ text: String) {
        if !json.isOn { print(text) }
    }

    private func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Prints the JSON Schema of the configuration file.
struct ConfigSchema: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "schema", abstract: say("config.schema"))

    @OptionGroup var spoken: LanguageOption
    /// It is JSON in any case.
    @OptionGroup var json: JSONFlag

    func run() { print(Operations.schema, terminator: "") }
}
