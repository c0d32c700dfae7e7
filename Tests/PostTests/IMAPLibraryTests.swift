// SPDX-License-Identifier: Apache-2.0
// libcurl is loaded when a mailbox is first read: a machine without it gets a word, not a crash.
import Testing

@testable import Post

@Suite struct IMAPLibraryTests {
    @Test func `a machine without the library says so`() {
        let fault = IMAPMailbox.load("libcurl.so.0")
        #expect(fault?.code == .noLibrary)
        #expect(fault?.detail.contains("libcurl.so.0") == true)
    }
}
