// SPDX-License-Identifier: Apache-2.0
// Pictures for forms and for the centre itself: made and kept here, named by others.
import Logging
import Storage

extension Settings {
    /// Makes a picture of an uploaded file, on a thread of its own.
    /// - Throws: ``Refusal`` for the form's part `field`: not a picture, too large, unreadable.
    public func picture(of file: [UInt8], field: String = "picture") async throws -> Picture {
        do {
            return try await pictures.picture(of: file)
        } catch let fault as PictureFault {
            if case .noLibrary(let reason) = fault {
                installation.logger.error("Pictures cannot be read.", metadata: ["error": "\(reason)"])
            }
            throw fault.refusal(field: field)
        }
    }

    /// Keeps a picture of a centre. Keeping it again changes nothing.
    /// - Throws: ``Refusal`` when the centre has too many, or when its storage is full.
    public static func keep(
        _ picture: Picture, of tenant: TenantID, in tx: any Transaction, by person: PersonID?, at now: Moment
    ) throws {
        let store = PictureStore(tx: tx, tenant: tenant)
        guard try store.insert(picture, by: person, at: now) else {
            throw (try store.isFull() ? PictureFault.storageFull : .tooMany).refusal()
        }
    }

    /// Whether a centre has a picture of this name.
    public static func hasPicture(_ sha256: String, of tenant: TenantID, in tx: any Transaction) throws -> Bool {
        try PictureStore(tx: tx, tenant: tenant).has(sha256)
    }

    /// A centre's picture as a PNG; nil when it has none of this name.
    public static func png(_ sha256: String, of tenant: TenantID, in tx: any Transaction) throws -> [UInt8]? {
        try PictureStore(tx: tx, tenant: tenant).png(sha256)
    }
}
