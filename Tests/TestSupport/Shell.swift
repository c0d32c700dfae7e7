// SPDX-License-Identifier: Apache-2.0
// Shell scripts that may start servers. Foundation's `Process` waits until every descendant has ended; this does not.
import Foundation

/// Runs a shell script to its end, on a thread of its own, and gives what it wrote.
/// - Throws: What it wrote, when it fails.
@discardableResult
public func runShell(_ script: String) async throws -> String {
    let folder = try makeTemporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // A file rather than a pipe: a server that is started here keeps its output open.
    let output = folder.appending(path: "output").path
    let process = try spawnShell(script, output: output)
    let status = await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(process, &status, 0) == -1, errno == EINTR {}
            continuation.resume(returning: status)
        }
    }
    let written = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
    guard status == 0 else { throw ShellError(script: script, message: written) }
    return written
}

/// Starts a script that does its work when the returned handle is closed: at the latest when this process ends, however
/// it ends.
func spawnGuard(_ script: String) throws -> FileHandle {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ShellError(script: "guard", message: "There is no pipe.") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = try spawnShell("trap '' INT TERM HUP; cat > /dev/null; \(script)", input: ends[0])
    close(ends[0])
    return FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
}

/// Runs `body` and then kills the daemon that wrote a pid file with all its processes, whatever came of it and however
/// this process ends.
func stopping(_ pidFile: String, after body: () async throws -> Void) async throws {
    let stop = """
        [ -s '\(pidFile)' ] || exit 0
        process=$(tr -d ' ' < '\(pidFile)')
        rm -f '\(pidFile)'
        kill -s KILL -- -$process 2> /dev/null || true
        """
    let input = try spawnGuard(stop)
    do {
        try await body()
    } catch {
        try await runShell(stop)
        throw error
    }
    try await runShell(stop)
    try input.close()
}

/// Starts a shell script in a process group of its own; `input` becomes its standard input.
func spawnShell(_ script: String, output: String = "/dev/null", input: Int32? = nil) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
        posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(script), nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environ)
    guard code == 0 else { throw ShellError(script: script, message: "It could not be started: \(code).") }
    return process
}

/// A script that failed.
public struct ShellError: Error, CustomStringConvertible {
    let script: String
    let message: String
    public var description: String { "\(script): \(message)" }
}
