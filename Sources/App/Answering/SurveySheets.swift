// SPDX-License-Identifier: Apache-2.0
// Most requests want the same bytes but for the nonce: a page is rendered once per form version and language.
import Foundation
import Markup
import NIOConcurrencyHelpers

/// A page without entries; an open form has a hole for the nonce.
struct SurveySheet: Sendable {
    /// What the page was rendered with: another name or logo of the centre or other assets make another page.
    struct Setting: Sendable, Hashable {
        /// The state that the page shows; empty for the form itself.
        let state: String
        let version: FormVersionID
        let language: String
        let centre: CentreSign
        /// The hash of the assets, which stands in the style's address.
        let assets: String
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
    func filled(with nonce: String) -> [[UInt8]] { [before, Array(nonce.utf8), after] }

    /// A page without a hole.
    var whole: [[UInt8]] { [before] }

    fileprivate var size: Int { before.count + after.count }
}

/// The pages that were rendered last.
final class SurveySheets: Sendable {
    /// What they may take of memory; beyond it all are rendered anew as they are asked for.
    private static let bytesLimit = 8 * 1024 * 1024

    private struct State {
        var sheets: [SurveySheet.Setting: SurveySheet] = [:]
        var bytes = 0
    }

    private let kept = NIOLockedValueBox(State())

    func sheet(_ setting: SurveySheet.Setting, render: () -> HTML) -> SurveySheet {
        if let found = kept.withLockedValue({ $0.sheets[setting] }) { return found }
        let sheet = SurveySheet(render())
        kept.withLockedValue { kept in
            if kept.bytes + sheet.size > Self.bytesLimit { kept = State() }
            if kept.sheets.updateValue(sheet, forKey: setting) == nil { kept.bytes += sheet.size }
        }
        return sheet
    }
}
