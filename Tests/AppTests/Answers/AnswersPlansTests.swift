// SPDX-License-Identifier: Apache-2.0
// Pages of answers are found by indexes on both engines, in the order in which they are shown.
import Foundation
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct AnswersPlansTests {
    private static let tenant = TenantID(raw: 1)
    private static let form = FormID(raw: 1)
    private static let place = SubmissionPlace(at: Moment(milliseconds: 1), id: SubmissionID(raw: 1))

    private static func span(teams: Set<TeamID>? = nil) -> AnswersSpan {
        var filter = AnswersFilter(from: LocalDay(number: 20_260_101), to: LocalDay(number: 20_260_131))
        filter.teams = teams
        return AnswersSpan(tenant: tenant, form: form, filter: filter, zone: .gmt)
    }

    private static let asked: [String: SQL] = [
        "a page": AnswersStore.page(span(), after: place, limit: 50),
        "a page of a team's": AnswersStore.page(span(teams: [TeamID(raw: 1)]), after: place, limit: 50),
        "the newer neighbour": AnswersStore.newer(span(), than: place),
        "one": AnswersStore.one(SubmissionID(raw: 1), span()),
        "one customer's": AnswersStore.history(InvitationID(raw: 1), of: tenant),
        "a page of notes": AnswersStore.notes(span(), after: place, limit: 50),
        "answers of a page": AnswersStore.answers([SubmissionID(raw: 1), SubmissionID(raw: 2)], of: tenant),
        "what was shown": AnswersStore.shown(span()),
        "a spread": AnswersStore.groups(span()),
        "how many notes": AnswersStore.noteCounts(span()),
        "forms with their last answers": AnswersStore.forms(of: tenant),
        "a form's versions": AnswersStore.versions(of: form, tenant: tenant),
    ]

    @Test(arguments: engines, asked.keys.sorted()) func `it is found by an index`(
        _ engine: Dialect, _ name: String
    ) async throws {
        let statement = try #require(Self.asked[name])
        try await withAppDatabase(engine) { database in
            let plan = try await database.write { tx -> [String] in
                guard engine == .postgres else {
                    return try tx.query("EXPLAIN QUERY PLAN \(statement)").map { try $0.get("detail") }
                }
                // Empty tables are read through, unless there is an index and that is forbidden.
                try tx.execute("SET LOCAL enable_seqscan = off")
                return try tx.query("EXPLAIN \(statement)").map { try $0.at(0) }
            }
            #expect(!plan.isEmpty)
            // What is read through may only be what a page has found before.
            let own = ["page_of_notes", "chosen", "CONSTANT"]
            #expect(plan.filter { step in step.hasPrefix("SCAN") && !own.contains { step.contains($0) } } == [])
            #expect(plan.filter { $0.contains("Seq Scan") } == [])
            let isPage = name.hasPrefix("a page") || name == "the newer neighbour"
            if isPage { #expect(plan.contains { $0.contains("submission_form") }, "\(plan)") }
            if engine == .sqlite, isPage, !name.hasSuffix("notes") {
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
            }
        }
    }
}
