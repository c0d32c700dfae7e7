// SPDX-License-Identifier: Apache-2.0
// Sessions, one-time links and failed attempts in the database. Tokens are known by their hashes only.
import Foundation
import Storage

/// The tables `session`, `sign_in_link` and `login_attempt`.
struct SessionsStore {
    let tx: any Transaction

    // MARK: Sessions

    func insert(
        hash: [UInt8], person: PersonID, of tenant: TenantID, from origin: RequestOrigin, at now: Moment,
        until end: Moment
    ) throws {
        try tx.execute("DELETE FROM session WHERE expires_at <= \(now)")
        let id: SessionID = tx.new()
        try tx.execute(
            """
            INSERT INTO session (token_hash, id, tenant_id, person_id, address, device, created_at, last_seen_at,
                expires_at)
            VALUES (\(hash), \(id), \(tenant), \(person), \(origin.address), \(origin.device), \(now), \(now), \(end))
            """)
    }

    func delete(hash: [UInt8]) throws { try tx.execute("DELETE FROM session WHERE token_hash = \(hash)") }

    /// Ends one session of a person; false when there is none such.
    func delete(_ session: SessionID, of person: PersonID, _ tenant: TenantID) throws -> Bool {
        try tx.execute(
            "DELETE FROM session WHERE tenant_id = \(tenant) AND person_id = \(person) AND id = \(session)") == 1
    }

    /// Ends all sessions of a person but one, and says how many.
    @discardableResult func deleteAll(
        of person: PersonID, _ tenant: TenantID, except kept: SessionID? = nil
    ) throws -> Int {
        try tx.execute(
            """
            DELETE FROM session
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND id <> \(kept ?? SessionID(raw: 0))
            """)
    }

    /// Notes that a session was seen.
    func see(_ hash: [UInt8], from address: String, at now: Moment) throws {
        try tx.execute(
            """
            UPDATE session SET last_seen_at = \(now), address = \(String(address.prefix(64)))
            WHERE token_hash = \(hash)
            """)
    }

    /// A person's sessions, the one that was seen last first.
    func sessions(of person: PersonID, _ tenant: TenantID, at now: Moment) throws -> [Session] {
        try tx.query(
            """
            SELECT id, address, device, created_at, last_seen_at FROM session
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND expires_at > \(now)
            ORDER BY last_seen_at DESC, id DESC LIMIT 100
            """
        ).map { row in
            Session(
                id: try row.at(0), address: try row.at(1), device: try row.at(2), begunAt: try row.at(3),
                seenAt: try row.at(4))
        }
    }

    /// Who a session belongs to: one row for each of the person's roles and supervised teams.
    static func holder(hash: [UInt8], at now: Moment) -> SQL {
        """
        SELECT s.tenant_id, s.person_id, p.login, p.first_name, p.last_name, p.language,
            COALESCE(p.time_zone, t.time_zone) AS time_zone, t.surveys_enabled, r.role, v.team_id, s.id, s.last_seen_at,
            p.theme
        FROM session s
        JOIN person p ON p.tenant_id = s.tenant_id AND p.id = s.person_id AND p.is_active = 1
        JOIN tenant t ON t.id = s.tenant_id AND t.archived_at IS NULL
        LEFT JOIN person_role r ON r.tenant_id = s.tenant_id AND r.person_id = s.person_id
        LEFT JOIN supervised_team v ON v.tenant_id = s.tenant_id AND v.person_id = s.person_id
        WHERE s.token_hash = \(hash) AND s.expires_at > \(now)
        """
    }

    static func holder(_ rows: [Row], formToken: String) throws -> SignedIn? {
        guard let first = rows.first else { return nil }
        let names = [try first.get("first_name", as: String.self), try first.get("last_name", as: String.self)]
        let name = names.filter { !$0.isEmpty }.joined(separator: " ")
        var signedIn = SignedIn(
            tenant: try first.get("tenant_id"), person: try first.get("person_id"),
            name: name.isEmpty ? try first.get("login") : name,
            roles: Set(try rows.compactMap { try $0.get("role", as: String?.self).flatMap(Role.init(rawValue:)) }),
            supervisedTeams: Set(try rows.compactMap { try $0.get("team_id", as: TeamID?.self) }),
            language: try first.get("language"), timeZone: try first.get("time_zone"), formToken: formToken)
        signedIn.session = try first.get("id")
        signedIn.hasSurveys = try first.get("surveys_enabled")
        signedIn.theme = try first.get("theme")
        return signedIn
    }

    // MARK: One-time links

    /// Makes a link, and forgets those that ended long ago.
    func insert(_ link: SignInLink, hash: [UInt8], id: SignInLinkID? = nil, at now: Moment) throws {
        try tx.execute("DELETE FROM sign_in_link WHERE expires_at < \(now.adding(days: -30))")
        try tx.execute(
            """
            INSERT INTO sign_in_link (token_hash, id, tenant_id, person_id, purpose, created_at, expires_at)
            VALUES (\(hash), \(id ?? tx.new()), \(link.tenant), \(link.person), \(link.purpose.rawValue), \(now),
                \(link.expiresAt))
            """)
    }

    /// A link that can still be used.
    func link(hash: [UInt8], at now: Moment) throws -> SignInLink? {
        try tx.one(
            """
            SELECT tenant_id, person_id, purpose, expires_at FROM sign_in_link
            WHERE token_hash = \(hash) AND used_at IS NULL AND expires_at > \(now) AND EXISTS (
                SELECT 1 FROM tenant t WHERE t.id = sign_in_link.tenant_id AND t.archived_at IS NULL)
            """
        ).map(Self.link)
    }

    /// Uses a link up; nil when it was used before or has expired. Of two that try at once, one succeeds.
    func useLink(hash: [UInt8], at now: Moment) throws -> SignInLink? {
        try tx.one(
            """
            UPDATE sign_in_link SET used_at = \(now)
            WHERE token_hash = \(hash) AND used_at IS NULL AND expires_at > \(now)
            RETURNING tenant_id, person_id, purpose, expires_at
            """
        ).map(Self.link)
    }

    /// Ends the unused links of one purpose, before a new one is made.
    func deleteLinks(of person: PersonID, _ tenant: TenantID, _ purpose: SignInLink.Purpose) throws {
        try tx.execute(
            """
            DELETE FROM sign_in_link
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND purpose = \(purpose.rawValue)
            """)
    }

    /// Ends all links of a person.
    func deleteLinks(of person: PersonID, _ tenant: TenantID) throws {
        try tx.execute("DELETE FROM sign_in_link WHERE tenant_id = \(tenant) AND person_id = \(person)")
    }

    /// When a person's latest link of each purpose was made, as far back as links are kept.
    func lately(_ person: PersonID, _ tenant: TenantID) throws -> [SignInLink.Purpose: Moment] {
        let rows = try tx.query(
            """
            SELECT purpose, MAX(created_at) FROM sign_in_link
            WHERE tenant_id = \(tenant) AND person_id = \(person) GROUP BY purpose
            """)
        return Dictionary(try rows.map { (try $0.at(0), try $0.at(1)) }, uniquingKeysWith: { first, _ in first })
    }

    private static func link(_ row: Row) throws -> SignInLink {
        SignInLink(
            tenant: try row.get("tenant_id"), person: try row.get("person_id"), purpose: try row.get("purpose"),
            expiresAt: try row.get("expires_at"))
    }

    /// Whether anybody at all can sign in with a password.
    func isAnybodyAble() throws -> Bool {
        try tx.one("SELECT 1 AS found FROM person WHERE password_hash IS NOT NULL AND is_active = 1 LIMIT 1") != nil
    }

    // MARK: Attempts

    /// Counts an attempt; nil when it comes too soon after failed ones. After a quarter of an hour of rest the count
    /// begins again. Of attempts made at once each sees the others.
    func countAttempt(_ subject: String, _ patience: Patience, at now: Moment) throws -> Int? {
        try tx.one(
            """
            INSERT INTO login_attempt (subject, failures, refused, last_at) VALUES (\(subject), 1, 0, \(now))
            ON CONFLICT (subject) DO UPDATE SET
                failures = CASE WHEN login_attempt.last_at < \(now.adding(seconds: -900)) THEN 1
                    ELSE login_attempt.failures + 1 END,
                refused = CASE WHEN login_attempt.last_at < \(now.adding(seconds: -900)) THEN 0
                    ELSE login_attempt.refused END,
                last_at = \(now)
            WHERE login_attempt.last_at <= CASE
                WHEN login_attempt.failures < \(patience.free) THEN \(now)
                WHEN login_attempt.failures < \(patience.free * 2) THEN \(now.adding(seconds: -patience.first))
                ELSE \(now.adding(seconds: -patience.later)) END
            RETURNING failures
            """
        )?.at(0)
    }

    /// Takes back what was counted of somebody who has shown the right password; what others have done stays counted.
    func forgive(_ subjects: [String]) throws {
        let list = SQL.list(subjects)
        try tx.execute("UPDATE login_attempt SET failures = failures - 1 WHERE subject IN (\(list)) AND failures > 0")
    }

    /// Counts an attempt that came too soon, and says how many that are.
    func countRefused(_ subject: String) throws -> Int {
        try tx.one("UPDATE login_attempt SET refused = refused + 1 WHERE subject = \(subject) RETURNING refused")?
            .at(0) ?? 0
    }

    /// Forgets old attempts, so that the table stays small.
    func forgetAttempts(before moment: Moment) throws {
        try tx.execute("DELETE FROM login_attempt WHERE last_at < \(moment)")
    }
}
