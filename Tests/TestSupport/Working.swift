// SPDX-License-Identifier: Apache-2.0
// Workers that run while something is tried out.
import Durable
import Storage

/// Runs workers for as long as the body takes, which begins when work of the kind is handed over to them.
public func working(
    _ workers: Workers, on kind: WorkKind, of database: Database, _ body: () async throws -> Void
) async throws {
    let running = Task { try await workers.run() }
    while try await !database.read({ Work.isDoneHere(kind, in: $0) }) { await Task.yield() }
    do {
        try await body()
    } catch {
        running.cancel()
        throw error
    }
    running.cancel()
    try await running.value
}
