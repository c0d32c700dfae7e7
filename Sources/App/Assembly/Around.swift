// SPDX-License-Identifier: Apache-2.0
// What stands around every page of a signed-in person: the navigation in order, unread messages, held mail.
import Foundation
import Markup

extension Otklik {
    /// The navigation of the whole product; the frame leaves out what a person's roles do not allow.
    static let navigation = [
        NavigationSection(nil, [.home, .inbox]),
        NavigationSection("frame.section.quality", [.forms, .records, .workflows, .reports]),
        NavigationSection("frame.section.mail", [.outbox, .emailSettings]),
        NavigationSection("frame.section.centre", [.services, .people, .teams, .apiKeys, .audit]),
    ]

    /// What the frame shows beside a page.
    func around(_ signedIn: SignedIn, _ t: Localizer) async throws -> Surroundings {
        Surroundings(
            navigation: Self.navigation,
            unread: try await rooms.inbox.unread(of: signedIn.person, of: signedIn.tenant),
            banner: try await banner(signedIn, t))
    }

    /// Administrators are told on every page while mail does not leave.
    private func banner(_ signedIn: SignedIn, _ t: Localizer) async throws -> Banner? {
        guard signedIn.roles.contains(.administrator) else { return nil }
        return try await rooms.mailings.banner(of: signedIn.tenant, in: signedIn.timeZone, t: t)
    }
}
