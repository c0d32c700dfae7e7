// SPDX-License-Identifier: Apache-2.0
// What a browser's form sends when a file goes with it (RFC 7578), read within limits.
import Foundation
import Hummingbird

/// A file that came with a form. Its name is what the sender says, for people to read: never a path.
public struct UploadedFile: Sendable, Equatable {
    public let name: String
    public let content: [UInt8]

    public init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }
}

/// The fields and files of one submitted form (`multipart/form-data`).
public struct MultipartInput: Sendable {
    /// How much such a form may hold, beside the bytes of its route.
    public enum Limits {
        public static let parts = 200
        /// Bytes of what stands above one part's content.
        public static let headBytes = 4096
        /// Bytes of one field that is no file.
        public static let fieldBytes = 64 * 1024
        /// RFC 2046 section 5.1.1.
        public static let boundaryBytes = 70
        /// Characters of a file's name; more are left out.
        public static let fileNameCharacters = 200
    }

    /// The fields that are no files.
    public let fields: FormInput
    private let files: [String: UploadedFile]

    /// The first file of a name; nil when none was chosen.
    public func file(_ name: String) -> UploadedFile? { files[name] }

    /// Reads the body of a request, in memory: the route's limit is what it may take.
    /// - Parameter fieldBytes: what a field that is no file may hold.
    /// - Throws: ``Refusal``: 413 when it is too large, 415 when it is no such form, 400 when it cannot be read.
    public init(_ request: Request, limit: Int, fieldBytes: Int = Limits.fieldBytes) async throws {
        guard let boundary = Self.boundary(request.headers[.contentType] ?? "") else {
            throw Refusal(.unsupported, code: "unsupported_media_type", key: "frame.notAnUpload")
        }
        try self.init(bytes: try await requestBytes(request, limit: limit), boundary: boundary, fieldBytes: fieldBytes)
    }

    /// Reads a body.
    public init(bytes: [UInt8], boundary: String, fieldBytes: Int = Limits.fieldBytes) throws {
        var reader = MultipartReader(bytes: bytes, boundary: Array(boundary.utf8))
        var fields: [String: [String]] = [:]
        var files: [String: UploadedFile] = [:]
        while let part = try reader.next() {
            guard let fileName = part.fileName else {
                guard part.content.count <= fieldBytes else { throw FormInput.unreadable }
                fields[part.name, default: []].append(try Self.text(part.content))
                continue
            }
            // Browsers send a part without name and content where no file was chosen.
            if (fileName.isEmpty && part.content.isEmpty) || files[part.name] != nil { continue }
            files[part.name] = UploadedFile(
                name: String(fileName.prefix(Limits.fileNameCharacters)), content: Array(part.content))
        }
        self.fields = FormInput(fields: fields)
        self.files = files
    }

    /// The boundary of `multipart/form-data; boundary=…`; nil for everything else.
    static func boundary(_ contentType: String) -> String? {
        let parameters = HeaderParameters(contentType)
        guard parameters.value.lowercased() == "multipart/form-data", let boundary = parameters["boundary"],
            (1...Limits.boundaryBytes).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy({ (0x21...0x7E).contains($0) || $0 == 0x20 }), !boundary.hasSuffix(" ")
        else { return nil }
        return boundary
    }

    /// UTF-8 with line ends as `\n`.
    private static func text(_ bytes: ArraySlice<UInt8>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw FormInput.unreadable
        }
        return text.replacing("\r\n", with: "\n")
    }
}

/// One part between two boundaries.
struct MultipartPart {
    let name: String
    /// What the sender calls the file; nil for fields.
    let fileName: String?
    let content: ArraySlice<UInt8>
}

/// Finds the parts of a body one after the other.
struct MultipartReader {
    private let bytes: [UInt8]
    /// The line end before a boundary belongs to it.
    private let delimiter: [UInt8]
    private var position = 0
    private var count = 0

    init(bytes: [UInt8], boundary: [UInt8]) {
        self.bytes = bytes
        delimiter = [0x0D, 0x0A, 0x2D, 0x2D] + boundary
    }

    /// The next part; nil behind the last one.
    /// - Throws: ``Refusal`` 400 when the body ends before its last boundary, or is written otherwise.
    mutating func next() throws -> MultipartPart? {
        if position == 0 {
            let first = delimiter.dropFirst(2)
            guard bytes.starts(with: first) else { throw FormInput.unreadable }
            position = first.count
        }
        if bytes[position...].starts(with: [0x2D, 0x2D]) { return nil }
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        guard bytes[position...].starts(with: [0x0D, 0x0A]) else { throw FormInput.unreadable }
        count += 1
        guard count <= MultipartInput.Limits.parts else { throw FormInput.unreadable }
        let head = try head()
        guard let end = place(of: delimiter, from: position) else { throw FormInput.unreadable }
        let content = bytes[position..<end]
        position = end + delimiter.count
        guard head.value.lowercased() == "form-data", let name = head["name"],
            (1...FormInput.Limits.nameBytes).contains(name.utf8.count)
        else { throw FormInput.unreadable }
        return MultipartPart(name: name, fileName: head["filename"], content: content)
    }

    /// Reads the lines above a part's content: only the disposition says anything to us.
    private mutating func head() throws -> HeaderParameters {
        let limit = min(bytes.count, position + MultipartInput.Limits.headBytes)
        guard let end = place(of: [0x0D, 0x0A, 0x0D, 0x0A], from: position), end <= limit,
            let text = String(validating: bytes[position..<end], as: UTF8.self), !text.utf8.contains(0)
        else { throw FormInput.unreadable }
        position = end + 4
        for line in text.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-disposition" {
                return HeaderParameters(String(parts[1]))
            }
        }
        throw FormInput.unreadable
    }

    private func place(of pattern: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { all -> Int? in
            guard let base = all.baseAddress else { return nil }
            var place = start
            while place + pattern.count <= all.count {
                guard let found = memchr(base + place, Int32(pattern[0]), all.count - place) else { return nil }
                place = UnsafeRawPointer(found) - base
                let isWhole = place + pattern.count <= all.count
                if isWhole, memcmp(base + place, pattern, pattern.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }
}

/// A header's value with its parameters: `form-data; name="file"; filename="Логотип.png"`.
struct HeaderParameters {
    let value: String
    private var parameters: [String: String] = [:]

    init(_ text: String) {
        var rest = Substring(text)
        value = String(rest.prefix { $0 != ";" }).trimmed
        rest = rest.drop { $0 != ";" }
        while rest.first == ";", parameters.count < 16 {
            rest = rest.dropFirst()
            let name = String(rest.prefix { $0 != "=" && $0 != ";" }).trimmed.lowercased()
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst().drop { $0 == " " }
            let content = rest.first == "\"" ? Self.quoted(&rest) : Self.bare(&rest)
            // The first one counts; extended names (filename*) are no part of such forms.
            if parameters[name] == nil { parameters[name] = content }
        }
    }

    subscript(name: String) -> String? { parameters[name] }

    private static func bare(_ rest: inout Substring) -> String {
        let content = rest.prefix { $0 != ";" }
        rest = rest.dropFirst(content.count)
        return String(content).trimmed
    }

    /// Browsers write quotes and line ends of names as `%22`, `%0D`, `%0A`; others put a backslash before a quote.
    private static func quoted(_ rest: inout Substring) -> String {
        rest = rest.dropFirst()
        var content = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                content.append(next)
                rest = rest.dropFirst()
            } else {
                content.append(character)
            }
        }
        rest = rest.drop { $0 != ";" }
        return content.replacing("%22", with: "\"").replacing("%0D", with: "").replacing("%0A", with: " ")
    }
}
