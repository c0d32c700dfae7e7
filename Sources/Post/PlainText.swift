// SPDX-License-Identifier: Apache-2.0
// The text part of a message whose author wrote HTML only.

/// Makes readable plain text of a mail's HTML: paragraphs, lists, links as "text (address)".
///
/// A reader, not a checker: whatever it is given, it gives text and never fails.
public enum PlainText {
    /// The text of some HTML.
    public static func make(fromHTML html: String) -> String {
        var reader = PlainTextReader(html: Array(html.utf8))
        return reader.read()
    }
}

/// One pass over the markup.
struct PlainTextReader {
    /// An open `<a>`: where its text began and where it leads.
    private struct Link {
        let start: Int
        let address: String
    }

    /// An open list: nil for bullets, else the last number.
    private struct List {
        var number: Int?
    }

    private let html: [UInt8]
    private var position = 0
    private var output: [UInt8] = []
    /// Line ends that are owed before the next text.
    private var owedLines = 0
    private var owesSpace = false
    private var links: [Link] = []
    private var lists: [List] = []
    private var preformatted = 0

    private static let paragraphs: Set<String> = [
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dl", "pre", "blockquote", "form",
    ]
    private static let blocks: Set<String> = [
        "div", "tr", "section", "article", "header", "footer", "main", "dt", "dd", "address", "center", "li", "figure",
    ]
    private static let skipped: Set<String> = ["script", "style", "head", "title", "template", "noscript"]
    private static let depthLimit = 100

    init(html: [UInt8]) { self.html = html }

    mutating func read() -> String {
        output.reserveCapacity(html.count / 2)
        while position < html.count {
            if html[position] == UInt8(ascii: "<"), readMarkup() { continue }
            readText()
        }
        while let last = output.last, last == 10 || last == 0x20 { output.removeLast() }
        return String(decoding: output, as: UTF8.self)
    }

    // MARK: - Text

    private mutating func readText() {
        let start = position
        position += 1
        while position < html.count, html[position] != UInt8(ascii: "<") { position += 1 }
        var index = start
        while index < position {
            let byte = html[index]
            if byte == UInt8(ascii: "&"), let (text, length) = HTMLEntity.read(html[index..<position]) {
                append(text.utf8)
                index += length
                continue
            }
            index += 1
            if preformatted > 0, byte == 10 {
                owedLines += 1
            } else if preformatted == 0, byte == 0x20 || byte == 9 || byte == 10 || byte == 13 {
                owesSpace = true
            } else if byte != 13 {
                append(CollectionOfOne(byte))
            }
        }
    }

    private mutating func append(_ bytes: some Collection<UInt8>) {
        if owedLines > 0 {
            while output.last == 0x20 { output.removeLast() }
            if !output.isEmpty { output.append(contentsOf: repeatElement(10, count: min(owedLines, 2))) }
        } else if owesSpace, let last = output.last, last != 0x20, last != 10 {
            output.append(0x20)
        }
        owedLines = 0
        owesSpace = false
        output.append(contentsOf: bytes)
    }

    private mutating func oweLines(_ count: Int) {
        owedLines = max(owedLines, count)
        owesSpace = false
    }

    // MARK: - Markup

    /// Reads a tag, a comment or a declaration. False when the `<` is text.
    private mutating func readMarkup() -> Bool {
        guard position + 1 < html.count else { return false }
        let next = html[position + 1]
        if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
            if html[position...].starts(with: "<!--".utf8) {
                position = end(of: "-->", from: position + 4)
            } else {
                position = end(of: ">", from: position)
            }
            return true
        }
        let isEnd = next == UInt8(ascii: "/")
        var index = position + (isEnd ? 2 : 1)
        let nameStart = index
        while index < html.count, MailAddress.isLetterOrDigit(html[index]) { index += 1 }
        guard index > nameStart else { return false }
        let name = String(decoding: html[nameStart..<index], as: UTF8.self).lowercased()
        let attributes = readAttributes(from: index)
        if isEnd { close(name) } else { open(name, attributes) }
        if !isEnd, Self.skipped.contains(name) {
            position = end(of: ">", from: end(of: "</\(name)", from: position))
        }
        return true
    }

    /// Where a text ends that is looked for without regard to case; the end of the document when it is not there.
    private func end(of text: String, from start: Int) -> Int {
        let wanted = Array(text.utf8)
        var index = start
        while index + wanted.count <= html.count {
            if zip(wanted, html[index...]).allSatisfy({ $0 == $1 || ($1 < 0x80 && $0 == $1 | 0x20) }) {
                return index + wanted.count
            }
            index += 1
        }
        return html.count
    }

    /// The attributes that matter, and the position after the tag.
    private mutating func readAttributes(from start: Int) -> [String: String] {
        var found: [String: String] = [:]
        var index = start
        while index < html.count, html[index] != UInt8(ascii: ">") {
            let nameStart = index
            while index < html.count, MailAddress.isLetterOrDigit(html[index]) || html[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard index > nameStart else {
                index += 1
                continue
            }
            let name = String(decoding: html[nameStart..<index], as: UTF8.self).lowercased()
            var after = index
            while after < html.count, html[after] == 0x20 { after += 1 }
            guard after < html.count, html[after] == UInt8(ascii: "=") else { continue }
            after += 1
            while after < html.count, html[after] == 0x20 { after += 1 }
            let value = readValue(&after)
            index = after
            if name == "href" || name == "alt" || name == "start" { found[name] = HTMLEntity.decoded(value) }
        }
        position = min(index + 1, html.count)
        return found
    }

    private func readValue(_ index: inout Int) -> ArraySlice<UInt8> {
        guard index < html.count else { return [] }
        let quote = html[index]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let start = index + 1
            index = start
            while index < html.count, html[index] != quote { index += 1 }
            defer { index = min(index + 1, html.count) }
            return html[start..<index]
        }
        let start = index
        while index < html.count, html[index] > 0x20, html[index] != UInt8(ascii: ">") { index += 1 }
        return html[start..<index]
    }

    private mutating func open(_ name: String, _ attributes: [String: String]) {
        if Self.paragraphs.contains(name) { oweLines(lists.isEmpty ? 2 : 1) }
        if Self.blocks.contains(name) { oweLines(1) }
        switch name {
        case "br": owedLines += 1
        case "hr":
            oweLines(2)
            append("---".utf8)
            oweLines(2)
        case "td", "th": owesSpace = true
        case "pre": preformatted += 1
        case "img":
            if let alt = attributes["alt"], !alt.isEmpty { append(alt.utf8) }
        case "ul" where lists.count < Self.depthLimit: lists.append(List(number: nil))
        case "ol" where lists.count < Self.depthLimit:
            lists.append(List(number: (attributes["start"].flatMap { Int($0) } ?? 1) - 1))
        case "li": beginItem()
        case "a" where links.count < Self.depthLimit:
            links.append(Link(start: output.count, address: attributes["href"] ?? ""))
        default: break
        }
    }

    private mutating func beginItem() {
        guard !lists.isEmpty else {
            append("- ".utf8)
            return
        }
        let indent = String(repeating: "  ", count: lists.count - 1)
        if let number = lists[lists.count - 1].number {
            let next = number < Int.max ? number + 1 : number
            lists[lists.count - 1].number = next
            append("\(indent)\(next). ".utf8)
        } else {
            append("\(indent)- ".utf8)
        }
    }

    private mutating func close(_ name: String) {
        switch name {
        case "a": closeLink()
        case "pre": preformatted = max(0, preformatted - 1)
        case "ul", "ol": if !lists.isEmpty { lists.removeLast() }
        default: break
        }
        if Self.paragraphs.contains(name) { oweLines(lists.isEmpty ? 2 : 1) }
        if Self.blocks.contains(name) { oweLines(1) }
    }

    private mutating func closeLink() {
        guard let link = links.popLast() else { return }
        let address = link.address.hasPrefix("mailto:") ? String(link.address.dropFirst(7)) : link.address
        guard !address.isEmpty, !address.hasPrefix("#"), !address.lowercased().hasPrefix("javascript:") else { return }
        let shown = String(decoding: output[min(link.start, output.count)...], as: UTF8.self)
            .drop { $0 == " " || $0 == "\n" }
        if shown.isEmpty {
            append(address.utf8)
        } else if shown != address {
            owesSpace = true
            append("(\(address))".utf8)
        }
    }
}
