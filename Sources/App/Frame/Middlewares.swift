// SPDX-License-Identifier: Apache-2.0
// What happens to every request: its language, what stands around its page, and the headers that fence it in.
import HTTPTypes
import Hummingbird
import Markup

/// Finds the language: the one chosen in this browser, else what the browser prefers. Accounts' middleware puts the
/// person's own language in its place.
public struct LanguageMiddleware: RouterMiddleware {
    public typealias Context = WebContext
    static let cookieName = "otklik-language"
    private let catalogue: Catalogue

    public init(catalogue: Catalogue) { self.catalogue = catalogue }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.localizer = Self.localizer(for: request, of: catalogue)
        return try await next(request, context)
    }

    /// The language of a request by what the browser says.
    static func localizer(for request: Request, of catalogue: Catalogue) -> Localizer {
        let chosen = request.isForBrowsers ? request.cookies[Self.cookieName]?.value : nil
        let known = catalogue.languages
        let language =
            chosen.flatMap { known.contains($0) ? $0 : nil }
            ?? preferredLanguage(request.headers[.acceptLanguage], of: known) ?? "en"
        return catalogue.localizer(language)
    }

    /// The cookie that remembers a choice made before signing in.
    static func cookie(_ language: String) -> HTTPField {
        HTTPField(
            name: .setCookie, value: "\(cookieName)=\(language); Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax")
    }
}

/// The first of the known languages in the order of an `Accept-Language` field (RFC 9110 section 12.5.4).
public func preferredLanguage(_ field: String?, of known: [String]) -> String? {
    guard let field, field.utf8.count <= 1000 else { return nil }
    var best: (language: String, weight: Double)?
    for entry in field.split(separator: ",").prefix(30) {
        let parts = entry.split(separator: ";").map { String($0).trimmed.lowercased() }
        guard let tag = parts.first else { continue }
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        let primary = String(tag.split(separator: "-").first ?? "")
        guard known.contains(primary), weight > 0, weight > best?.weight ?? 0 else { continue }
        best = (primary, weight)
    }
    return best?.language
}

/// Gives pages what stands around them.
public struct FrameMiddleware: RouterMiddleware {
    public typealias Context = WebContext
    /// Navigation, unread count and banner of a signed-in person; asked for pages only.
    public typealias Around = @Sendable (SignedIn, Localizer) async throws -> Surroundings

    private let assets: WebAssets
    private let around: Around

    public init(assets: WebAssets, around: @escaping Around) {
        self.assets = assets
        self.around = around
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.assets = assets
        guard request.isForBrowsers, !request.uri.path.hasPrefix("/assets/") else {
            return try await next(request, context)
        }
        if let signedIn = context.signedIn {
            assets.refresh()
            context.surroundings = try await around(signedIn, context.words)
            context.surroundings.navigation = context.surroundings.navigation.compactMap {
                $0.visible(to: signedIn.roles)
            }
        }
        context.surroundings.preferences = Preferences(request, of: context.signedIn)
        context.surroundings.flash = Flash(cookies: request.headers[values: .cookie])
        context.surroundings.path = request.method == .get ? request.uri.description : "/"
        return try await next(request, context)
    }
}

/// The headers of the product's pages. A handler's own value wins: the survey page and previews have other policies.
public struct SecurityHeadersMiddleware: RouterMiddleware {
    public typealias Context = WebContext
    /// What the product's pages may load: only what comes from here, and nothing inline.
    public static let policy = """
        default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
        connect-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'none'
        """
    private let fields: HTTPFields
    private let policies: (pages: String, programs: String)

    public init(isSecure: Bool) {
        fields = Self.fields(isSecure: isSecure)
        policies = (Self.policy, "default-src 'none'; frame-ancestors 'none'")
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if !response.headers.contains(.contentSecurityPolicy) {
            let policy = request.isForBrowsers ? policies.pages : policies.programs
            response.headers.append(HTTPField(name: .contentSecurityPolicy, value: policy))
        }
        for field in fields where !response.headers.contains(field.name) { response.headers.append(field) }
        return response
    }

    /// No page needs any of what devices can do, nor does anything that is framed in one.
    private static let permissions = [
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi",
        "payment", "usb",
    ].map { $0 + "=()" }.joined(separator: ", ")

    /// Made once: checking a field's name costs more than adding it.
    private static func fields(isSecure: Bool) -> HTTPFields {
        var fields = HTTPFields()
        func add(_ name: String, _ value: String) {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        add("Referrer-Policy", "same-origin")
        add("X-Content-Type-Options", "nosniff")
        add("Cross-Origin-Opener-Policy", "same-origin")
        add("Cross-Origin-Resource-Policy", "same-origin")
        add("X-Permitted-Cross-Domain-Policies", "none")
        add("Permissions-Policy", permissions)
        if isSecure { add("Strict-Transport-Security", "max-age=31536000") }
        return fields
    }
}

/// An address of this product to return to; `/` for anything that leads elsewhere.
public func localPath(_ text: String) -> String {
    guard text.hasPrefix("/"), !text.hasPrefix("//"), !text.contains("\\"), text.utf8.count <= 2000,
        text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F })
    else { return "/" }
    return text
}
