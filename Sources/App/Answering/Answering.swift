// SPDX-License-Identifier: Apache-2.0
// The room's face: what stands behind a survey link, and what a submit becomes (spec 3.5).
import Foundation
import Markup
import NIOConcurrencyHelpers
import Storage

/// The public survey page and its answers.
public struct Answering: Sendable {
    let installation: Installation
    let accounts: Accounts
    let surveys: Surveys
    let invitations: Invitations
    /// Who hears of counted answers, in the same transaction (Statistics).
    let submitted: @Sendable (AnswersSubmitted, any Transaction, Moment) throws -> Void
    private let centres = Centres()
    let sheets = SurveySheets()
    let styles = SurveyStyles()
    let fetches = SurveyFetches()

    public init(
        installation: Installation, accounts: Accounts, surveys: Surveys, invitations: Invitations,
        submitted: @escaping @Sendable (AnswersSubmitted, any Transaction, Moment) throws -> Void
    ) {
        self.installation = installation
        self.accounts = accounts
        self.surveys = surveys
        self.invitations = invitations
        self.submitted = submitted
    }

    /// Counted answers of the centre's forms, each up to the list's limit.
    public func answersByForm(of tenant: TenantID, in tx: any Transaction) throws -> [FormID: Int] {
        try AnsweringStore.countByForm(of: tenant, limit: SurveyLimits.answersCounted, in: tx)
    }

    /// What is shown of a centre, and where its days begin. Asked again after a few seconds: it seldom changes.
    func centre(_ tenant: TenantID, at now: Moment) async throws -> Centre {
        if let kept = centres.find(tenant, at: now) { return kept }
        let found = try await accounts.tenant(tenant)
        let sign = found.map { CentreSign(name: $0.name, logo: $0.logo) } ?? .none
        let centre = Centre(sign: sign, zone: found?.zone ?? .gmt)
        centres.keep(centre, of: tenant, at: now)
        return centre
    }

    /// Everything about a link, by one read; nil when the link is unknown.
    func behind(token: String, at now: Moment) async throws -> SurveyLink? {
        guard let (invitation, form) = try await invitations.link(token: token),
            let newest = try await surveys.version(form.version, of: invitation.tenant)
        else { return nil }
        let centre = try await centre(invitation.tenant, at: now)
        return SurveyLink(invitation: invitation, form: form, version: newest, centre: centre)
    }

    /// Our words for a form in a language: English where we do not speak it.
    func words(_ language: String) -> Localizer {
        installation.catalogue.localizer(SurveyShell.primary(of: language))
    }
}

/// What says on a page whose survey it is: the centre's logo where it has one, and its name.
struct CentreSign: Sendable, Hashable {
    static let none = CentreSign(name: "")

    let name: String
    /// A picture by its name.
    var logo: String?

    /// A logo says the name to those who do not see it.
    var html: HTML {
        guard let logo else { return HTML(name) }
        return "<img class=\"logo\" src=\"\(Picture.address(of: logo))\" alt=\"\(name)\">"
    }
}

/// A contact centre as its customers see it.
struct Centre: Sendable, Equatable {
    let sign: CentreSign
    let zone: TimeZone
}

/// What a link leads to.
struct SurveyLink: Sendable {
    let invitation: Invitation
    let form: SurveyForm
    /// The version to show: the form's newest, or the one that a page was issued with.
    var version: SurveyVersion
    let centre: Centre

    /// The language to show: the wished one when the form has it, else the invitation's.
    func language(wished: String?) -> FormLanguage? {
        let languages = version.content.languages
        // Mostly the tag is the form's own, letter by letter.
        let plain = wished ?? invitation.language
        if let found = languages.first(where: { $0.language == plain }) { return found }
        let tags = languages.map(\.language)
        let exact = wished.flatMap { wish in tags.first { $0.lowercased() == wish.lowercased() } }
        let tag = exact ?? invitation.language(among: tags)
        return languages.first { $0.language == tag }
    }

    /// Until when a counted answer may be changed; nil when it may not.
    func changeableUntil(at now: Moment) -> Moment? {
        guard form.editHours > 0, !form.isClosed, let answeredAt = invitation.answeredAt else { return nil }
        let end = answeredAt.adding(hours: Int64(form.editHours))
        return end > now ? end : nil
    }

    /// Where the link stands at a moment.
    func standing(at now: Moment) -> SurveyStanding {
        if invitation.state == .answered || invitation.answeredAt != nil {
            return .answered(changeableUntil: changeableUntil(at: now))
        }
        if form.isClosed { return .closed }
        if invitation.state(at: now) == .expired { return .expired }
        return .open
    }
}

/// Where a link stands.
enum SurveyStanding: Sendable, Equatable {
    case open, closed, expired
    case answered(changeableUntil: Moment?)
}

/// Centres that were asked for a moment ago.
private final class Centres: Sendable {
    private static let limit = 10_000
    private static let keptMilliseconds: Int64 = 5_000
    private let kept = NIOLockedValueBox<[TenantID: (centre: Centre, until: Moment)]>([:])

    func find(_ tenant: TenantID, at now: Moment) -> Centre? {
        kept.withLockedValue { kept in
            guard let found = kept[tenant], found.until > now else { return nil }
            return found.centre
        }
    }

    func keep(_ centre: Centre, of tenant: TenantID, at now: Moment) {
        kept.withLockedValue { kept in
            if kept.count >= Self.limit { kept.removeAll() }
            kept[tenant] = (centre, now.adding(milliseconds: Self.keptMilliseconds))
        }
    }
}
