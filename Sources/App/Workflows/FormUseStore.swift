// SPDX-License-Identifier: Apache-2.0
// Which forms the workflows of a centre lead to: asked by Surveys.
import Storage

extension Workflows {
    /// The workflows by the forms that their newest versions lead to.
    public func formUses(of tenant: TenantID, in tx: any Transaction) throws -> UsedBy<FormID> {
        try FormUseStore(tenant: tenant, tx: tx).uses()
    }

    /// Whether some version of a workflow has led to a form: then customers may have links to it.
    public func everLed(to form: FormID, of tenant: TenantID, in tx: any Transaction) throws -> Bool {
        try FormUseStore(tenant: tenant, tx: tx).everLed(to: form)
    }
}

/// Forms in scenarios.
struct FormUseStore {
    let tenant: TenantID
    let tx: any Transaction

    /// Two statements, however many there are.
    func uses() throws -> UsedBy<FormID> {
        let active = Set(
            try tx.query(
                """
                SELECT DISTINCT workflow_id FROM workflow_configuration
                WHERE tenant_id = \(tenant) AND is_enabled = 1
                """
            ).map { try $0.at(0, as: WorkflowID.self) })
        var uses: UsedBy<FormID> = [:]
        for entry in try WorkflowDirectoryStore(tenant: tenant, tx: tx).workflows() {
            let use = FormUse(workflow: entry.id, name: entry.name, isActive: active.contains(entry.id))
            for form in Set(entry.scenario?.allBlocks.flatMap(\.forms) ?? []) { uses[form, default: []].append(use) }
        }
        return uses
    }

    /// Scenarios name forms by their ids; a number that only looks like one errs to the safe side.
    func everLed(to form: FormID) throws -> Bool {
        let pattern = "%" + form.description + "%"
        return try tx.one(
            "SELECT 1 FROM workflow_version WHERE tenant_id = \(tenant) AND scenario LIKE \(pattern) LIMIT 1") != nil
    }
}
