// SPDX-License-Identifier: Apache-2.0
// The codes by which programs know refusals: those that the code throws are those that the description names.
import Testing

@testable import App

@Suite struct APICodesTests {
    /// Where the API's refusals are made.
    private static let files = Repository.rooms.filter { file in
        let names = [
            "ReportForm", "MailReportForm", "JSONBody", "FormInput", "ErrorMiddleware", "WebContext", "RateLimit",
        ]
        return file.room == "Interactions" || names.contains { file.path.hasSuffix("/\($0).swift") }
    }
    /// Said on pages, or of addresses that are not there.
    private static let others: Set<String> = [
        "sign_in_required", "forbidden", "not_found", "method_not_allowed", "refused",
        "malformed",
    ]

    @Test func `every code that the API's calls refuse with is described`() {
        var thrown: Set<String> = []
        for file in Self.files where !file.name.hasSuffix("API.swift") {
            let calls = file.text.matches(of: /(?:code: |refused\(\s*|\.init\()"([a-z]+(?:_[a-z]+)*)"/)
            thrown.formUnion(calls.map { String($0.output.1) })
        }
        let sections = [APISection.interactions, .records, .reports, .mail, .description]
        let operations = sections.flatMap(\.operations)
        var described = Set(operations.flatMap(\.allProblems).flatMap(\.problems).map(\.code))
        described.formUnion(InteractionObjects.warnings)
        // An item of a list that could not be saved.
        described.insert("failed")
        #expect(thrown.subtracting(described).subtracting(Self.others).sorted() == [])
        #expect(described.subtracting(thrown).sorted() == [])
    }
}
