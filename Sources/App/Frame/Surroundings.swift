// SPDX-License-Identifier: Apache-2.0
// What stands around every page and is not the page's own: navigation, banner, count of unread messages, assets.
import Markup

/// What the frame knows about one request, beside who is asking.
public struct Surroundings: Sendable {
    /// Only what the person's roles allow.
    public var navigation: [NavigationSection]
    /// Whose pages these are.
    public var centre: CentreMark?
    /// Messages in the inbox that were not read.
    public var unread: Int
    /// Something that concerns the whole centre, such as «Отправка остановлена…».
    public var banner: Banner?
    /// The outcome of the last action, said once.
    public var flash: Flash?
    /// The address asked for, with its query: where the language switch returns to.
    public var path: String
    /// What was chosen in this browser.
    public var preferences: Preferences

    public init(
        navigation: [NavigationSection] = [], unread: Int = 0, banner: Banner? = nil, flash: Flash? = nil,
        path: String = "/"
    ) {
        self.navigation = navigation
        self.unread = unread
        self.banner = banner
        self.flash = flash
        self.path = path
        preferences = Preferences()
    }
}

/// The contact centre's name and picture, above its navigation.
public struct CentreMark: Sendable {
    public let name: String
    /// The address of its logo; nil where it has none.
    public let logo: String?

    public init(name: String, logo: String? = nil) {
        self.name = name
        self.logo = logo
    }
}

/// A sentence over every page until its cause is gone.
public struct Banner: Sendable {
    public let text: String
    /// Where it can be mended.
    public let link: (label: String, path: String)?

    public init(text: String, link: (label: String, path: String)? = nil) {
        self.text = text
        self.link = link
    }
}

/// A sentence that is shown once, on the page after the action: its dictionary key and what stands in its holes.
public struct Flash: Sendable, Equatable {
    public let key: String
    public let arguments: [String: String]
    /// Where a post takes the action back; nil where nothing can.
    public let undo: String?

    public init(_ key: String, _ arguments: [String: String] = [:], undo: String? = nil) {
        self.key = key
        self.arguments = arguments
        self.undo = undo
    }
}
