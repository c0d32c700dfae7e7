// SPDX-License-Identifier: Apache-2.0
// Who may go where: every route of the product with those whom it answers. A new route fails the walk until it stands
// here.
import Foundation

@testable import App

/// Whom a route answers.
enum Door: Sendable {
    /// Everybody; nothing of any centre stands there.
    case open
    /// Whoever holds the link: the link is the right.
    case link
    /// Signed-in people with one of the roles.
    case people(Set<Role>)
    /// Programs with a key for this.
    case program(SignedInKey.Scope)

    static let everybody = Door.people(Set(Role.allCases))
    static let administrators = Door.people([.administrator])
    static let supervisors = Door.people([.administrator, .supervisor])
    static let providers = Door.people([.provider])
}

/// The table.
enum WalkTable {
    static let doors: [String: Door] = [
        // Frame, health and the way in.
        "GET /.well-known/security.txt": .open,
        "GET /assets/{hash}/**": .open,
        "GET /favicon.ico": .open,
        "GET /health/live": .open,
        "GET /health/ready": .open,
        "GET /api": .open,
        "GET /api/v1/openapi.json": .open,
        "GET /schema/form-1.json": .open,
        "GET /login": .open,
        "POST /login": .open,
        "GET /{centre}/login": .open,
        "POST /{centre}/login": .open,
        "POST /logout": .open,
        "POST /language": .open,
        "POST /theme": .open,
        "GET /login/code": .open,
        "POST /login/code": .open,
        "GET /login/reset": .open,
        "POST /login/reset": .open,
        "GET /{centre}/login/reset": .open,
        "POST /{centre}/login/reset": .open,
        "GET /sign-in/{token}": .link,
        "POST /sign-in/{token}": .link,

        // Customers.
        "GET /s/{token}": .link,
        "POST /s/{token}": .link,
        "GET /survey-style/{hash}/{tenant}/{version}": .link,
        "GET /pictures/{sha256}": .link,
        "GET /u/{token}": .link,
        "POST /u/{token}": .link,

        // Everybody who works here.
        "GET /": .everybody,
        "GET /account": .everybody,
        "POST /account/password": .everybody,
        "GET /account/profile": .everybody,
        "POST /account/profile": .everybody,
        "POST /account/sessions/revocation": .everybody,
        "POST /account/sessions/{session}/revocation": .everybody,
        "GET /account/second-factor": .everybody,
        "POST /account/second-factor": .everybody,
        "POST /account/second-factor/confirmation": .everybody,
        "POST /account/second-factor/recovery-codes": .everybody,
        "POST /account/second-factor/removal": .everybody,
        "POST /columns": .everybody,
        "GET /inbox": .everybody,
        "POST /inbox/reading": .everybody,
        "POST /inbox/{message}/reading": .everybody,

        // Reports, records, outbox.
        "GET /reports": .supervisors,
        "GET /answers": .supervisors,
        "GET /forms/{id}/answers": .supervisors,
        "GET /forms/{id}/answers/distribution": .supervisors,
        "GET /forms/{id}/answers/notes": .supervisors,
        "GET /forms/{id}/answers/export": .supervisors,
        "GET /forms/{id}/answers/{submission}": .supervisors,
        "POST /forms/{id}/answers/{submission}/counting": .supervisors,
        "GET /records": .supervisors,
        "GET /records/{id}": .supervisors,
        "GET /outbox": .supervisors,
        "GET /outbox/reports": .administrators,
        "GET /outbox/resending": .administrators,
        "POST /outbox/resending": .administrators,
        "GET /outbox/cancellation": .administrators,
        "POST /outbox/cancellation": .administrators,
        "GET /outbox/{id}": .supervisors,
        "GET /outbox/{id}/preview": .administrators,

        // Configuration.
        "GET /forms": .administrators,
        "GET /forms/{id}/preview": .administrators,
        "GET /fields": .administrators,
        "GET /fields/new": .administrators,
        "POST /fields/new": .administrators,
        "GET /fields/{id}": .administrators,
        "POST /fields/{id}": .administrators,
        "GET /fields/{id}/removal": .administrators,
        "POST /fields/{id}/removal": .administrators,
        "POST /fields/{id}/restoration": .administrators,
        "POST /forms/pictures": .administrators,
        "GET /forms/new": .administrators,
        "POST /forms/new": .administrators,
        "POST /forms/check": .administrators,
        "POST /forms/draft/preview": .administrators,
        "GET /forms/{id}/edit": .administrators,
        "POST /forms/{id}/edit": .administrators,
        "GET /forms/{id}/versions": .administrators,
        "GET /forms/{id}/versions/{number}/preview": .administrators,
        "POST /forms/{id}/versions/{number}/restoration": .administrators,
        "GET /forms/archive": .administrators,
        "GET /forms/import": .administrators,
        "POST /forms/import": .administrators,
        "GET /forms/{id}/export": .administrators,
        "GET /forms/templates": .administrators,
        "POST /forms/{id}/copies": .administrators,
        "GET /forms/{id}/name": .administrators,
        "POST /forms/{id}/name": .administrators,
        "GET /forms/{id}/deletion": .administrators,
        "POST /forms/{id}/deletion": .administrators,
        "POST /forms/{id}/restoration": .administrators,
        "POST /forms/{id}/closing": .administrators,
        "POST /forms/{id}/opening": .administrators,
        "GET /services": .administrators,
        "GET /services/{id}": .administrators,
        "GET /workflows": .administrators,
        "GET /workflows/runs/{run}": .administrators,
        "POST /workflows/configurations/{configuration}/enabling": .administrators,
        "POST /workflows/configurations/{configuration}/disabling": .administrators,
        "GET /settings/centre": .administrators,
        "POST /settings/centre": .administrators,
        "POST /settings/centre/logo": .administrators,
        "POST /settings/centre/logo/removal": .administrators,
        "GET /settings/centre/logo/removal": .administrators,
        "GET /settings/hours": .administrators,
        "POST /settings/hours": .administrators,
        "GET /settings/retention": .administrators,
        "POST /settings/retention": .administrators,
        "GET /settings/email": .administrators,
        "POST /settings/email": .administrators,
        "POST /settings/email/check": .administrators,
        "GET /settings/email/dns": .administrators,
        "GET /settings/email/mailbox": .administrators,
        "POST /settings/email/mailbox": .administrators,
        "POST /settings/email/mailbox/check": .administrators,
        "POST /settings/email/mailbox/removal": .administrators,
        "GET /suppressions": .administrators,
        "POST /suppressions": .administrators,
        "GET /suppressions/removal": .administrators,
        "POST /suppressions/removal": .administrators,
        "POST /suppressions/import": .administrators,
        "GET /suppressions/export": .administrators,
        "GET /settings/people": .administrators,
        "GET /settings/people/new": .administrators,
        "POST /settings/people/new": .administrators,
        "GET /settings/people/{person}": .administrators,
        "POST /settings/people/{person}": .administrators,
        "POST /settings/people/{person}/link": .administrators,
        "POST /settings/people/{person}/mail": .administrators,
        "POST /settings/people/{person}/activation": .administrators,
        "GET /settings/people/{person}/deactivation": .administrators,
        "POST /settings/people/{person}/deactivation": .administrators,
        "POST /settings/people/{person}/sessions/revocation": .administrators,
        "GET /settings/people/{person}/second-factor/removal": .administrators,
        "POST /settings/people/{person}/second-factor/removal": .administrators,
        "GET /settings/teams": .administrators,
        "POST /settings/teams": .administrators,
        "GET /settings/teams/{team}": .administrators,
        "POST /settings/teams/{team}": .administrators,
        "GET /settings/teams/{team}/archiving": .administrators,
        "POST /settings/teams/{team}/archiving": .administrators,
        "POST /settings/teams/{team}/restoration": .administrators,
        "POST /settings/teams/{team}/members": .administrators,
        "POST /settings/teams/{team}/members/{person}/removal": .administrators,
        "POST /settings/teams/{team}/supervisors": .administrators,
        "POST /settings/teams/{team}/supervisors/{person}/removal": .administrators,
        "GET /settings/audit": .administrators,
        "GET /design": .administrators,
        "GET /design/progress": .administrators,
        "GET /design/question": .administrators,
        "POST /design/answer": .administrators,
        "POST /design/undo": .administrators,
        "GET /settings/api-keys": .administrators,
        "POST /settings/api-keys": .administrators,
        "GET /settings/api-keys/{key}/revocation": .administrators,
        "POST /settings/api-keys/{key}/revocation": .administrators,

        // The installation.
        "GET /provider/centres": .providers,
        "GET /provider/centres/new": .providers,
        "POST /provider/centres/new": .providers,
        "GET /provider/centres/{centre}": .providers,
        "POST /provider/centres/{centre}/surveys": .providers,
        "POST /provider/centres/{centre}/limits": .providers,
        "POST /provider/centres/{centre}/links/{person}": .providers,
        "GET /provider/centres/{centre}/archiving": .providers,
        "POST /provider/centres/{centre}/archiving": .providers,
        "POST /provider/centres/{centre}/reactivation": .providers,
        "GET /provider/health": .providers,

        // Programs.
        "POST /api/v1/completions": .program(.interactionsWrite),
        "GET /api/v1/interactions/{externalId}": .program(.interactionsRead),
        "PUT /api/v1/interactions/{externalId}": .program(.interactionsWrite),
        "POST /api/v1/interactions/{externalId}/completions": .program(.interactionsWrite),
        "PUT /api/v1/interactions/{externalId}/completions/{part}": .program(.interactionsWrite),
        "POST /api/v1/interactions/{externalId}/end": .program(.interactionsWrite),
        "POST /api/v1/interactions/{externalId}/reopening": .program(.interactionsWrite),
        "GET /api/v1/reports/summary": .program(.reportsRead),
        "POST /api/v1/mail/reports": .program(.mailWrite),
    ]

    /// Where another centre's id is passed over in silence: nothing is changed and the person's own list is shown.
    static let silent: Set<String> = ["POST /inbox/{message}/reading"]

    /// Where a walk with nothing filled in names a thing that is not there: not found is an answer, too.
    static let nameless: Set<String> = [
        "GET /suppressions/removal", "POST /suppressions/removal", "POST /account/sessions/{session}/revocation",
    ]

    /// Policies that allow more than the pages', with what that is: an author's mail stands in a
    /// sandbox without scripts.
    static let policies: [String: String] = ["GET /outbox/{id}/preview": "style-src 'unsafe-inline'"]
}
