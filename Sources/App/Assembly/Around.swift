// SPDX-License-Identifier: Apache-2.0
// What stands around every page of a signed-in person: the navigation in order, unread messages, held mail.
import Foundation
import Markup

extension Otklik {
    /// The navigation of the whole product, in the manual's order; the frame leaves out what a person's roles do not
    /// allow.
    static let navigation = [
        NavigationSection(nil, [.home, .inbox]),
        NavigationSection(
            "frame.section.configuration", [.services, .workflows],
            groups: [
                NavigationSection("frame.group.quality", [.forms]),
                NavigationSection("frame.group.custom", [.surveyFields]),
                NavigationSection(
                    "frame.group.centre", [.centreSettings, .people, .teams, .apiKeys, .audit],
                    groups: [NavigationSection("frame.group.email", [.emailSettings, .suppressions])]),
            ]),
        NavigationSection(nil, [.reports, .answers, .records, .outbox]),
        NavigationSection("operations.provider", [.centres, .health]),
        NavigationSection("frame.section.settings", [.account, .design]),
    ]

    /// The same for a centre: what belongs to surveys is there while the provider's switch is on.
    static func navigation(hasSurveys: Bool) -> [NavigationSection] {
        guard !hasSurveys else { return navigation }
        return navigation.compactMap { section in section.keeping { !surveySections.contains($0.path) } }
    }

    /// What the frame shows beside a page.
    func around(_ signedIn: SignedIn, _ t: Localizer) async throws -> Surroundings {
        let tenant = try await rooms.accounts.tenant(signedIn.tenant)
        var around = Surroundings(
            navigation: Self.navigation(hasSurveys: signedIn.hasSurveys),
            unread: try await rooms.inbox.unread(of: signedIn.person, of: signedIn.tenant),
            banner: try await banner(signedIn, tenant, t))
        around.centre = tenant.map { CentreMark(name: $0.name, logo: $0.logo.map(Picture.address)) }
        return around
    }

    /// Administrators are told on every page while mail does not leave.
    private func banner(_ signedIn: SignedIn, _ tenant: Tenant?, _ t: Localizer) async throws -> Banner? {
        guard signedIn.roles.contains(.administrator) else { return nil }
        if !signedIn.hasSurveys, signedIn.roles.contains(.provider) {
            return Banner(
                text: t("operations.surveysOffHere"),
                link: (t("operations.toSwitch"), "/provider/centres/\(signedIn.tenant)"))
        }
        if let tenant, let percent = tenant.storage?.percent(of: tenant.limits), percent >= StorageUse.warningPercent {
            let key = percent >= 100 ? "operations.storageFullHere" : "operations.storageNearlyFullHere"
            return Banner(text: t(key, ["percent": t.number(percent, places: 0)]))
        }
        return try await rooms.mailings.banner(of: signedIn.tenant, in: signedIn.timeZone, t: t)
    }
}
