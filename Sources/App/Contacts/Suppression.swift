// SPDX-License-Identifier: Apache-2.0
// An address that is not asked, and why (spec 2.3).

/// One entry of a centre's list.
public struct Suppression: Sendable, Equatable, Codable {
    public let address: String
    public let reason: SuppressionReason
    public let createdAt: Moment
}

/// Limits of the list's page and its files.
enum SuppressionLimits {
    static let pageEntries = 50
    /// Bytes of a file that is imported.
    static let importBytes = 4 << 20
    static let importLines = 100_000
    /// How many lines with errors are named.
    static let errorsShown = 20
    /// Entries of the export that are read at once.
    static let exportBatch = 2000
}

/// Which entries a list shows.
struct SuppressionFilter: Sendable, Equatable {
    /// A part of the address, folded; nil: all.
    var search: String?
    var reason: SuppressionReason?
    /// Only addresses behind this one.
    var after: String?
}
