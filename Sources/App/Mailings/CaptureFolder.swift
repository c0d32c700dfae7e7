// SPDX-License-Identifier: Apache-2.0
// Where mail goes while there is no server to send it by: files that administrators can read, nothing pretended.
import Foundation

/// The captured mail of one centre: `<data>/mail/<tenant>/<Message-ID>.eml`.
struct CaptureFolder: Sendable {
    let folder: URL

    init(installation: Installation, tenant: TenantID) {
        folder = installation.dataFolder.appending(path: "mail").appending(path: tenant.description)
    }

    /// A file's name. A Message-ID of ours has letters, digits, dots, hyphens and one @; anything else cannot become
    /// a path.
    static func name(of messageID: String) -> String {
        String(messageID.map { $0.isLetter || $0.isNumber || "@.-_".contains($0) ? $0 : "_" }) + ".eml"
    }

    private func file(of messageID: String) -> URL { folder.appending(path: Self.name(of: messageID)) }

    /// Writes a message aside, makes it durable, and puts it in its place. The same message again changes nothing.
    func keep(_ bytes: [UInt8], of messageID: String) throws {
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let target = file(of: messageID)
        let aside = folder.appending(path: ".\(target.lastPathComponent).\(UInt32.random(in: 0 ... .max))")
        guard FileManager.default.createFile(atPath: aside.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        do {
            let handle = try FileHandle(forWritingTo: aside)
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
            try handle.close()
            guard rename(aside.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? FileManager.default.removeItem(at: aside)
            throw error
        }
    }

    /// The message's bytes; nil when there is no such file.
    func read(_ messageID: String) -> Data? { try? Data(contentsOf: file(of: messageID)) }
}
