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
}
