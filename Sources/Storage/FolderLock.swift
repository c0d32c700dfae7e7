// SPDX-License-Identifier: Apache-2.0
// One server per data folder: two would both believe that leases of an earlier run are void.
import Foundation

/// Holds a data folder for one server until it is let go of or the process ends, however it ends.
///
/// The command line does not ask for it: it may write beside a running server.
public final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Makes the folder if it is not there and locks it.
    /// - Throws: ``StorageError/unavailable(_:)`` when another process holds it.
    public init(folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "serve.lock").path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError.unavailable("The data folder \(folder.path) cannot be written to.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(descriptor)
            throw StorageError.unavailable("Another server runs on the data folder \(folder.path).")
        }
    }

    deinit { close(descriptor) }
}
