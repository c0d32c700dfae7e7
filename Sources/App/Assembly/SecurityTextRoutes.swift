// SPDX-License-Identifier: Apache-2.0
// `/.well-known/security.txt` (RFC 9116): where to report a vulnerability of this installation.
import Foundation
import Hummingbird
import NIOCore

/// The file that tells where to report a vulnerability; there when somebody is named to read it.
struct SecurityTextRoutes: Sendable {
    /// RFC 9116 wants a date less than a year away. It is that of the request: whoever runs this server says it anew.
    private static let validDays: Int64 = 180
    let installation: Installation

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/.well-known/security.txt") { [installation] _, _ in
            guard let contact = installation.provider.securityContact else { throw Refusal.notFound }
            let day = LocalDay(of: installation.clock.now().adding(days: Self.validDays), in: .gmt)
            let text = """
                Contact: \(contact)
                Expires: \(day)T00:00:00Z
                Preferred-Languages: ru, en
                Canonical: \(installation.baseURL)/.well-known/security.txt

                """
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "public, max-age=86400"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }

    /// Whether a text can stand behind `Contact`: an address of mail, or one of the web behind https.
    static func contact(_ text: String) -> String? {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isPlain, text.utf8.count <= 500 else { return nil }
        if text.hasPrefix("https://"), text.utf8.count > 8 { return text }
        let address = text.hasPrefix("mailto:") ? String(text.dropFirst(7)) : text
        return EmailAddress(address) == nil ? nil : "mailto:" + address
    }
}
