// SPDX-License-Identifier: Apache-2.0
// A connection's transactions: what begins and ends them travels along with their statements.
import CPostgres

extension PostgresConnection {
    /// A statement with so much to say is worth a packet.
    private static let sentAtOnceBytes = 2048

    /// Begins a reading transaction, along with its first statement.
    func beginReading() throws {
        hasAnswered = false
        try sendAlong("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    /// Begins a writing transaction, along with its first statement.
    func beginWriting() throws {
        hasAnswered = false
        try sendAlong("BEGIN READ WRITE")
        for setting in Self.writerSettings { try sendAlong("SET LOCAL \(setting)") }
        plansOnce = true
    }

    /// Waits for the answers that must be known before COMMIT is on its way: what a statement was to change, and any
    /// one since the transaction began. A connection that was lost while nobody used it is so noticed while the
    /// transaction may still be run again.
    func settleBeforeCommit() throws {
        if !hasAnswered || pipeline.expects { try settle() }
    }

    /// Commits along with what has been sent.
    /// - Throws: When PostgreSQL answered that it has rolled back instead, or did not answer.
    func commit() throws {
        plansOnce = false
        try sendAlong("COMMIT")
        let result = try answer()
        defer { PQclear(result) }
        guard String(cString: PQcmdStatus(result)) == "COMMIT" else {
            throw StorageError.statement("COMMIT", code: "40000", message: "The transaction was rolled back.")
        }
    }

    func rollBack() throws {
        guard !isLost else { return }
        plansOnce = false
        passOver()
        guard !isLost, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
        try perform("ROLLBACK")
    }

    /// Waits for the answers to what was sent, whatever they are: it is undone.
    private func passOver() {
        guard !pipeline.isEmpty else { return }
        let answers = pipeline.finish()
        PQclear(answers?.last)
        PQclear(answers?.failed?.result)
        if answers == nil { isUseless = true }
    }

    /// Undoes what came after a savepoint, and how plans were made there.
    func rollBack(to savepoint: StaticString) throws {
        passOver()
        try perform("ROLLBACK TO SAVEPOINT \(savepoint)")
        plansOnce = true
    }

    func send(text: String, values: [SQLValue], expecting expectation: Expectation?) throws {
        guard text.utf8.count <= Self.keptTextBytes else {
            let changes = try run(text: text, values: values).changes
            try expectation?.check(changes)
            return
        }
        var parameters = PostgresParameters(values)
        let statement = try statement(text, values.map(PostgresParameters.type))
        try planByValuesIfNeeded(statement)
        try sendAlong(text, expecting: expectation) { parameters.send(prepared: statement.name ?? "", on: $0) }
        if pipeline.isFull {
            try settle()
        } else if parameters.byteCount >= Self.sentAtOnceBytes {
            // PostgreSQL carries it out while the next one is put together. What fails is found with the answer.
            _ = PQflush(handle)
        }
    }

    /// Waits until everything that was sent has been carried out.
    func settle() throws {
        if !pipeline.isEmpty { PQclear(try answer()) }
    }

    /// The last answer to what was sent.
    func answer() throws -> OpaquePointer? {
        guard let answers = pipeline.finish() else {
            isUseless = true
            throw StorageError.unavailable("The connection to PostgreSQL was lost.")
        }
        hasAnswered = true
        if answers.failed == nil, answers.unmet == nil { return answers.last }
        defer {
            PQclear(answers.last)
            PQclear(answers.failed?.result)
        }
        // What was not met came first: nothing is carried out after a failure.
        if let unmet = answers.unmet { throw unmet }
        if let failed = answers.failed { try check(failed.result, failed.text) }
        return nil
    }

    func lookUp(text: String, values: [SQLValue]) throws -> (any LookUp)? {
        guard text.utf8.count <= Self.keptTextBytes else { return nil }
        var parameters = PostgresParameters(values)
        let statement = try statement(text, values.map(PostgresParameters.type))
        try planByValuesIfNeeded(statement)
        let lookUp = PostgresLookUp(text: text, statement: statement, connection: self)
        try sendAlong(text, answering: lookUp) { parameters.send(prepared: statement.name ?? "", on: $0) }
        if pipeline.isFull { try settle() }
        return lookUp
    }

    /// Sends a statement that nobody waits for.
    func sendAlong(
        _ text: String, expecting expectation: Expectation? = nil, answering lookUp: PostgresLookUp? = nil,
        _ send: ((OpaquePointer) -> Int32)? = nil
    ) throws {
        let isSent = pipeline.add(text, expecting: expectation, answering: lookUp) { handle in
            send?(handle) ?? PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 1)
        }
        if isSent { return }
        if isLost { throw StorageError.unavailable("The connection to PostgreSQL was lost.") }
        throw StorageError.statement(text, code: "", message: "The statement could not be sent.")
    }

    /// Lets a statement be planned for its values, and all that follow in this transaction.
    func planByValuesIfNeeded(_ statement: PostgresStatement) throws {
        guard plansOnce, statement.isPlannedByValues else { return }
        plansOnce = false
        try sendAlong("SET LOCAL plan_cache_mode = auto")
    }
}
