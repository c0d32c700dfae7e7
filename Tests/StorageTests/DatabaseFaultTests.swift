// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL that cannot be used is understood: what is wrong, told apart by what has to be done about it.
import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite(.enabled(if: engines.contains(.postgres))) struct DatabaseFaultTests {
    private static let cluster = PostgresCluster(
        waitsForDisk: false,
        rules: [
            "local all missing scram-sha-256", "local all anna scram-sha-256", "local closed all reject",
            "local all stranger peer",
        ])

    private func kind(_ url: String) async throws -> DatabaseFault {
        do {
            let database = try await Database.openPostgres(url: url, connections: 1)
            try await database.close()
        } catch StorageError.unusable(let fault) {
            return fault
        }
        Issue.record("It was opened: \(url)")
        throw StorageError.closed
    }

    @Test func `each cause has its name`() async throws {
        let address = try await Self.cluster.makeDatabase(hasSchema: false)
        for statement in [
            "CREATE ROLE anna LOGIN PASSWORD 'right'", "CREATE ROLE boris LOGIN", "CREATE ROLE nobody NOLOGIN",
            "CREATE DATABASE private", "REVOKE CONNECT ON DATABASE private FROM PUBLIC",
            "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
        ] {
            try await Self.cluster.execute(statement)
        }
        let place = address.split(separator: " ")[0]
        let causes: [(String, DatabaseFault.Kind)] = [
            ("\(place) user=postgres dbname=gone", .noDatabase), ("\(place) user=nowhere dbname=postgres", .noRole),
            ("\(place) user=nobody dbname=postgres", .noRole),
            ("\(place) user=missing password=x dbname=postgres", .wrongPassword),
            ("\(place) user=anna password=wrong dbname=postgres", .wrongPassword),
            ("\(place) user=anna dbname=postgres", .noPassword), ("\(place) user=boris dbname=closed", .notLetIn),
            ("\(place) user=stranger dbname=postgres", .notLetIn),
            ("\(place) user=boris dbname=private", .noConnectRight),
            ("\(place) user=postgres dbname=latin", .encoding), ("\(place) user=boris dbname=postgres", .noCreateRight),
            ("\(place) user=boris dbname=postgres options='-c search_path=none'", .noSchema),
            ("host=/nowhere dbname=x", .noServer), ("host=127.0.0.1 port=1 dbname=x", .noServer),
            ("postgres://a@[x/", .badAddress), ("hots=1", .badAddress), ("host=x sslmode=maybe", .badAddress),
        ]
        for (url, kind) in causes {
            let fault = try await self.kind(url)
            #expect(fault.kind == kind, "\(url): \(fault)")
        }
        let fault = try await kind("\(place) user=postgres dbname=gone")
        #expect(fault.arguments["database"] == "gone")
        #expect(fault.arguments["role"] == "postgres")
        try await Self.cluster.stop()
    }

    @Test func `no password is repeated`() async throws {
        for url in [
            "postgres://anna:secr%zzet@localhost/x", "postgres://anna:secret@[x/", "dbname=x password='secret",
            "host=/nowhere user=anna password=secret dbname=x",
        ] {
            let fault = try await kind(url)
            #expect(!fault.arguments.values.contains { $0.contains("secr") }, "\(fault)")
        }
    }

    private static let messages: [(String, DatabaseFault.Kind)] = [
        ("подключиться к серверу не удалось: ВАЖНО:  3D000: база данных \"x\" не существует", .noDatabase),
        ("connection failed: FATAL:  53300: sorry, too many clients already", .tooManyConnections),
        ("connection failed: FATAL:  57P03: the database system is starting up", .notReady),
        ("ВАЖНО:  28000: роль \"a\" не существует\nПОЛОЖЕНИЕ:  InitializeSessionUserId, miscinit.c:768", .noRole),
        ("FATAL:  28000: no pg_hba.conf entry\nLOCATION:  ClientAuthentication, auth.c:544", .notLetIn),
        ("server does not support SSL, but SSL was required", .noTLS),
        ("SSL error: certificate verify failed", .certificate),
        ("server certificate for \"a\" does not match host name \"b\"", .certificate),
        ("could not translate host name \"a\" to address: Name or service not known", .unknownHost),
        ("connection to server at \"a\", port 5432 failed: timeout expired", .noAnswer),
        ("session is read-only", .readOnly), ("something else", .other),
        // Of several hosts the one that answered is the one to be told of.
        ("failed: Connection refused\nFATAL:  3D000: database \"x\" does not exist", .noDatabase),
    ]

    @Test(arguments: messages)
    func `the server's language does not matter`(message: String, kind: DatabaseFault.Kind) {
        #expect(PostgresDiagnosis.kind(of: message) == kind)
    }

    @Test func `a server that is too old is told its version`() {
        #expect(PostgresDiagnosis.fault(ofVersion: 150_000) == nil)
        #expect(PostgresDiagnosis.fault(ofVersion: 180_001) == nil)
        let fault = PostgresDiagnosis.fault(ofVersion: 140_011)
        #expect(fault?.kind == .tooOld)
        #expect(fault?.arguments == ["found": "14", "wanted": "15"])
        #expect(PostgresDiagnosis.fault(ofVersion: 90_624)?.arguments["found"] == "9.6")
    }
}
