// SPDX-License-Identifier: Apache-2.0
// The icons that pages use. Set-up cuts those that are named here out of Lucide's; a new one needs `scripts/setup run`.
import Markup

/// One picture of the sprite, by Lucide's name.
public enum Icon: String, Sendable, CaseIterable {
    case alert = "circle-alert"
    case arrowDown = "arrow-down"
    case arrowUp = "arrow-up"
    case bad = "circle-x"
    case brackets = "braces"
    case building = "building-2"
    case calendar = "calendar"
    case check = "check"
    case checklist = "list-checks"
    case chevronDown = "chevron-down"
    case chevronLeft = "chevron-left"
    case chevronRight = "chevron-right"
    case chosen = "circle-dot"
    case clock = "clock"
    case close = "x"
    case columns = "columns-3"
    case comment = "message-square-text"
    case configuration = "sliders-horizontal"
    case copy = "copy"
    case done = "circle-check"
    case drag = "grip-vertical"
    case dropdown = "square-chevron-down"
    case edit = "pencil"
    case filter = "list-filter"
    case form = "clipboard-list"
    case globe = "globe"
    case heart = "heart"
    case help = "circle-question-mark"
    case history = "history"
    case home = "house"
    case inbox = "inbox"
    case info = "info"
    case key = "key-round"
    case languages = "languages"
    case lines = "text-align-start"
    case link = "external-link"
    case look = "eye"
    case mail = "mail"
    case menu = "menu"
    case more = "ellipsis"
    case next = "arrow-right"
    case outbox = "send"
    case palette = "palette"
    case people = "users"
    case person = "circle-user"
    case phone = "phone"
    case picture = "image"
    case plus = "plus"
    case records = "list"
    case redo = "redo-2"
    case remove = "trash-2"
    case reports = "chart-column"
    case screen = "monitor"
    case search = "search"
    case settings = "settings"
    case signOut = "log-out"
    case smartphone = "smartphone"
    case sort = "chevrons-up-down"
    case theme = "sun-moon"
    case thumb = "thumbs-up"
    case ticked = "square-check"
    case undo = "undo-2"
    case warning = "triangle-alert"
    case workflow = "workflow"
}

/// A picture beside a word. It says nothing by itself, so that screen readers pass over it.
public func icon(_ icon: Icon) -> HTML {
    """
    <svg class="icon" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" focusable="false">\
    <use href="#icon-\(icon.rawValue)"/></svg>
    """
}

/// The sprite: the drawings by name, of which a page carries those that it shows. They come with the document, so that
/// no icon appears later than its word.
struct IconSprite: Sendable {
    private let symbols: [Substring: Substring]

    /// Reads the lines of `web/icons.svg`.
    init(_ svg: String) {
        var symbols: [Substring: Substring] = [:]
        for line in svg.split(separator: "\n") {
            guard let name = line.firstMatch(of: /<symbol id="icon-([a-z0-9-]+)"/)?.output.1 else { continue }
            symbols[name] = line
        }
        self.symbols = symbols
    }

    /// The drawings of the icons that a piece of markup shows.
    func symbols(for markup: HTML) -> HTML {
        let found = Self.names(in: markup.text).sorted().compactMap { symbols[$0[...]] }
        guard !found.isEmpty else { return .empty }
        let drawings = HTML.trusted(found.joined())
        return "<svg class=\"sprite\" width=\"0\" height=\"0\" aria-hidden=\"true\">\(drawings)</svg>"
    }

    /// The names after `#icon-`, found byte by byte: every page passes through here.
    private static func names(in text: String) -> Set<String> {
        var (text, names): (String, Set<String>) = (text, [])
        let mark = Array("\"#icon-".utf8)
        text.withUTF8 { bytes in
            var place = 0
            while place + mark.count < bytes.count {
                defer { place += 1 }
                guard bytes[place] == mark[0], bytes[place..<place + mark.count].elementsEqual(mark) else { continue }
                let name = bytes[(place + mark.count)...].prefix(60).prefix { $0 != UInt8(ascii: "\"") }
                names.insert(String(decoding: name, as: UTF8.self))
            }
        }
        return names
    }
}
