// SPDX-License-Identifier: Apache-2.0
// A form's style comes with ours in one sheet. It never changes, so it is put together and compressed once.
import Foundation
import NIOConcurrencyHelpers

/// One sheet as it is sent.
struct SurveyStyle: Sendable {
    let plain: Data
    /// Nil where it would not be smaller.
    let compressed: Data?

    /// Ours first, then the form's inside its scope.
    init(ours: Data, own: String) {
        plain = ours + Data("\n@scope (.survey) {\n\(own)\n}\n".utf8)
        compressed = gzipped(plain).flatMap { [count = plain.count] in $0.count < count ? $0 : nil }
    }

    fileprivate var size: Int { plain.count + (compressed?.count ?? 0) }
}

/// The sheets that were asked for last.
final class SurveyStyles: Sendable {
    /// What they may take of memory; beyond it all are made anew as they are asked for.
    private static let bytesLimit = 4 * 1024 * 1024

    private struct Key: Hashable {
        let version: FormVersionID
        let assets: String
    }
    private struct State {
        var styles: [Key: SurveyStyle] = [:]
        var bytes = 0
    }

    private let kept = NIOLockedValueBox(State())

    /// - Parameter assets: The hash that ours changes with.
    func style(of version: SurveyVersion, ours: Data, assets: String) -> SurveyStyle {
        let key = Key(version: version.id, assets: assets)
        if let found = kept.withLockedValue({ $0.styles[key] }) { return found }
        let style = SurveyStyle(ours: ours, own: version.content.css)
        kept.withLockedValue { kept in
            if kept.bytes + style.size > Self.bytesLimit { kept = State() }
            if kept.styles.updateValue(style, forKey: key) == nil { kept.bytes += style.size }
        }
        return style
    }
}
