// SPDX-License-Identifier: Apache-2.0
// Finds out why PostgreSQL could not be opened. Its sentences come in the server's language, so that its codes are
// asked for: by a second attempt that is made only when the first one has failed.
import CPostgres
import Foundation

/// Opens connections whose failures are told apart.
enum PostgresDiagnosis {
    /// The oldest version that everything here was tried with.
    static let oldestVersion = 150_000
    private static let patienceSeconds = 6.0

    /// What a connection is for.
    enum Purpose {
        /// Reading alone, also from a read copy.
        case reading
        /// Serving, which includes making tables.
        case serving
    }

    /// Connects, and makes sure that the database can be worked with.
    /// - Throws: ``StorageError/unusable(_:)``
    static func connect(_ url: String, for purpose: Purpose) throws -> PostgresConnection {
        let connection: PostgresConnection
        do {
            connection = try PostgresConnection(url: url)
        } catch StorageError.unavailable(let reason) {
            throw StorageError.unusable(fault(of: url, reason))
        }
        if let fault = try fault(on: connection, for: purpose) { throw StorageError.unusable(fault) }
        return connection
    }

    // MARK: No connection

    /// - Parameter first: what libpq said the first time.
    private static func fault(of url: String, _ first: String) -> DatabaseFault {
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &complaint) else {
            defer { PQfreemem(complaint) }
            let reason = complaint.map { String(cString: $0) } ?? ""
            // Other complaints quote from the address, in which a password may stand.
            let isSafe = reason.hasPrefix("invalid connection option")
            return DatabaseFault(.badAddress, ["reason": isSafe ? line(reason) : "–"])
        }
        PQconninfoFree(options)
        let attempt = secondAttempt(url)
        defer { PQfinish(attempt.handle) }
        let arguments = [
            "host": text(PQhost(attempt.handle)), "port": text(PQport(attempt.handle)),
            "role": text(PQuser(attempt.handle)), "database": text(PQdb(attempt.handle)),
        ]
        let message = text(PQerrorMessage(attempt.handle))
        let kind = attempt.isTimedOut ? .noAnswer : kind(of: message)
        let reason = line(message.isEmpty ? first : message)
        return DatabaseFault(kind, arguments.merging(["reason": reason]) { known, _ in known })
    }

    /// Connects once more, with the codes in the messages.
    private static func secondAttempt(_ url: String) -> (handle: OpaquePointer?, isTimedOut: Bool) {
        let keywords = [strdup("dbname"), nil]
        let values = [strdup(url), nil]
        defer { for string in keywords + values { free(string) } }
        let handle = PQconnectStartParams(
            keywords.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        let end = Date(timeIntervalSinceNow: patienceSeconds)
        while PQstatus(handle) != CONNECTION_BAD {
            let state = PQconnectPoll(handle)
            if state == PGRES_POLLING_OK || state == PGRES_POLLING_FAILED { break }
            guard end > Date() else { return (handle, true) }
            let events = Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            var watched = pollfd(fd: PQsocket(handle), events: events, revents: 0)
            poll(&watched, 1, 500)
        }
        return (handle, false)
    }

    /// The cause behind libpq's message: by PostgreSQL's code, or by libpq's own words, which are English here.
    static func kind(of message: String) -> DatabaseFault.Kind {
        // FATAL has five letters as well; a code ends with a digit.
        if let code = message.matches(of: #/:\s+([0-9A-Z]{4}[0-9]):\s/#).last?.output.1 {
            return kind(ofCode: String(code), message)
        }
        let words: [(String, DatabaseFault.Kind)] = [
            ("no password supplied", .noPassword), ("does not support SSL", .noTLS), ("certificate", .certificate),
            ("could not translate host name", .unknownHost), ("Connection refused", .noServer),
            ("No such file or directory", .noServer), ("No route to host", .noServer), ("Network is", .noServer),
            ("timeout expired", .noAnswer), ("timed out", .noAnswer), ("invalid sslmode", .badAddress),
            ("invalid port", .badAddress), ("invalid integer", .badAddress), ("SSL", .noTLS),
            ("read-only", .readOnly), ("server closed the connection", .notReady),
        ]
        return words.first { message.contains($0.0) }?.1 ?? .other
    }

    private static func kind(ofCode code: String, _ message: String) -> DatabaseFault.Kind {
        switch code {
        case "3D000": .noDatabase
        // The role is looked for in this function of the server; its rules are asked in others.
        case "28000": message.contains("InitializeSessionUserId") ? .noRole : .notLetIn
        case "28P01": .wrongPassword
        case "42501": .noConnectRight
        case "53300": .tooManyConnections
        case "57P01", "57P02", "57P03": .notReady
        default: .other
        }
    }

    // MARK: A connection

    private static func fault(on connection: PostgresConnection, for purpose: Purpose) throws -> DatabaseFault? {
        if let fault = fault(ofVersion: Int(PQserverVersion(connection.handle))) { return fault }
        let encoding = text(PQparameterStatus(connection.handle, "server_encoding"))
        let database = text(PQdb(connection.handle))
        guard encoding == "UTF8" else {
            return DatabaseFault(.encoding, ["database": database, "found": encoding])
        }
        let row = try connection.run(
            text: """
                SELECT current_user AS role, current_setting('search_path') AS path,
                    COALESCE(current_schema(), '') AS schema, pg_is_in_recovery() AS is_copy,
                    COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create
                """, values: []
        ).rows.first
        guard let row else { return nil }
        let names = try ["role", "path", "schema"].map { ($0, try row.get($0, as: String.self)) }
        let arguments = Dictionary(uniqueKeysWithValues: names + [("database", database)])
        if arguments["schema"]?.isEmpty != false { return DatabaseFault(.noSchema, arguments) }
        guard purpose == .serving else { return nil }
        if try row.get("is_copy") { return DatabaseFault(.readOnly, arguments) }
        return try row.get("may_create") ? nil : DatabaseFault(.noCreateRight, arguments)
    }

    /// What is wrong with a server of this version: 150004 is 15.4.
    static func fault(ofVersion version: Int) -> DatabaseFault? {
        guard version < oldestVersion else { return nil }
        let found = version < 100_000 ? "\(version / 10_000).\(version / 100 % 100)" : "\(version / 10_000)"
        return DatabaseFault(.tooOld, ["found": found, "wanted": "\(oldestVersion / 10_000)"])
    }

    private static func text(_ start: UnsafePointer<CChar>?) -> String { start.map { String(cString: $0) } ?? "" }
    private static func text(_ start: UnsafeMutablePointer<CChar>?) -> String {
        start.map { String(cString: $0) } ?? ""
    }

    /// One line, without where in PostgreSQL it was.
    private static func line(_ message: String) -> String {
        let lines = message.split(separator: "\n").filter { !$0.contains(/^\S+:\s+\w+, \w+\.c:\d+/) }
        return lines.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }
}
