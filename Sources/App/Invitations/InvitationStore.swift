// SPDX-License-Identifier: Apache-2.0
// The room's SQL. The gates read rows of rooms above in one statement with the invitations: they are asked for every
// survey, and have to be decided in the transaction that makes it.
import Storage

/// What ``InvitationStore/standing(_:)`` needs to know of a wish.
struct StandingQuestion {
    let interaction: InteractionID
    let form: FormID
    let scope: FormID
    let address: String
    /// From when on invitations count for the limit per year.
    let yearAgo: Moment

    init(_ wish: InvitationWish, _ address: EmailAddress, rules: AskingRules, now: Moment) {
        interaction = wish.interaction
        form = wish.form
        scope = rules.scope(wish.form)
        self.address = address.folded
        yearAgo = now.adding(days: -365)
    }
}

/// Invitations of one centre in one transaction.
struct InvitationStore {
    let tenant: TenantID
    let tx: any Transaction

    private static let columns: SQL = """
        v.id, v.tenant_id, v.interaction_id, v.form_id, v.run_id, v.address_folded, v.language, v.agent_id, v.team_id,
        v.service_id, v.disposition_id, v.channel, v.completed_on, v.state, v.created_at, v.first_sent_at,
        v.expires_at, v.answered_at, v.scores, v.is_test
        """

    /// How many ``columns`` there are.
    private static let columnCount = 20

    /// An invitation with its form, by a link's token.
    static func byToken(_ token: InvitationToken) -> SQL {
        """
        SELECT \(columns), \(SurveyStore.joinedFormColumns) FROM link
        JOIN invitation v ON v.tenant_id = link.tenant_id AND v.id = link.invitation_id
        JOIN survey_form f ON f.tenant_id = v.tenant_id AND f.id = v.form_id
        WHERE link.period = \(token.period) AND link.token_hash = \(token.hash)
        """
    }

    /// Reads a row of ``byToken(_:)``.
    static func link(_ row: Row) throws -> (invitation: Invitation, form: SurveyForm) {
        (try invitation(row), try SurveyStore.form(row, from: columnCount))
    }

    /// Reads ``columns``, by position: every look at a survey page does.
    static func invitation(_ row: Row) throws -> Invitation {
        let scores: String = try row.at(18)
        return Invitation(
            id: try row.at(0), tenant: try row.at(1), interaction: try row.at(2), form: try row.at(3),
            run: try row.at(4),
            belonging: Belonging(
                agent: try row.at(7), team: try row.at(8), service: try row.at(9), disposition: try row.at(10),
                channel: try row.at(11), completedOn: try row.at(12)),
            addressFolded: try row.at(5), language: try row.at(6), state: try row.at(13), createdAt: try row.at(14),
            firstSentAt: try row.at(15), expiresAt: try row.at(16), answeredAt: try row.at(17),
            scores: scores == "{}" ? [:] : try fromJSON(scores), isTest: try row.at(19))
    }

    /// Invitations by their ids, locked until the transaction's end, with their forms' link validity.
    func locked(_ ids: [InvitationID]) throws -> [(invitation: Invitation, validDays: Int)] {
        let rows = try tx.query(Self.locked(ids, of: tenant))
        return try rows.map { (try Self.invitation($0), try $0.at(Self.columnCount, as: Int?.self) ?? 0) }
    }

    static func locked(_ ids: [InvitationID], of tenant: TenantID) -> SQL {
        let list = SQL.list(Set(ids).sorted())
        return """
            SELECT \(columns), (
                SELECT f.valid_days FROM survey_form f WHERE f.tenant_id = v.tenant_id AND f.id = v.form_id
            ) AS valid_days
            FROM invitation v WHERE v.tenant_id = \(tenant) AND v.id IN (\(list)) ORDER BY v.id\(Fragment.forUpdate)
            """
    }

    /// The centre's rules for asking.
    func rules(lookingUp others: @autoclosure () -> [SQL] = []) throws -> AskingRules {
        let rows = try tx.query(
            """
            SELECT CASE WHEN archived_at IS NULL THEN surveys_enabled ELSE 0 END AS surveys_enabled,
                one_survey_per_interaction, ask_within_hours, ask_once_in_days, ask_per_year, ask_share_percent,
                CASE WHEN stored_bytes >= storage_megabytes * CAST(1000000 AS BIGINT) THEN 1 ELSE 0 END AS is_full
            FROM tenant WHERE id = \(tenant)
            """, lookingUp: others())
        guard let row = rows.first else {
            return AskingRules(surveysEnabled: false, onePerInteraction: true, limits: AskingLimits())
        }
        return AskingRules(
            surveysEnabled: try row.get("surveys_enabled"),
            onePerInteraction: try row.get("one_survey_per_interaction"), isStorageFull: try row.get("is_full"),
            limits: AskingLimits(
                withinHours: try row.get("ask_within_hours"), onceInDays: try row.get("ask_once_in_days"),
                perYear: try row.get("ask_per_year"), sharePercent: try row.get("ask_share_percent")))
    }

    /// Lets transactions that count the invitations of the same address wait for each other.
    func lockAddresses(_ addresses: Set<String>) throws {
        guard tx.dialect == .postgres else { return }
        let list = SQL.list(addresses.sorted())
        _ = try tx.query(
            """
            SELECT contact_id FROM contact_email
            WHERE tenant_id = \(tenant) AND address_folded IN (\(list)) ORDER BY address_folded\(Fragment.forUpdate)
            """)
    }

    /// What speaks for or against each wish, in their order; every row is found by an index.
    /// - Parameter countsEarlier: Whether earlier invitations matter; they are not looked for where nobody limits them.
    func standing(_ questions: [StandingQuestion], countsEarlier: Bool) throws -> [Standing] {
        let rows = try tx.query(Self.standing(questions, countsEarlier: countsEarlier, of: tenant))
        return try rows.prefix(questions.count).map { row in
            let asked: [Moment?] = [try row.get("last_asked"), try row.get("last_asked_beside")]
            let askedInYear: [Int] = [try row.get("asked_in_year"), try row.get("asked_in_year_beside")]
            let existing = try row.get("existing_id", as: InvitationID?.self)
            return Standing(
                isFormOpen: try row.get("form_open"), endedAt: try row.get("ended_at"),
                reopenedAt: try row.get("reopened_at"), isSuppressed: try row.get("suppressed"),
                isPerson: try row.get("persons"), lastAsked: asked.compactMap(\.self).max(),
                askedInYear: askedInYear.reduce(0, +),
                existing: try existing.map {
                    Standing.Existing(id: $0, run: try row.get("existing_run"), state: try row.get("existing_state"))
                })
        }
    }

    static func standing(_ questions: [StandingQuestion], countsEarlier: Bool, of tenant: TenantID) -> SQL {
        // The last question is asked several times; see ``SQL/list(_:)``.
        let values = Array(questions.enumerated()).paddedForStatement.map { position, question -> SQL in
            "(\(position), \(question.interaction), \(question.form), \(question.scope), \(question.address))"
        }.joined(separator: ", ")
        let yearAgo = questions.first?.yearAgo ?? Moment(milliseconds: 0)
        return """
            WITH w(n, interaction_id, form_id, scope, address) AS (VALUES \(values))
            SELECT w.n, i.ended_at, i.reopened_at,
                CASE WHEN f.id IS NOT NULL AND f.closed_at IS NULL AND f.archived_at IS NULL
                    THEN 1 ELSE 0 END AS form_open,
                (SELECT COUNT(*) FROM suppression s
                    WHERE s.tenant_id = \(tenant) AND s.address_folded = w.address) AS suppressed,
                (SELECT COUNT(*) FROM person p
                    WHERE p.tenant_id = \(tenant) AND p.email_folded = w.address) AS persons,
                \(countsEarlier ? earlier(since: yearAgo, of: tenant) : nothingEarlier),
                e.id AS existing_id, e.run_id AS existing_run, e.state AS existing_state
            FROM w
            LEFT JOIN survey_form f ON f.tenant_id = \(tenant) AND f.id = w.form_id
            LEFT JOIN interaction i ON i.tenant_id = \(tenant) AND i.id = w.interaction_id
            LEFT JOIN invitation e ON e.tenant_id = \(tenant) AND e.interaction_id = w.interaction_id
                AND e.scope_form_id = w.scope
            ORDER BY w.n
            """
    }

    /// Earlier invitations of the address `w.address`: as the first recipient, and beside others.
    private static func earlier(since yearAgo: Moment, of tenant: TenantID) -> SQL {
        let counts: SQL = "a.is_test = 0 AND a.state NOT IN ('not_sent', 'bounced')"
        let first: SQL = """
            FROM invitation a WHERE a.tenant_id = \(tenant) AND a.address_folded = w.address AND \(counts)
            """
        let beside: SQL = """
            FROM invitation_recipient o JOIN invitation a ON a.tenant_id = o.tenant_id AND a.id = o.invitation_id
            WHERE o.tenant_id = \(tenant) AND o.address_folded = w.address AND \(counts)
            """
        return """
            (SELECT MAX(a.created_at) \(first)) AS last_asked,
            (SELECT COUNT(*) \(first) AND a.created_at > \(yearAgo)) AS asked_in_year,
            (SELECT MAX(a.created_at) \(beside)) AS last_asked_beside,
            (SELECT COUNT(*) \(beside) AND a.created_at > \(yearAgo)) AS asked_in_year_beside
            """
    }

    private static let nothingEarlier: SQL = """
        NULL AS last_asked, 0 AS asked_in_year, NULL AS last_asked_beside, 0 AS asked_in_year_beside
        """

    /// Inserts invitations, unless there is one for the interaction (and form) already; the ids of those inserted.
    func insert(
        _ rows: [(invitation: Invitation, scope: FormID, configuration: ConfigurationID, contact: ContactID?)]
    ) throws -> [InvitationID] {
        try rows.piecesForStatements.flatMap(insertPiece)
    }

    private func insertPiece(
        _ rows: ArraySlice<(invitation: Invitation, scope: FormID, configuration: ConfigurationID, contact: ContactID?)>
    ) throws -> [InvitationID] {
        let values = rows.map { row -> SQL in
            let invitation = row.invitation
            let belonging = invitation.belonging
            return """
                (\(tenant), \(invitation.id), \(invitation.interaction), \(row.scope), \(invitation.form),
                \(invitation.run), \(row.configuration), \(row.contact.sqlValue), \(invitation.addressFolded),
                \(invitation.language.sqlValue), \(belonging.agent.sqlValue), \(belonging.team.sqlValue),
                \(belonging.service),
                \(belonging.disposition.sqlValue), \(belonging.channel), \(belonging.completedOn), \(invitation.state),
                \(invitation.createdAt), \(invitation.createdAt), '{}', 0, \(invitation.isTest))
                """
        }.joined(separator: ", ")
        let inserted = try tx.query(
            """
            INSERT INTO invitation (tenant_id, id, interaction_id, scope_form_id, form_id, run_id, configuration_id,
                contact_id, address_folded, language, agent_id, team_id, service_id, disposition_id, channel,
                completed_on, state, state_at, created_at, scores, fetches, is_test)
            VALUES \(values) ON CONFLICT DO NOTHING RETURNING id
            """)
        return try inserted.map { try $0.get("id") }
    }

    /// Inserts what finds invitations by their tokens.
    func insertLinks(_ links: [(token: InvitationToken, invitation: InvitationID)], key: Int) throws {
        for piece in links.piecesForStatements {
            let values = piece.map { link -> SQL in
                "(\(link.token.period), \(link.token.hash), \(tenant), \(link.invitation), \(key))"
            }.joined(separator: ", ")
            try tx.send("INSERT INTO link (period, token_hash, tenant_id, invitation_id, key_id) VALUES \(values)")
        }
    }

    /// Inserts the recipients of invitations beside the first, which stands in its row.
    func insertRecipients(_ recipients: [(invitation: InvitationID, address: String)]) throws {
        guard !recipients.isEmpty else { return }
        let values = recipients.map { "(\(tenant), \($0.address), \($0.invitation))" as SQL }.joined(separator: ", ")
        try tx.send(
            """
            INSERT INTO invitation_recipient (tenant_id, address_folded, invitation_id)
            VALUES \(values) ON CONFLICT DO NOTHING
            """)
    }

    /// Writes the states of invitations that the transaction has locked.
    func save(_ invitations: [Invitation], at now: Moment) throws {
        let values = invitations.paddedForStatement
            .map { "(\($0.id), \($0.state), \($0.firstSentAt.sqlValue), \($0.expiresAt.sqlValue))" as SQL }
            .joined(separator: ", ")
        try tx.send(
            """
            WITH w(id, state, first_sent_at, expires_at) AS (VALUES \(values))
            UPDATE invitation SET state = w.state, state_at = \(now),
                first_sent_at = CAST(w.first_sent_at AS BIGINT), expires_at = CAST(w.expires_at AS BIGINT)
            FROM w WHERE invitation.tenant_id = \(tenant) AND invitation.id = w.id
            """)
    }

    /// Writes an answered invitation that the transaction has locked.
    func saveAnswered(_ invitation: Invitation, at now: Moment) throws {
        let scores = JSON.object(invitation.scores.mapValues { .number($0) }).text
        try tx.execute(
            """
            UPDATE invitation SET state = \(invitation.state), state_at = \(now), scores = \(scores),
                first_sent_at = \(invitation.firstSentAt.sqlValue), expires_at = \(invitation.expiresAt.sqlValue),
                answered_at = \(invitation.answeredAt.sqlValue)
            WHERE tenant_id = \(tenant) AND id = \(invitation.id)
            """)
    }
}
