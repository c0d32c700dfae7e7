// SPDX-License-Identifier: Apache-2.0
// The program as it is shipped among real peers that fail: killed servers, mail servers, databases.
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(15))) struct FaultStoryTests {
    @Test func `killed at fifty instants, it asks every customer once and counts every answer`() async throws {
        try await Story.walk("kill_story.py", ["--kills", "50", "--per-second", "30"])
    }

    @Test func `a thousand messages outlast the deaths of both servers: none is lost, none repeated but the unknown`()
        async throws
    {
        try await Story.walk("storm_story.py", ["--impatient"])
    }

    @Test func `a centre with much mail for a slow server delays no other centre's message`() async throws {
        try await Story.walk("fairness_story.py")
    }

    /// Both at once: most of it is waiting, until a send window of a minute is over.
    @Test func `mail goes through a real server, waits for a right password, and is told when it cannot leave`()
        async throws
    {
        async let sqlite: Void = Story.walk("smtp_story.py")
        async let postgres: Void = Story.walk("smtp_story.py", ["--postgres"])
        _ = try await (sqlite, postgres)
    }

    @Test(arguments: [[], ["--postgres"]])
    func `the API's description holds against thousands of generated calls`(arguments: [String]) async throws {
        try await Story.walk("api_story.py", arguments)
    }

    @Test(arguments: [[], ["--postgres"]])
    func `the command line does as it says beside a running server`(arguments: [String]) async throws {
        try await Story.walk("command_story.py", arguments)
    }

    @Test func `one of two nodes is killed and the other finishes its work`() async throws {
        try await Story.walk("two_nodes_story.py")
    }

    @Test func `two nodes outlast restarts of their database, and lose nothing that they accepted`() async throws {
        try await Story.walk("restart_story.py")
    }

    @Test func `a PostgreSQL that cannot be used is explained by what to type`() async throws {
        try await Story.walk("database_story.py")
    }

    @Test func `everything moves to PostgreSQL and back, and a killed copy leaves nothing`() async throws {
        try await Story.walk("copy_story.py")
    }
}
