// SPDX-License-Identifier: Apache-2.0
// `otklik forms`: survey forms out into files and in again.
import App
import ArgumentParser
import Foundation

extension MissingFields: ExpressibleByArgument {}

/// Survey forms by the command line.
struct FormsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forms", abstract: say("forms"),
        subcommands: [
            FormsListCommand.self, FormsExportCommand.self, FormsImportCommand.self, FormsSchemaCommand.self,
        ])
}

/// Lists forms.
struct FormsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: say("forms.list"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Flag(help: help("archivedForms")) var archived = false
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let forms = try await otklik.forms(areArchived: archived, tenant: centre.tenant)
            try json.print(forms) {
                let titles = ["name", "languages", "version", "answers", "state", "workflows"]
                    .map { say("column.\($0)") }
                let rows = forms.map { form in
                    [
                        form.name, form.languages.joined(separator: ", "), words.number(form.version),
                        words.number(form.answers), say("forms.state.\(state(form))"),
                        form.workflows.joined(separator: ", "),
                    ]
                }
                return TextTable(titles: titles, rows: rows).text(empty: say("forms.none"))
            }
        }
    }

    private func state(_ form: ShownForm) -> String {
        form.isArchived ? "archived" : form.isClosed ? "closed" : "open"
    }
}

/// Writes a form's zip.
struct FormsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: say("forms.export"), discussion: say("forms.export.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("formName")) var name: String
    @Argument(help: help("formFile"), completion: .file(extensions: ["zip"])) var file: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let zip = Data(try await otklik.exportForm(name, tenant: centre.tenant))
            guard file != "-" else { return FileHandle.standardOutput.write(zip) }
            do {
                try zip.write(to: URL(fileURLWithPath: file), options: .atomic)
            } catch {
                throw Failure(say("forms.unwritable", ["path": file]))
            }
            try json.print(FormWritten(name: name, file: file, bytes: zip.count)) {
                say("forms.exported", ["name": name, "path": file])
            }
        }
    }
}

/// What export tells programs.
private struct FormWritten: Encodable {
    let name: String
    let file: String
    let bytes: Int
}

/// Stores a zip as a new form.
struct FormsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: say("forms.import"), discussion: say("forms.import.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("formRead"), completion: .file(extensions: ["zip"])) var file: String
    @Option(help: help("newFormName")) var name: String
    @Option(help: help("missingFields")) var fields: MissingFields = .ask
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let form = try await otklik.importForm(try read(), named: name, missing: fields, tenant: centre.tenant)
            try json.print(form) { say("forms.imported", ["name": form.name]) }
        }
    }

    /// One byte more than a form's file may have is read at most; the product then refuses it.
    private func read() throws -> [UInt8] {
        let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
        do {
            if let handle { return Array(try handle.read(upToCount: SurveyLimits.zipBytes + 1) ?? Data()) }
        } catch {
            throw Failure(say("forms.unreadable", ["path": file]))
        }
        throw Failure(say("forms.unreadable", ["path": file]))
    }
}

/// Prints the JSON Schema of a form's `form.json`.
struct FormsSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "schema", abstract: say("forms.schema"))

    /// It is JSON in any case.
    @OptionGroup var json: JSONFlag

    func run() { print(SurveyFileSchema.text, terminator: "") }
}
