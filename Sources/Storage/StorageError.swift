// SPDX-License-Identifier: Apache-2.0
// What can go wrong below the rooms. None of it is written for users: the edge logs it once and shows a general page.

/// An error of the database or of what was asked of it.
public enum StorageError: Error, Sendable, Equatable {
    /// The engine refused a statement. `code` is the SQLSTATE or SQLite's extended result code; no values are shown.
    case statement(String, code: String, message: String)
    /// A unique or primary key would have been broken; `constraint` is the engine's own name for it.
    case notUnique(constraint: String)
    /// A row refers to one that is not there, or is referred to.
    case brokenReference(constraint: String)
    /// The connection is gone and could not be made again in time.
    case unavailable(String)
    /// The database cannot be used as it is; said at the opening only.
    case unusable(DatabaseFault)
    /// The disk or the database has no room left.
    case full
    case unknownColumn(String)
    case unexpectedValue(column: String, found: String, wanted: String)
    /// A copy into this folder has not come to its end; this is its file.
    case unfinishedCopy(String)
    /// The database was written by a newer program.
    case newerDatabase(found: Int, known: Int)
    /// A migration failed; the state before it is unchanged.
    case migration(number: Int, name: String, message: String)
    /// An applied migration's text is not the one this program has.
    case changedMigration(number: Int, name: String)
    /// The database was closed.
    case closed

    @usableFromInline
    static func unexpected(_ value: SQLValue, _ column: String, _ wanted: String) -> StorageError {
        let found =
            switch value {
            case .null: "null"
            case .integer: "integer"
            case .real: "real"
            case .text: "text"
            case .bytes: "bytes"
            }
        return .unexpectedValue(column: column, found: found, wanted: wanted)
    }
}

extension StorageError {
    /// Whether the database is at fault and not what was asked of it.
    public var isOutage: Bool {
        switch self {
        case .unavailable, .full, .closed: true
        default: false
        }
    }

    /// Whether the same transaction may succeed when it is run again.
    var isTransient: Bool {
        switch self {
        case _ where isOutage: true
        case .statement(_, "40001", _), .statement(_, "40P01", _), .statement(_, "55P03", _): true
        case .statement(_, Self.interruptedCode, _): true
        case .statement: isStalePlan
        default: false
        }
    }

    /// Whether PostgreSQL kept a plan for a table that has changed since.
    var isStalePlan: Bool {
        if case .statement(_, "0A000", let message) = self { message.contains("cached plan") } else { false }
    }
}
