// SPDX-License-Identifier: Apache-2.0
// Secret links stand in stored mails as placeholders and are filled in when the mail leaves.
import Testing

@testable import App

@Suite struct MailPlaceholderTests {
    private let link = MailPlaceholder.surveyLink

    @Test(arguments: ["", "%", "a%b", "%%", "Привет % пока", "\u{E000}open %", "% \u{E001}", "\u{EE01}%", "%\u{E000}"])
    func `placeholders are filled wherever they stand, and nothing else changes`(pattern: String) {
        let text = pattern.split(separator: "%", omittingEmptySubsequences: false).joined(separator: link)
        let wanted = pattern.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "https://x/s/1")
        #expect(MailPlaceholder.fill(text, with: [link: "https://x/s/1"]) == wanted)
        #expect(MailPlaceholder.stands(link, in: text) == pattern.contains("%"))
        #expect(!MailPlaceholder.stands(MailPlaceholder.unsubscribeLink, in: text))
    }
}
