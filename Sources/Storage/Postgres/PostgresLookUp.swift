// SPDX-License-Identifier: Apache-2.0
// A statement that was sent along with others, and whose rows somebody wants.
import CPostgres

/// A statement on its way, or its result.
final class PostgresLookUp: LookUp {
    private let text: String
    private let statement: PostgresStatement
    private unowned let connection: PostgresConnection
    /// Nil until it has been carried out; given back with the look-up, or when it is taken.
    var result: OpaquePointer?

    init(text: String, statement: PostgresStatement, connection: PostgresConnection) {
        self.text = text
        self.statement = statement
        self.connection = connection
    }

    deinit { PQclear(result) }

    func take() throws -> StatementResult {
        if result == nil { try connection.settle() }
        guard let taken = result else { throw StorageError.closed }
        result = nil
        return try statement.result(of: taken, text, connection)
    }
}
