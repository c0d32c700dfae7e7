// SPDX-License-Identifier: Apache-2.0
// The commands about configuration, with the binary as it is shipped.
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct ConfigStoryTests {
    @Test func `a centre is exported, broken, changed and imported beside its server`() async throws {
        try await Story.walk("config_story.py")
    }
}
