// SPDX-License-Identifier: Apache-2.0
// What somebody likes to see in this browser. It comes with the request, so that the page is right at the first paint.
import Hummingbird

/// Tone, folded parts of the navigation, columns left out of tables.
public struct Preferences: Sendable, Equatable {
    /// How much of a cookie is looked at.
    private static let limit = 2000
    private static let year = "; Max-Age=31536000; Path=/; SameSite=Lax"

    public var theme = Theme.system
    /// The dictionary keys of navigation sections that are folded.
    public var folded: Set<String> = []
    /// Keys of columns that are not shown, by the table's name.
    public var hiddenColumns: [String: Set<String>] = [:]

    public init() {}

    /// What was chosen on this browser; a person's own tone wins.
    init(_ request: Request, of signedIn: SignedIn?) {
        self.init(request)
        if let theme = signedIn?.theme { self.theme = theme }
    }

    /// Reads a request's cookies; what makes no sense is left out.
    init(_ request: Request) {
        func cookie(_ name: String) -> Substring {
            // Behind https scripts bind their cookie to the host by its name.
            let cookie = request.cookies["__Host-" + name] ?? request.cookies[name]
            return cookie?.value.prefix(Self.limit) ?? ""
        }
        theme = Theme(rawValue: String(cookie("otklik-theme"))) ?? .system
        folded = Set(cookie("otklik-folded").split(separator: "~").map { String($0) })
        hiddenColumns = Self.columns(cookie("otklik-columns"))
    }

    /// `records:agent.state~outbox:reply`.
    static func columns(_ text: Substring) -> [String: Set<String>] {
        var columns: [String: Set<String>] = [:]
        for table in text.split(separator: "~") {
            let parts = table.split(separator: ":")
            guard parts.count == 2 else { continue }
            columns[String(parts[0])] = Set(parts[1].split(separator: ".").map { String($0) })
        }
        return columns
    }

    /// The `Set-Cookie` value that keeps the tone.
    public var themeCookie: String { "otklik-theme=\(theme.rawValue)" + Self.year + "; HttpOnly" }

    /// The `Set-Cookie` value that keeps the columns.
    var columnsCookie: String {
        let tables = hiddenColumns.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        let text = tables.map { $0.key + ":" + $0.value.sorted().joined(separator: ".") }.joined(separator: "~")
        return "otklik-columns=\(text.prefix(Self.limit))" + Self.year + "; HttpOnly"
    }
}
