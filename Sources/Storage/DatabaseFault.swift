// SPDX-License-Identifier: Apache-2.0
// Why a PostgreSQL database cannot be used, told apart finely enough that somebody can be told what to type.

/// What is wrong with a database at its opening.
public struct DatabaseFault: Sendable, Equatable {
    /// One cause, and one thing to be done about it.
    public enum Kind: String, Sendable, CaseIterable {
        /// The address cannot be read.
        case badAddress
        case unknownHost
        /// Nobody listens there.
        case noServer
        /// Nobody answers in time.
        case noAnswer
        /// It is starting, or stopping.
        case notReady
        case tooManyConnections
        case noDatabase
        /// There is no such role, or it may not log in.
        case noRole
        case wrongPassword
        case noPassword
        /// The server's rules (`pg_hba.conf`) do not let this role in from here.
        case notLetIn
        /// The role may not connect to this database.
        case noConnectRight
        /// TLS is wanted and the server has none.
        case noTLS
        /// The server's certificate is not believed.
        case certificate
        case tooOld
        /// The database does not keep texts in UTF-8.
        case encoding
        /// There is no schema to work in, or it may not be used.
        case noSchema
        /// The role may not make tables.
        case noCreateRight
        /// It is a read copy.
        case readOnly
        /// The role may not use a table.
        case noTableRight
        case other
    }

    public let kind: Kind
    /// Database, role, host, port and the like, as far as they are known; never a password.
    public let arguments: [String: String]

    init(_ kind: Kind, _ arguments: [String: String] = [:]) {
        self.kind = kind
        self.arguments = arguments
    }
}

extension StorageError {
    /// What stands behind an error, if it is one of a PostgreSQL that cannot be used.
    public var databaseFault: DatabaseFault? {
        switch self {
        case .unusable(let fault): fault
        case .statement(_, "42501", let message): DatabaseFault(.noTableRight, ["reason": message])
        case .statement(_, "25006", _): DatabaseFault(.readOnly)
        case .statement(_, "3F000", _): DatabaseFault(.noSchema, ["role": "?", "path": "?"])
        default: nil
        }
    }
}
