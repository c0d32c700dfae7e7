// SPDX-License-Identifier: Apache-2.0
// Forward migrations: numbered, transactional, checked at every start.

/// One step of the schema.
///
/// In the text, `/*bytes*/` stands for the engine's bytes type, `/*without rowid*/` for SQLite's clause of that name,
/// and `/*by bytes*/` behind an index's column for ``Fragment/byBytes``; a step whose text must differ more than that
/// has a text of its own for PostgreSQL.
public struct Migration: Sendable {
    public let number: Int
    public let name: String
    let text: String
    let postgresText: String?

    public init(number: Int, name: String, text: String, postgresText: String? = nil) {
        self.number = number
        self.name = name
        self.text = text
        self.postgresText = postgresText
    }

    /// The statements for one engine.
    func text(for dialect: Dialect) -> String {
        switch dialect {
        case .sqlite:
            text.replacing("/*bytes*/", with: "BLOB").replacing("/*without rowid*/", with: "WITHOUT ROWID")
                .replacing(" /*by bytes*/", with: Fragment.byBytes.text(for: dialect))
        case .postgres:
            (postgresText ?? text).replacing("/*bytes*/", with: "BYTEA").replacing("/*without rowid*/", with: "")
                .replacing(" /*by bytes*/", with: Fragment.byBytes.text(for: dialect))
        }
    }
}
