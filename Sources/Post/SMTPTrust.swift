// SPDX-License-Identifier: Apache-2.0
// Whom we believe on TLS: the system's authorities and one file of the provider's. There is no "ignore errors".
import Crypto
import Foundation
import NIOConcurrencyHelpers
import NIOSSL

/// Makes and keeps TLS contexts: reading the system's authorities takes milliseconds.
final class SMTPTrust: Sendable {
    private let contexts = NIOLockedValueBox<[String: NIOSSLContext]>([:])

    /// The context for an extra authority file; an empty name is the system's authorities alone.
    /// - Throws: ``SMTPFault`` when the file cannot be read.
    func context(authorityFile: String?) throws(SMTPFault) -> NIOSSLContext {
        let key = authorityFile ?? ""
        if let known = contexts.withLockedValue({ $0[key] }) { return known }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        do {
            if let authorityFile { configuration.additionalTrustRoots = [.file(authorityFile)] }
            let made = try NIOSSLContext(configuration: configuration)
            contexts.withLockedValue { $0[key] = made }
            return made
        } catch {
            throw SMTPFault(step: .handshake, reason: SMTPReason(.authorityFile, "\(error)"))
        }
    }

    /// A certificate's names and digest, for people who check settings.
    static func subject(of certificate: NIOSSLCertificate) -> String {
        let names = certificate._subjectAlternativeNames().compactMap { name -> String? in
            guard name.nameType == .dnsName else { return nil }
            return String(decoding: name.contents, as: UTF8.self)
        }
        let bytes = (try? certificate.toDERBytes()) ?? []
        let digest = SHA256.hash(data: bytes).prefix(8).map { byte in
            byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }.joined()
        return names.prefix(5).joined(separator: ", ") + (names.isEmpty ? "" : " ") + "(SHA-256 \(digest)…)"
    }
}
