// SPDX-License-Identifier: Apache-2.0
// A browser as far as tests need one: it keeps cookies and sends the form token of the page that it saw.
import App
import Foundation
import HTTPTypes

/// Somebody at a page.
public final class Browser {
    public let app: TestApp
    public private(set) var cookies: [String: String] = [:]
    /// The last page as it was answered.
    public private(set) var page = ""

    public init(_ app: TestApp) { self.app = app }

    /// The value of a hidden field of the last page.
    public func hidden(_ name: String) -> String? {
        let pattern = "name=\"\(name)\" value=\""
        guard let start = page.range(of: pattern) else { return nil }
        return String(page[start.upperBound...].prefix { $0 != "\"" })
    }

    @discardableResult public func get(_ path: String, language: String = "en") async throws -> TestResponse {
        try await send(.get, path, ["Accept-Language": language], [])
    }

    /// Sends a form as the last page's would be sent, unless the fields say otherwise.
    @discardableResult public func post(
        _ path: String, _ fields: [String: String], headers: [String: String] = [:], sendsToken: Bool = true
    ) async throws -> TestResponse {
        var fields = fields
        if sendsToken, let token = hidden(formTokenName) { fields[formTokenName] = token }
        let body = fields.map { queryValue($0.key) + "=" + queryValue($0.value) }.joined(separator: "&")
        var headers = headers
        headers["Content-Type"] = headers["Content-Type"] ?? "application/x-www-form-urlencoded"
        return try await send(.post, path, headers, Array(body.utf8))
    }

    /// Sends a form with a file, as the last page's would be sent.
    @discardableResult public func upload(
        _ path: String, _ part: String, file: [UInt8], named name: String = "file", fields: [String: String] = [:],
        sendsToken: Bool = true
    ) async throws -> TestResponse {
        let line = "\r\n"
        var body: [UInt8] = []
        for field in fields.sorted(by: { $0.key < $1.key }) {
            let head = "--upload\(line)Content-Disposition: form-data; name=\"\(field.key)\"\(line)\(line)"
            body += Array((head + field.value + line).utf8)
        }
        let head = "--upload\(line)Content-Disposition: form-data; name=\"\(part)\"; filename=\"\(name)\"\(line)\(line)"
        body += Array(head.utf8) + file + Array("\(line)--upload--\(line)".utf8)
        let token = sendsToken ? hidden(formTokenName) : nil
        let query = token.map { (path.contains("?") ? "&" : "?") + formTokenName + "=" + queryValue($0) } ?? ""
        return try await send(
            .post, path + query, ["Content-Type": "multipart/form-data; boundary=upload"], body)
    }

    /// Sends JSON as a page's script would, with the last page's token in a header.
    @discardableResult public func postJSON(_ path: String, _ text: String) async throws -> TestResponse {
        try await send(
            .post, path, ["Content-Type": "application/json", "X-Form-Token": hidden(formTokenName) ?? ""],
            Array(text.utf8))
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: [String: String], _ body: [UInt8]
    ) async throws -> TestResponse {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        if !cookies.isEmpty { fields[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        let response = try await app.request(method, path, headers: fields, bytes: body)
        for field in response.headers[values: .setCookie] {
            let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = pair.first else { continue }
            cookies[name] = field.contains("Max-Age=0") ? nil : pair.count == 2 ? pair[1] : nil
        }
        if response.headers[.contentType]?.hasPrefix("text/html") == true { page = response.body }
        return response
    }
}
