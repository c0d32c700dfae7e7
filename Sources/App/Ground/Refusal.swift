// SPDX-License-Identifier: Apache-2.0
// The one kind of error that is written for people. Everything else is unexpected and shown as a general page.

/// Something that the person can understand and change.
///
/// Routes turn it into a 4xx page or a problem document; it is never logged above `info`.
public struct Refusal: Error, Sendable, Equatable {
    /// What kind of refusal, which decides the HTTP status.
    public enum Kind: String, Sendable {
        /// 400: the request cannot be read.
        case malformed
        /// 401: who is asking is not known.
        case unauthenticated
        /// 403: who is asking may not.
        case forbidden
        /// 404.
        case notFound
        /// 409: somebody else was there before, or the same thing was said differently.
        case conflict
        /// 413.
        case tooLarge
        /// 415: a kind of body that is not read here.
        case unsupported
        /// 422: it can be read, and breaks a rule.
        case invalid
        /// 429.
        case tooMany
        /// 503: later it may work.
        case unavailable
    }

    public let kind: Kind
    /// A stable word for programs, for example `unknown_service`.
    public let code: String
    /// The dictionary key of the sentence, for example `interactions.unknownService`.
    public let key: String
    /// What stands in the sentence's holes.
    public let arguments: [String: String]
    /// The field that it is about: a form field's name, or a JSON path such as `customer.email`.
    public let field: String?

    public init(
        _ kind: Kind, code: String, key: String, arguments: [String: String] = [:], field: String? = nil
    ) {
        self.kind = kind
        self.code = code
        self.key = key
        self.arguments = arguments
        self.field = field
    }
}

/// All refusals of one input at once: checking collects, it does not stop at the first.
public struct Refusals: Error, Sendable, Equatable {
    public var all: [Refusal]

    public init(_ all: [Refusal] = []) { self.all = all }

    public mutating func add(_ refusal: Refusal) { all.append(refusal) }

    /// Throws when there is anything to refuse.
    public func throwIfAny() throws {
        if !all.isEmpty { throw self }
    }
}

/// The refusals that an error holds: for handlers that show a form again with what was wrong.
/// - Throws: the error itself, when it is no refusal.
public func refusals(in error: any Error) throws -> Refusals {
    switch error {
    case let refusals as Refusals: return refusals
    case let refusal as Refusal: return Refusals([refusal])
    default: throw error
    }
}
