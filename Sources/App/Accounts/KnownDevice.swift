// SPDX-License-Identifier: Apache-2.0
// Browsers in which people have signed in before. Whoever shows one is not held up by others who guess at the same
// account: otherwise guessing would be a way to lock somebody out.
import Foundation

/// What a browser keeps of the people who have signed in with it: a number of its own, and a mark for each of them
/// that only this server can make. It lets nobody in.
struct KnownDevice: Sendable {
    /// People who share one browser.
    private static let most = 8
    private static let markLength = 32

    let token: Token
    private var marks: [String] = []

    init() { token = Token() }

    /// Reads the cookie; nil when it is none of ours.
    init?(cookie: String?) {
        guard let parts = cookie?.split(separator: ".").map(String.init), parts.count <= Self.most + 1,
            let first = parts.first, let token = Token(shown: first)
        else { return nil }
        self.token = token
        marks = parts.dropFirst().filter { $0.utf8.count == Self.markLength }
    }

    var cookie: String { ([token.text] + marks).joined(separator: ".") }

    private func mark(_ login: String, _ tenant: TenantID, _ secret: ServerSecret) -> String {
        let message = [token.text, tenant.description, login.folded].joined(separator: "\n")
        return secret.digest(Array(message.utf8), for: .device).prefix(Self.markLength / 2).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Whether somebody of this login name has signed in with this browser.
    func knows(_ login: String, of tenant: TenantID, _ secret: ServerSecret) -> Bool {
        marks.contains(mark(login, tenant, secret))
    }

    /// The same browser after somebody has signed in; the longest unused mark goes when there are too many.
    func remembering(_ login: String, of tenant: TenantID, _ secret: ServerSecret) -> KnownDevice {
        let mark = mark(login, tenant, secret)
        var device = self
        device.marks = Array(([mark] + marks.filter { $0 != mark }).prefix(Self.most))
        return device
    }
}

/// Where a request comes from, as far as sessions and the log keep it.
struct RequestOrigin: Sendable {
    let address: String
    /// Browser and system in a few words; empty when nobody can tell.
    let device: String
    /// What the browser shows of earlier sign-ins.
    let known: KnownDevice?

    init(address: String, userAgent: String = "", known: KnownDevice? = nil) {
        self.address = String(address.prefix(64))
        device = Self.deviceName(userAgent)
        self.known = known
    }

    private static let browsers = [
        ("YaBrowser/", "Yandex"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"),
        ("Safari/", "Safari"), ("curl/", "curl"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    /// `Firefox, Windows`: coarse on purpose, it is for people to know their own devices by.
    static func deviceName(_ userAgent: String) -> String {
        let text = String(userAgent.prefix(500))
        let names = [browsers, systems].compactMap { list in list.first { text.contains($0.0) }?.1 }
        return names.joined(separator: ", ")
    }
}
