// SPDX-License-Identifier: Apache-2.0
// The table `picture`: what a centre has uploaded, by what it holds.
import Storage

/// The pictures of one centre.
struct PictureStore {
    let tx: any Transaction
    let tenant: TenantID

    /// Keeps a picture; one that is there already stays. False when the centre has as many as it may, or when its
    /// storage is full.
    func insert(_ picture: Picture, by person: PersonID?, at now: Moment) throws -> Bool {
        let isNew =
            try tx.execute(
                """
                INSERT INTO picture (tenant_id, sha256, width, height, size_bytes, png, created_by, created_at)
                SELECT CAST(\(tenant) AS BIGINT), CAST(\(picture.sha256) AS TEXT), CAST(\(picture.width) AS BIGINT),
                    CAST(\(picture.height) AS BIGINT), CAST(\(picture.png.count) AS BIGINT), \(picture.png),
                    CAST(\(person) AS BIGINT), CAST(\(now) AS BIGINT)
                WHERE (SELECT count(*) FROM picture WHERE tenant_id = \(tenant)) < \(PictureLimits.perCentre)
                    AND NOT EXISTS (\(full))
                ON CONFLICT (tenant_id, sha256) DO NOTHING
                """) == 1
        return try isNew || has(picture.sha256)
    }

    /// A row when the centre keeps as much as the provider lets it.
    private var full: SQL {
        """
        SELECT 1 FROM tenant
        WHERE id = \(tenant) AND stored_bytes >= storage_megabytes * CAST(1000000 AS BIGINT)
        """
    }

    func isFull() throws -> Bool { try tx.one(full) != nil }

    func has(_ sha256: String) throws -> Bool {
        try tx.one("SELECT 1 FROM picture WHERE tenant_id = \(tenant) AND sha256 = \(sha256)") != nil
    }

    func png(_ sha256: String) throws -> [UInt8]? {
        try tx.one("SELECT png FROM picture WHERE tenant_id = \(tenant) AND sha256 = \(sha256)").map { try $0.at(0) }
    }

    /// A picture by its name, whosever it is: whoever knows the name knows what it holds.
    static func anybodys(_ sha256: String) -> SQL { "SELECT png FROM picture WHERE sha256 = \(sha256) LIMIT 1" }
}
