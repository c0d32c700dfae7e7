// SPDX-License-Identifier: Apache-2.0
// Inviting people and helping those who have forgotten their password, by mail.
import Durable
import Markup
import Storage

extension Accounts {
    /// The kind of work that answers a wish for a new password: nobody can tell by the time that it takes whether
    /// there is such a person, since the page does the same for everybody.
    static let passwordWork = WorkKind("password")

    /// Whether mail to people leaves: by a server, or into the folder of a centre for trying.
    func canMail(of tenant: TenantID, in tx: any Transaction) throws -> Bool {
        if try hasMailServer(tenant, tx) { return true }
        return try TenantsStore(tx: tx).tenant(tenant)?.isForTrying ?? false
    }

    /// Mails somebody a link by which they choose a password within the hour.
    /// - Throws: ``Refusal`` when there is no address, no way to mail, or the person does not work here.
    public func mailLink(to person: Person, by doer: Doer, in tx: any Transaction, at now: Moment) throws {
        try refuseInactive(person)
        guard try canMail(of: person.tenant, in: tx) else {
            throw Refusal(.conflict, code: "no_mail_server", key: "accounts.noMailServer", field: "email")
        }
        let purpose: SignInLink.Purpose = person.canSignIn ? .reset : .invitation
        try mail(person, purpose, askedFrom: nil, in: tx, at: now)
        let action = person.canSignIn ? "accounts.audit.resetSent" : "accounts.audit.invitationSent"
        let entry = doer.did(action, person.id.raw, .object(["login": .string(person.login)]))
        try audit(entry, of: person.tenant, in: tx, at: now)
    }

    private func mail(
        _ person: Person, _ purpose: SignInLink.Purpose, askedFrom: String?, in tx: any Transaction, at now: Moment
    ) throws {
        guard let recipient = person.email.flatMap({ EmailAddress($0) }) else {
            throw Refusal(.conflict, code: "no_address", key: "accounts.noAddress", field: "email")
        }
        guard let tenant = try TenantsStore(tx: tx).tenant(person.tenant) else { throw Refusal.notFound }
        let id: SignInLinkID = tx.new()
        let end = now.adding(hours: AccountsLimits.mailedLinkHours)
        let token = MailedLink.token(id, installation.secret)
        let link = SignInLink(tenant: person.tenant, person: person.id, purpose: purpose, expiresAt: end)
        try SessionsStore(tx: tx).insert(link, hash: token.hash, id: id, at: now)
        let mail = AccountMail(
            person: person, centreName: tenant.name, link: MailedLink.place(of: id, installation.secret),
            isInvitation: purpose == .invitation, askedFrom: askedFrom,
            signInAddress: "\(installation.baseURL)/\(tenant.key)/login")
        let t = installation.catalogue.localizer(person.language)
        let due = AccountMailDue(
            tenant: person.tenant, person: person.id, recipient: recipient, subject: mail.subject(t),
            text: mail.text(t), language: t.language, windowEndsAt: end)
        try mailsDue([due], tx, now)
    }

    // MARK: A forgotten password

    /// Takes a wish for a new password in: the same is done whoever is meant, and whether there is anybody.
    /// - Throws: ``Refusal`` 429 when too many wishes come from one network.
    func askForPassword(_ wanted: String, of tenant: TenantID, from address: String, at now: Moment) async throws {
        let folded = String(wanted.folded.prefix(254))
        try await installation.database.write { tx in
            let attempts = SessionsStore(tx: tx)
            let network = digest("password", networkOf(address))
            guard try attempts.countAttempt(network, .passwordFromAddress, at: now) != nil else {
                throw Refusal(
                    .tooMany, code: "too_many_attempts", key: "accounts.tooManyAttempts",
                    arguments: ["seconds": String(Patience.passwordFromAddress.later)])
            }
            let name = digest("password", tenant.description, folded)
            guard try attempts.countAttempt(name, .passwordOfOne, at: now) != nil else { return }
            let id = try PasswordRequestStore(tx: tx, tenant: tenant).insert(folded, from: address, at: now)
            try Work.schedule(Self.passwordWork, tenant: tenant.raw, subject: id.raw, at: now.milliseconds, in: tx)
        }
    }

    /// Mails links to those who are meant, if there are any: people with an address who can sign in, or were invited.
    func answer(_ request: PasswordRequestID, of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        let store = PasswordRequestStore(tx: tx, tenant: tenant)
        guard let wish = try store.take(request), try canMail(of: tenant, in: tx) else { return }
        let people = try PeopleStore(tx: tx, tenant: tenant).people(meantBy: wish.wanted, limit: 5)
        let links = SessionsStore(tx: tx)
        for person in people where person.email != nil && person.isActive {
            let before = try links.lately(person.id, tenant)
            // One mail in five minutes is enough: the earlier link works on.
            if let asked = before[.forgotten], asked > now.adding(seconds: -300) { continue }
            guard person.canSignIn || before[.invitation] != nil else { continue }
            try mail(person, .forgotten, askedFrom: wish.address, in: tx, at: now)
            let entry = AuditEntry(
                person: nil, actor: "", action: "accounts.audit.passwordForgotten", subject: person.id.raw,
                details: .object(["login": .string(person.login)]), address: wish.address)
            try audit(entry, of: tenant, in: tx, at: now)
        }
    }
}
