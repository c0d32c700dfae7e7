// SPDX-License-Identifier: Apache-2.0
// Runs in the database. A batch costs as many statements as one run: lists of values instead of loops.
import Storage

/// Runs of one centre in one transaction.
struct RunStore {
    let tenant: TenantID
    let tx: any Transaction

    /// A run to be started.
    struct NewRun {
        let id: RunID
        let workflow: WorkflowID
        let version: WorkflowVersionID
        let configuration: ConfigurationID
        let limits: AskingLimits
        let part: String
        let trigger: Trigger.Event
        let variables: RunVariables
        /// What it is started by.
        let event: InteractionCompleted
    }

    /// Inserts runs as they stand now, after their first steps or before.
    /// - Throws: ``Overtaken`` when another transaction has started one of them meanwhile.
    func insert(_ runs: [(new: NewRun, run: Run)], at now: Moment) throws {
        // One order for all transactions, so that two batches wait for each other instead of both giving up.
        let sorted = runs.sorted { one, other in
            (one.run.interaction, one.run.configuration, one.new.part)
                < (other.run.interaction, other.run.configuration, other.new.part)
        }
        for piece in sorted.piecesForStatements { try insertPiece(piece, at: now) }
    }

    private func insertPiece(_ runs: ArraySlice<(new: NewRun, run: Run)>, at now: Moment) throws {
        let values = runs.map { new, run -> SQL in
            """
            (\(tenant), \(run.id), \(run.workflow), \(run.version), \(run.configuration), \(run.interaction),
            \(new.part), \(new.trigger), \(run.agent.sqlValue), \(run.team.sqlValue), \(run.service),
            \(run.disposition.sqlValue), \(run.completedOn), \(run.state), \(run.reason.sqlValue),
            \(run.block.sqlValue), \(run.variables.stored), \(run.dueAt.sqlValue), \(now), \(now), \(run.isTest))
            """
        }.joined(separator: ", ")
        try tx.send(
            """
            INSERT INTO run (tenant_id, id, workflow_id, version_id, configuration_id, interaction_id, part, event,
                agent_id, team_id, service_id, disposition_id, completed_on, state, reason, block, variables, due_at,
                created_at, changed_at, is_test)
            VALUES \(values) ON CONFLICT DO NOTHING
            """, changing: runs.count, otherwise: Overtaken())
    }

    /// Runs that are not over, locked until the transaction's end.
    func locked(_ ids: [RunID]) throws -> [Run] {
        let condition: SQL = "r.id IN (\(Self.list(ids))) AND r.state IN ('ready', 'waiting', 'sending')"
        return try tx.query(Self.locked(condition, of: tenant)).map(run)
    }

    /// A run that a late return of its mail may still send another way, locked; nil when it was ended otherwise, or was
    /// sent another way before.
    func lockedForReturn(_ id: RunID) throws -> Run? {
        let condition: SQL = """
            r.id = \(id) AND r.state IN ('ready', 'waiting', 'sending', 'finished') AND r.late_block IS NULL
            """
        return try tx.one(Self.locked(condition, of: tenant)).map(run)
    }

    /// Runs that wait for news of their mail and have heard none, locked.
    func lockedForSignal(_ ids: [RunID]) throws -> [Run] {
        if ids.isEmpty { return [] }
        return try tx.query(Self.lockedForSignal(ids, of: tenant)).map(run)
    }

    static func lockedForSignal(_ ids: [RunID], of tenant: TenantID) -> SQL {
        locked("r.id IN (\(list(ids))) AND r.state = 'sending' AND r.signal IS NULL", of: tenant)
    }

    /// Remembers the block whose mail came back late.
    func setLate(_ id: RunID, block: String) throws {
        try tx.execute("UPDATE run SET late_block = \(block) WHERE tenant_id = \(tenant) AND id = \(id)")
    }

    private static func locked(_ condition: SQL, of tenant: TenantID) -> SQL {
        """
        SELECT r.id, r.version_id, r.configuration_id, r.interaction_id, r.agent_id, r.team_id, r.service_id,
            r.disposition_id, r.completed_on, r.state, r.reason, r.block, r.signal, r.variables, r.due_at,
            r.created_at, r.is_test, r.workflow_id, r.late_block,
            COALESCE((SELECT c.is_enabled FROM workflow_configuration c
                WHERE c.tenant_id = r.tenant_id AND c.id = r.configuration_id), 0) AS is_enabled,
            COALESCE((SELECT c.limits FROM workflow_configuration c
                WHERE c.tenant_id = r.tenant_id AND c.id = r.configuration_id), '{}') AS limits
        FROM run r
        WHERE r.tenant_id = \(tenant) AND \(condition)
        ORDER BY r.id\(Fragment.forUpdate)
        """
    }

    private func run(_ row: Row) throws -> Run {
        let signal: String? = try row.at(12)
        return Run(
            id: try row.at(0), tenant: tenant, workflow: try row.at(17), version: try row.at(1),
            configuration: try row.at(2), interaction: try row.at(3), agent: try row.at(4), team: try row.at(5),
            service: try row.at(6), disposition: try row.at(7), completedOn: try row.at(8), createdAt: try row.at(15),
            isTest: try row.at(16), isConfigurationEnabled: try row.at(19),
            limits: try Self.limits(try row.at(20)), state: try row.at(9),
            reason: try row.at(10), block: try row.at(11), lateBlock: try row.at(18),
            signal: signal.flatMap(RunSignal.init(text:)),
            variables: RunVariables(stored: try row.at(13)), dueAt: try row.at(14))
    }

    /// A configuration's limits as they are stored; most have none.
    static func limits(_ text: String) throws -> AskingLimits {
        text == "{}" ? AskingLimits() : try fromJSON(text)
    }

    /// Scenarios of versions.
    func scenarios(_ versions: Set<WorkflowVersionID>) throws -> [WorkflowVersionID: String] {
        guard !versions.isEmpty else { return [:] }
        let rows = try tx.query(
            """
            SELECT id, scenario FROM workflow_version
            WHERE tenant_id = \(tenant) AND id IN (\(Self.list(versions.sorted())))
            """)
        return Dictionary(
            try rows.map { (try $0.get("id"), try $0.get("scenario")) }, uniquingKeysWith: { first, _ in first })
    }

    /// What customers have answered to the invitations that runs made; the newest invitation of each counts.
    func surveys(of runs: [Run]) throws -> [RunID: RunVariables.Survey] {
        guard !runs.isEmpty else { return [:] }
        let rows = try tx.query(Self.surveys(of: runs.map { ($0.id, $0.interaction) }, tenant: tenant))
        var surveys: [RunID: RunVariables.Survey] = [:]
        for row in rows {
            let scores: String = try row.get("scores")
            let state: InvitationState = try row.get("state")
            surveys[try row.get("run_id")] = RunVariables.Survey(
                isAnswered: state == .answered, scores: scores == "{}" ? [:] : try fromJSON(scores))
        }
        return surveys
    }

    /// An invitation has its run's interaction, and is found by it.
    static func surveys(of runs: [(run: RunID, interaction: InteractionID)], tenant: TenantID) -> SQL {
        """
        SELECT run_id, state, scores FROM invitation
        WHERE tenant_id = \(tenant) AND interaction_id IN (\(SQL.list(runs.map(\.interaction))))
            AND run_id IN (\(SQL.list(runs.map(\.run))))
        ORDER BY id
        """
    }

    /// Writes runs that the transaction has locked.
    func save(_ steps: [RunStep], at now: Moment) throws {
        guard !steps.isEmpty else { return }
        try saveStates(steps, at: now)
        for step in steps where step.hasNewVariables {
            try tx.send(
                """
                UPDATE run SET variables = \(step.run.variables.stored)
                WHERE tenant_id = \(tenant) AND id = \(step.run.id)
                """)
        }
        try insertLines(of: steps)
    }

    /// Adds what runs have lived through in their steps to their histories.
    func insertLines(of steps: [RunStep]) throws {
        try insertLines(steps.flatMap { step in step.lines.map { (step.run.id, $0) } })
    }

    private func saveStates(_ steps: [RunStep], at now: Moment) throws {
        let values = steps.paddedForStatement.map { step -> SQL in
            let run = step.run
            return """
                (\(run.id), \(run.state), \(run.reason.sqlValue), \(run.block.sqlValue),
                \((run.signal?.text).sqlValue), \(run.dueAt.sqlValue))
                """
        }.joined(separator: ", ")
        try tx.send(
            """
            WITH w(id, state, reason, block, signal, due_at) AS (VALUES \(values))
            UPDATE run SET state = w.state, reason = w.reason, block = w.block, signal = w.signal,
                due_at = CAST(w.due_at AS BIGINT), changed_at = \(now)
            FROM w WHERE run.tenant_id = \(tenant) AND run.id = w.id
            """)
    }

    /// Adds lines to runs' histories.
    func insertLines(_ lines: [(run: RunID, line: RunLine)]) throws {
        for piece in lines.piecesForStatements {
            let values = piece.map { run, line -> SQL in
                let details =
                    line.arguments.isEmpty
                    ? "{}" : JSON.object(line.arguments.mapValues { .string($0) }).text
                return """
                    (\(tenant), \(run), \(tx.newID()), \(line.at), \(line.block), \(line.outcome.rawValue),
                    \(details))
                    """
            }.joined(separator: ", ")
            try tx.send(
                "INSERT INTO run_step (tenant_id, run_id, id, at, block, outcome, details) VALUES \(values)")
        }
    }

    /// Leaves signals with runs that wait for one; the runs that took it. The first signal counts.
    func signal(_ signals: [MailSignal]) throws -> [RunID] {
        guard !signals.isEmpty else { return [] }
        let values = signals.sorted { $0.run < $1.run }.paddedForStatement
            .map { "(\($0.run), CAST(\($0.block) AS TEXT), \($0.signal.text))" as SQL }.joined(separator: ", ")
        return try tx.query(
            """
            WITH w(id, block, signal) AS (VALUES \(values))
            UPDATE run SET signal = w.signal FROM w
            WHERE run.tenant_id = \(tenant) AND run.id = w.id AND run.state = 'sending' AND run.signal IS NULL
                AND (w.block IS NULL OR run.block = w.block)
            RETURNING run.id AS id
            """
        ).map { try $0.get("id") }
    }

    /// Ends an interaction's runs that have not begun to send; their ids and blocks.
    func cancel(of interaction: InteractionID, reason: String, at now: Moment) throws -> [(RunID, String)] {
        try tx.query(
            """
            UPDATE run SET state = 'cancelled', reason = \(reason), due_at = NULL, changed_at = \(now)
            WHERE tenant_id = \(tenant) AND interaction_id = \(interaction) AND state IN ('ready', 'waiting')
            RETURNING id, block
            """
        ).map { (try $0.get("id"), try $0.get("block", as: String?.self) ?? "") }
    }

    /// Those of the runs whose configuration is switched off or gone, trials aside.
    func disabled(_ runs: [RunID]) throws -> Set<RunID> {
        guard !runs.isEmpty else { return [] }
        return Set(
            try tx.query(
                """
                SELECT r.id FROM run r
                LEFT JOIN workflow_configuration c ON c.tenant_id = r.tenant_id AND c.id = r.configuration_id
                WHERE r.tenant_id = \(tenant) AND r.id IN (\(Self.list(runs))) AND r.is_test = 0
                    AND (c.is_enabled IS NULL OR c.is_enabled = 0)
                """
            ).map { try $0.get("id") })
    }

    static func list(_ ids: some Collection<some Identifier>) -> SQL { SQL.list(ids) }
}
