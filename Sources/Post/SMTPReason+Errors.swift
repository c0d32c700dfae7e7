// SPDX-License-Identifier: Apache-2.0
// Errors of the network and of TLS as reasons that people can read: nothing of a library's innards is in them.
import Foundation
import NIOCore
import NIOSSL

extension SMTPReason {
    /// An error of the network or of TLS.
    init(_ error: any Error) {
        switch error {
        case let fault as SMTPFault: self = fault.reason
        case ChannelError.ioOnClosedChannel, ChannelError.eof, ChannelError.alreadyClosed, ChannelError.inputClosed:
            self.init(.closed)
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE: self.init(.closed)
        case let error as IOError: self.init(.network, Self.words(error))
        default: self = Self.ofTLS(String(describing: error))
        }
    }

    /// What the system says of an error: "Connection refused".
    static func words(_ error: any Error) -> String {
        guard let error = error as? IOError, let text = strerror(error.errnoCode) else {
            return String(String(describing: error).prefix(300))
        }
        return String(cString: text)
    }

    /// BoringSSL and NIOSSL tell what went wrong only in their text.
    private static func ofTLS(_ text: String) -> SMTPReason {
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return SMTPReason(.untrustedCertificate) }
        if text.contains("unableToValidateCertificate") || text.contains("failedToValidateHostname") {
            return SMTPReason(.otherHostCertificate)
        }
        if text.contains("PROTOCOL_VERSION") || text.contains("UNSUPPORTED_PROTOCOL") { return SMTPReason(.oldTLS) }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") { return SMTPReason(.noTLS) }
        if text.contains("EOF during handshake") { return SMTPReason(.closed) }
        // "SSL routines:OPENSSL_internal:TLSV1_ALERT_INTERNAL_ERROR at …"
        if let match = text.firstMatch(of: /OPENSSL_internal:([A-Z0-9_]{3,60})/) {
            return SMTPReason(.network, "TLS \(match.output.1)")
        }
        return SMTPReason(.network, String(text.prefix(300)))
    }
}
