// SPDX-License-Identifier: Apache-2.0
// Certificates as a bad server has them: run out, its own, or another host's.
import Foundation
import NIOSSL

/// A certificate with its key, in files.
public struct TestCertificate: Sendable {
    /// What is the matter with it.
    public enum Kind: String, Sendable, CaseIterable {
        case good, expired, selfSigned, otherHost
    }

    let certificate: String
    let key: String
    /// The authority that a client has to trust.
    public let authority: String

    /// Makes one for `localhost`, signed by an authority of this test unless it is to sign itself.
    public static func make(_ kind: Kind, in folder: URL) async throws -> TestCertificate {
        let (key, certificate) = (path("\(kind).key", folder), path("\(kind).pem", folder))
        let authority = path("authority.pem", folder)
        let host = kind == .otherHost ? "other.example" : "localhost"
        let new = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        if kind == .selfSigned {
            try await runShell(
                """
                \(new) -x509 -days 2 -keyout \(key) -out \(certificate) -subj /CN=\(host) \
                    -addext subjectAltName=DNS:\(host)
                """)
        } else {
            try await runShell(
                """
                set -e
                cd \(folder.path)
                [ -e authority.pem ] || \(new) -x509 -days 2 -keyout authority.key -out authority.pem \
                    -subj "/CN=Authority of a test" -addext basicConstraints=critical,CA:TRUE
                \(new) -keyout \(key) -out \(kind).csr -subj /CN=\(host)
                echo subjectAltName=DNS:\(host) > \(kind).ext
                openssl x509 -req -in \(kind).csr -CA authority.pem -CAkey authority.key -CAcreateserial \
                    -days \(kind == .expired ? -1 : 2) -extfile \(kind).ext -out \(certificate)
                """)
        }
        return TestCertificate(certificate: certificate, key: key, authority: authority)
    }

    private static func path(_ name: String, _ folder: URL) -> String { folder.appending(path: name).path }

    /// A server's side of TLS.
    func context(isOld: Bool) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        if isOld {
            configuration.minimumTLSVersion = .tlsv1
            configuration.maximumTLSVersion = .tlsv11
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
