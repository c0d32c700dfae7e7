// SPDX-License-Identifier: Apache-2.0
// Where a person can go. Rooms name their items, Assembly puts them in order.

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

    public init(_ key: String, path: String, roles: Set<Role>) {
        self.key = key
        self.path = path
        self.roles = roles
    }
}

/// Entries under one heading.
public struct NavigationSection: Sendable {
    /// The dictionary key of the heading; nil for entries that need none.
    public let key: String?
    public let items: [NavigationItem]

    public init(_ key: String?, _ items: [NavigationItem]) {
        self.key = key
        self.items = items
    }

    /// The section as somebody with these roles sees it; nil when nothing is left.
    func visible(to roles: Set<Role>) -> NavigationSection? {
        let left = items.filter { !$0.roles.isDisjoint(with: roles) }
        return left.isEmpty ? nil : NavigationSection(key, left)
    }
}
