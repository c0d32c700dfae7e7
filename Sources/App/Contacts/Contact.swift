// SPDX-License-Identifier: Apache-2.0
// Customers, as the centre knows them (spec 6.2).

/// A customer.
public struct Contact: Sendable, Equatable {
    public let id: ContactID
    public var externalID: String?
    public var firstName: String
    public var lastName: String
    public var language: String?
    /// In the stored order; a run puts its interaction's own address first.
    public var emails: [String]
    public var phones: [String]
    public var custom: [String: JSON]
}
