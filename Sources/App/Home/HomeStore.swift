// SPDX-License-Identifier: Apache-2.0
// Whether a centre has what it needs to begin.
import Storage

/// Looks into other rooms' tables for one row each.
enum HomeStore {
    static func firstSteps(of tenant: TenantID) -> SQL {
        """
        SELECT
            CASE WHEN EXISTS (SELECT 1 FROM service WHERE tenant_id = \(tenant)) THEN 1 ELSE 0 END AS service,
            CASE WHEN EXISTS (SELECT 1 FROM survey_form WHERE tenant_id = \(tenant)) THEN 1 ELSE 0 END AS form,
            CASE WHEN EXISTS (
                SELECT 1 FROM workflow_configuration WHERE tenant_id = \(tenant) AND is_enabled = 1
            ) THEN 1 ELSE 0 END AS configuration,
            CASE WHEN EXISTS (
                SELECT 1 FROM smtp_settings WHERE tenant_id = \(tenant) AND host IS NOT NULL
            ) THEN 1 ELSE 0 END AS mail,
            CASE WHEN EXISTS (
                SELECT 1 FROM api_key WHERE tenant_id = \(tenant) AND revoked_at IS NULL
            ) THEN 1 ELSE 0 END AS api
        """
    }

    static func firstSteps(_ row: Row) throws -> FirstSteps {
        FirstSteps(
            hasService: try row.get("service"), hasForm: try row.get("form"),
            hasConfiguration: try row.get("configuration"), hasMailServer: try row.get("mail"),
            hasKey: try row.get("api"))
    }

    /// What needs attention in a centre, counted up to a limit each.
    static func attention(of tenant: TenantID, since: Moment) -> SQL {
        let first = IDMint.least(atMilliseconds: since.milliseconds)
        let unsent: SQL = "\(MessageState.failed), \(MessageState.bounced), \(MessageState.unknown)"
        return """
            SELECT
                (SELECT COUNT(*) FROM (
                    SELECT 1 FROM message WHERE tenant_id = \(tenant) AND state = \(MessageState.held)
                    LIMIT \(Attention.most)) counted) AS held,
                (SELECT COUNT(*) FROM (
                    SELECT 1 FROM message WHERE tenant_id = \(tenant) AND state IN (\(unsent)) AND id >= \(first)
                    LIMIT \(Attention.most)) counted) AS not_sent,
                (SELECT COUNT(*) FROM person WHERE tenant_id = \(tenant) AND needs_review = 1) AS agents,
                (SELECT COUNT(*) FROM (
                    SELECT 1 FROM interaction_part WHERE tenant_id = \(tenant) AND completed_at >= \(since)
                        AND disposition_text IS NOT NULL
                    LIMIT \(Attention.most)) counted) AS dispositions
            """
    }

    static func attention(_ row: Row) throws -> Attention {
        var attention = Attention()
        attention.held = try row.get("held")
        attention.notSent = try row.get("not_sent")
        attention.unknownAgents = try row.get("agents")
        attention.unknownDispositions = try row.get("dispositions")
        return attention
    }
}
