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
