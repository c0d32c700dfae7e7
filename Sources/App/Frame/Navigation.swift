// SPDX-License-Identifier: Apache-2.0
// Where a person can go. Rooms name their items, Assembly puts them in order.
import Markup

/// One entry of the main navigation. A room says its own beside its routes:
///
///     extension NavigationItem {
///         static let services = NavigationItem("services.navigation", path: "/services", roles: [.administrator])
///     }
public struct NavigationItem: Sendable, Hashable {
    /// The dictionary key of the label.
    public let key: String
    /// The address of the page.
    public let path: String
    /// Who sees it; anybody who holds one of these.
    public let roles: Set<Role>
    /// Stands before entries that lie in no section.
    public let icon: Icon?

    public init(_ key: String, path: String, roles: Set<Role>, icon: Icon? = nil) {
        self.key = key
        self.path = path
        self.roles = roles
        self.icon = icon
    }
}

/// Entries under one heading, and groups of more of them below.
public struct NavigationSection: Sendable {
    /// The dictionary key of the heading; nil for entries that need none.
    public let key: String?
    /// The entries that lie in no group.
    public let items: [NavigationItem]
    public let groups: [NavigationSection]

    public init(_ key: String?, _ items: [NavigationItem], groups: [NavigationSection] = []) {
        self.key = key
        self.items = items
        self.groups = groups
    }

    /// All entries, those of groups behind the section's own.
    public var allItems: [NavigationItem] { items + groups.flatMap(\.allItems) }

    /// The section with those of its entries that are wanted; nil when nothing is left.
    public func keeping(_ isWanted: (NavigationItem) -> Bool) -> NavigationSection? {
        let left = items.filter(isWanted)
        let groups = groups.compactMap { $0.keeping(isWanted) }
        return left.isEmpty && groups.isEmpty ? nil : NavigationSection(key, left, groups: groups)
    }

    /// The section as somebody with these roles sees it; nil when nothing is left.
    func visible(to roles: Set<Role>) -> NavigationSection? { keeping { !$0.roles.isDisjoint(with: roles) } }
}

/// The navigation as it stands at the side: sections that fold, groups with a name, the entry of the page marked.
struct NavigationList {
    let sections: [NavigationSection]
    let current: NavigationItem?
    /// Dictionary keys of the sections that somebody has folded.
    let folded: Set<String>
    /// Unread messages, shown beside the inbox.
    let unread: Int
    let t: Localizer

    var html: HTML { "\(sections.map(section))" }

    private func section(_ section: NavigationSection) -> HTML {
        guard let key = section.key else { return "<ul>\(entries(of: section))</ul>" }
        let isOpen = !folded.contains(key) || current.map { section.allItems.contains($0) } ?? false
        return """
            <details class="section" data-key="\(key)"\(if: isOpen, " open")>\
            <summary>\(icon(.chevronDown))\(t(key))</summary><ul>\(entries(of: section))</ul></details>
            """
    }

    private func entries(of section: NavigationSection) -> HTML {
        let groups: [HTML] = section.groups.map { group in
            let name: HTML = group.key.map { "<p class=\"group\">\(t($0))</p>" } ?? .empty
            return "<li>\(name)<ul>\(entries(of: group))</ul></li>"
        }
        return "\(section.items.map(entry))\(groups)"
    }

    private func entry(_ item: NavigationItem) -> HTML {
        let isCurrent = item == current
        let picture = item.icon.map { icon($0) } ?? .empty
        let count: HTML =
            item.path == "/inbox" && unread > 0
            ? """
            <span class="count" aria-hidden="true">\(t.number(unread))</span>\
            <span class="unseen">\(t("frame.unreadCount", count: unread))</span>
            """ : .empty
        return """
            <li><a href="\(item.path)"\(if: isCurrent, " aria-current=\"page\"")>\(picture)\
            <span>\(t(item.key))</span>\(count)</a></li>
            """
    }
}
