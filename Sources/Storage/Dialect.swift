// SPDX-License-Identifier: Apache-2.0
// The only places where the two engines need different text.

/// Which engine a statement is rendered for.
public enum Dialect: String, Sendable, CaseIterable {
    case sqlite
    case postgres
}

/// A named piece of a statement that the engines spell differently.
public enum Fragment: Sendable, Hashable {
    /// After a `SELECT` that claims rows: leave rows alone that another worker holds. SQLite has one writer.
    case skipLocked
    /// After a `SELECT` that decides something: lock the row until commit. SQLite has one writer.
    case forUpdate
    /// The database's own clock in milliseconds since 1970, for leases between nodes.
    case databaseNow
    /// Before and after a column of text or bytes: how many bytes it has.
    case bytesBegin, bytesEnd
    /// Behind a text: compare it byte by byte, whatever the database's language, so that a range finds what begins
    /// with something. SQLite does so always.
    case byBytes

    func text(for dialect: Dialect) -> String {
        switch (self, dialect) {
        case (.databaseNow, .sqlite): "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
        case (.databaseNow, .postgres): "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
        case (.bytesBegin, .sqlite): "length(CAST("
        case (.bytesBegin, .postgres): "octet_length("
        case (.bytesEnd, .sqlite): " AS BLOB))"
        case (.bytesEnd, .postgres): ")"
        case (.byBytes, .postgres): " COLLATE \"C\""
        case (_, .sqlite): ""
        case (.skipLocked, .postgres): " FOR UPDATE SKIP LOCKED"
        case (.forUpdate, .postgres): " FOR UPDATE"
        }
    }
}
