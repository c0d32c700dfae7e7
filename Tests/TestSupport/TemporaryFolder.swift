// SPDX-License-Identifier: Apache-2.0
// Folders that tests may fill. They lie in memory where the system offers that, so that fsync costs nothing, and those
// of a test process that is gone are removed by the next one.
import Foundation

/// Gives `body` an empty folder and removes it afterwards.
public func withTemporaryFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = try makeTemporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// An empty folder that stays until the test process ends and the next one begins.
public func makeTemporaryFolder() throws -> URL {
    let folder = TemporaryRoot.url.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

/// The folder of this test process.
enum TemporaryRoot {
    private static let prefix = "otklik-tests-"

    static let url: URL = {
        let memory = URL(filePath: "/dev/shm")
        let isInMemory = FileManager.default.isWritableFile(atPath: memory.path)
        let parent = isInMemory ? memory : FileManager.default.temporaryDirectory
        removeLeftOvers(in: parent)
        return parent.appending(path: "\(prefix)\(getpid())")
    }()

    private static func removeLeftOvers(in parent: URL) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        for name in names where name.hasPrefix(prefix) {
            guard let process = Int32(name.dropFirst(prefix.count)), kill(process, 0) != 0, errno == ESRCH else {
                continue
            }
            try? FileManager.default.removeItem(at: parent.appending(path: name))
        }
    }
}
