// SPDX-License-Identifier: Apache-2.0
// Lines of a CSV file (RFC 4180) that no spreadsheet takes for formulas.
import Foundation

/// Writes cells.
enum CSVText {
    /// Stands before the first line, so that spreadsheets read UTF-8.
    static let mark = "\u{FEFF}"

    /// One line with its end.
    static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    /// A cell in quotation marks where it needs them. What would be run as a formula (CWE-1236) gets an apostrophe in
    /// front; a number stays one.
    static func cell(_ text: String) -> String {
        let plain = isFormula(text) ? "'" + text : text
        let isQuoted = plain.utf8.contains { byte in
            [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ";")]
                .contains(byte)
        }
        return isQuoted ? "\"" + plain.replacing("\"", with: "\"\"") + "\"" : plain
    }

    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first(where: { $0 != " " && $0 != "\u{A0}" }) else { return false }
        guard ["=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"].contains(first)
        else { return false }
        return Double(text) == nil
    }
}
