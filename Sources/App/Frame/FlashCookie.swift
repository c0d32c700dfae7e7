// SPDX-License-Identifier: Apache-2.0
// A flash travels in a short-lived cookie from the action to the page after it: other sites cannot set one.
import Foundation

extension Flash {
    private static let cookieName = "otklik-flash"
    private static let attributes = "; Path=/; HttpOnly; SameSite=Lax"

    /// The `Set-Cookie` value that carries it to the next page.
    var cookie: String {
        var content = URLComponents()
        content.queryItems = [URLQueryItem(name: "key", value: key)]
        if let undo { content.queryItems?.append(URLQueryItem(name: "undo", value: undo)) }
        content.queryItems? += arguments.map { URLQueryItem(name: "_" + $0.key, value: String($0.value.prefix(200))) }
        let text = Data((content.percentEncodedQuery ?? "").utf8).base64EncodedString()
        return Self.cookieName + "=" + text.replacing("=", with: "-") + "; Max-Age=60" + Self.attributes
    }

    /// The `Set-Cookie` value that ends it.
    static let removal = cookieName + "=; Max-Age=0" + attributes

    /// Reads the cookie header of the page after the action.
    init?(cookies: [String]) {
        let prefix = Self.cookieName + "="
        let pairs = cookies.flatMap { $0.split(separator: ";") }.map { String($0).trimmed }
        guard let pair = pairs.first(where: { $0.hasPrefix(prefix) }),
            let bytes = Data(base64Encoded: String(pair.dropFirst(prefix.count)).replacing("-", with: "=")),
            bytes.count < 4096
        else { return nil }
        var content = URLComponents()
        content.percentEncodedQuery = String(decoding: bytes, as: UTF8.self)
        var arguments: [String: String] = [:]
        var (key, undo): (String?, String?)
        for item in content.queryItems ?? [] {
            switch item.name {
            case "key": key = item.value
            case "undo": undo = item.value.map(localPath)
            default: arguments[String(item.name.dropFirst())] = item.value
            }
        }
        guard let key else { return nil }
        self.init(key, arguments, undo: undo)
    }
}
