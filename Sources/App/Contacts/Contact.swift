// SPDX-License-Identifier: Apache-2.0
// Customers, as the centre knows them (spec 6.2).
import Storage

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

/// What groups interactions.
public struct CustomerCase: Sendable, Equatable {
    public let id: CaseID
    public let number: String
    public var title: String
}

/// Why an address must not be asked.
public enum SuppressionReason: String, SQLConvertible, Codable, CaseIterable {
    case unsubscribed, bounced, complained
    /// An employee put it on the list.
    case manual
}

/// A customer as a sender names one.
struct CustomerReference: Sendable, Equatable {
    /// The sender's own id of the customer.
    var id: String?
    var name: String?
    var email: EmailAddress?
    /// As it was sent; see ``phoneNumber(_:)`` for how numbers are compared.
    var phone: String?
    var language: String?

    /// Nothing to find or to make a contact by.
    var isEmpty: Bool { id == nil && name == nil && email == nil && phone == nil }

    /// The first word, and the rest.
    var names: (first: String, last: String) {
        let words = (name ?? "").split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        return (words.first.map(String.init) ?? "", words.count > 1 ? String(words[1]).trimmed : "")
    }
}

/// A case as a sender names one.
struct CaseReference: Sendable, Equatable {
    var number: String
    var title: String?
}

/// A telephone number as it is stored and compared: a plus sign if it had one, and digits.
/// Nil when there are no digits, as in "anonymous".
func phoneNumber(_ text: String) -> String? {
    let trimmed = text.trimmed
    let digits = trimmed.unicodeScalars.filter { ("0"..."9").contains($0) }
    guard !digits.isEmpty else { return nil }
    return (trimmed.hasPrefix("+") ? "+" : "") + String(String.UnicodeScalarView(digits))
}
