// SPDX-License-Identifier: Apache-2.0
// An address to be put on the list, or a whole file of them → checked entries, or refusals with their lines.
import Foundation
import Markup

/// One address as typed.
struct SuppressionForm: Sendable {
    var address = ""

    /// - Throws: ``Refusals`` by field.
    func checked() throws -> EmailAddress {
        guard let address = EmailAddress(address) else {
            throw Refusals([
                Refusal(.invalid, code: "bad_address", key: "contacts.suppressions.badAddress", field: "address")
            ])
        }
        return address
    }
}

/// A file of addresses: `address,reason` in each line, the reason may be left out. All of it is taken or nothing.
struct SuppressionFileForm: Sendable {
    var text = ""

    init(text: String = "") { self.text = text }

    /// A chosen file; nil for none. Other programs write theirs in Windows-1251.
    init(_ file: UploadedFile?) {
        let content = file?.content ?? []
        let text = String(validating: content, as: UTF8.self)
        self.init(text: text ?? String(data: Data(content), encoding: .windowsCP1251) ?? "")
    }

    /// The entries, each address once; the first reason stays.
    /// - Throws: ``Refusals`` with the first lines that are wrong.
    func checked() throws -> [(address: String, reason: SuppressionReason)] {
        var refusals = Refusals()
        func refuse(_ key: String, _ arguments: [String: String]) {
            refusals.add(
                Refusal(
                    .invalid, code: key, key: "contacts.suppressions.import.\(key)", arguments: arguments, field: "file"
                ))
        }
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard lines.count <= SuppressionLimits.importLines + 1 else {
            refuse("tooManyLines", ["limit": "\(SuppressionLimits.importLines)"])
            throw refusals
        }
        var entries: [(address: String, reason: SuppressionReason)] = []
        var known: Set<String> = []
        for (index, line) in lines.enumerated() where refusals.all.count < SuppressionLimits.errorsShown {
            let cells = Self.cells(String(line))
            guard let first = cells.first?.nonEmpty else { continue }
            if index == 0, first.folded == "address" { continue }
            let number = "\(index + 1)"
            guard let address = EmailAddress(first) else {
                refuse("badAddress", ["line": number, "text": String(first.prefix(60))])
                continue
            }
            var reason = SuppressionReason.manual
            if let word = cells.dropFirst().first?.nonEmpty {
                guard let known = SuppressionReason(rawValue: word.folded) else {
                    refuse("badReason", ["line": number, "text": String(word.prefix(60))])
                    continue
                }
                reason = known
            }
            if known.insert(address.folded).inserted { entries.append((address.folded, reason)) }
        }
        if entries.isEmpty, refusals.all.isEmpty { refuse("empty", [:]) }
        try refusals.throwIfAny()
        return entries
    }

    /// The cells of a line; quotes around them are taken off. Addresses and reasons hold neither.
    private static func cells(_ line: String) -> [String] {
        let line = line.hasPrefix("\u{FEFF}") ? String(line.dropFirst()) : line
        return line.split(omittingEmptySubsequences: false) { $0 == "," || $0 == ";" || $0 == "\t" }.map { cell in
            let bare = String(cell).trimmed
            let isQuoted = bare.count >= 2 && bare.hasPrefix("\"") && bare.hasSuffix("\"")
            return isQuoted ? String(bare.dropFirst().dropLast()).trimmed : bare
        }
    }
}
