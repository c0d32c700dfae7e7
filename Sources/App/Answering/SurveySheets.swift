// SPDX-License-Identifier: Apache-2.0
// Most requests want the same bytes but for the nonce: a page is rendered once per form version and language.
import Foundation
import Markup
import NIOConcurrencyHelpers

/// A page without entries, with a hole for the nonce.
struct SurveySheet: Sendable {
    /// What the page was rendered with: another name of the centre or another style makes another page.
    struct Setting: Sendable, Hashable {
        let version: FormVersionID
        let language: String
        let centre: String
        let style: String
    }

    private let before: [UInt8]
    private let after: [UInt8]

    init(_ page: HTML) {
        let bytes = Array(page.text.utf8)
        let hole = Array(SurveyPage.hole.utf8)
        let place = bytes.indices.first { bytes[$0...].starts(with: hole) } ?? bytes.count
        before = Array(bytes[..<place])
        after = Array(bytes[min(bytes.count, place + hole.count)...])
    }

    /// The page for one customer.
    func filled(with nonce: String) -> [UInt8] {
        var page: [UInt8] = []
        page.reserveCapacity(before.count + after.count + 64)
        page += before
        page += Array(nonce.utf8)
        page += after
        return page
    }
}

/// The pages that were rendered last.
final class SurveySheets: Sendable {
    private static let limit = 1_000
    private let kept = NIOLockedValueBox<[SurveySheet.Setting: SurveySheet]>([:])

    func sheet(_ setting: SurveySheet.Setting, render: () -> HTML) -> SurveySheet {
        if let found = kept.withLockedValue({ $0[setting] }) { return found }
        let sheet = SurveySheet(render())
        kept.withLockedValue { kept in
            if kept.count >= Self.limit { kept.removeAll() }
            kept[setting] = sheet
        }
        return sheet
    }
}
