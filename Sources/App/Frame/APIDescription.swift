// SPDX-License-Identifier: Apache-2.0
// What a room's calls take, answer and refuse, said once beside their handlers: the OpenAPI document, the page /api and
// the tests are made of it. Tests hold it true: it names every route, its examples run, real answers fit its schemas.
import Foundation
import HTTPTypes
import Markup

/// The calls of one room.
public struct APISection: Sendable {
    /// The room in lower case: the document's tag.
    public let name: String
    /// What the section's dictionary keys begin with, for example `interactions.api.`.
    public let words: String
    public let operations: [APIOperation]
    public let objects: [APIObject]

    public init(_ name: String, words: String, operations: [APIOperation], objects: [APIObject]) {
        self.name = name
        self.words = words
        self.operations = operations
        self.objects = objects
    }
}

/// An object with a name, described once and referred to.
public struct APIObject: Sendable {
    public let name: String
    public let members: [APIMember]

    public init(_ name: String, _ members: [APIMember]) {
        self.name = name
        self.members = members
    }
}

/// One method of one address.
public struct APIOperation: Sendable {
    /// The document's `operationId`, and the last part of its dictionary keys.
    public let id: String
    public let method: String
    /// As the router knows it, for example `/api/v1/interactions/{externalId}`.
    public let path: String
    /// What the key must be for; nil where none is asked for.
    public let scope: SignedInKey.Scope?
    public var parameters: [APIParameter] = []
    public var body: APIBody?
    public var answers: [APIAnswer] = []
    /// What it may refuse, beside what every call may.
    public var problems: [APIProblem] = []

    public init(_ id: String, _ method: String, _ path: String, scope: SignedInKey.Scope?) {
        self.id = id
        self.method = method
        self.path = path
        self.scope = scope
    }
}

/// A part of the address.
public struct APIParameter: Sendable {
    /// Where it stands.
    public enum Place: String, Sendable {
        case path, query
    }

    public let name: String
    public let place: Place
    public let schema: APISchema
    public let isRequired: Bool

    /// A piece of the path, which is always there.
    public static func path(_ name: String, _ schema: APISchema) -> APIParameter {
        APIParameter(name: name, place: .path, schema: schema, isRequired: true)
    }

    public static func query(_ name: String, _ schema: APISchema, isRequired: Bool) -> APIParameter {
        APIParameter(name: name, place: .query, schema: schema, isRequired: isRequired)
    }
}

/// What is sent.
public struct APIBody: Sendable {
    public let schema: APISchema
    public let isRequired: Bool
    public let limitBytes: Int

    public init(_ schema: APISchema, isRequired: Bool = true, limitBytes: Int) {
        self.schema = schema
        self.isRequired = isRequired
        self.limitBytes = limitBytes
    }
}

/// What is answered when it went well.
public struct APIAnswer: Sendable {
    public let status: Int
    public let schema: APISchema

    public init(_ status: Int, _ schema: APISchema) {
        self.status = status
        self.schema = schema
    }
}

/// One way in which a call may be refused: the code for programs, and the sentence that people read.
public struct APIProblem: Sendable, Hashable {
    public let status: Int
    public let code: String
    /// The dictionary key of the refusal's own sentence.
    public let key: String

    public init(_ kind: Refusal.Kind, _ code: String, _ key: String) {
        self.init(status: kind.status.code, code, key)
    }

    init(status: Int, _ code: String, _ key: String) {
        self.status = status
        self.code = code
        self.key = key
    }

    /// The refusal's sentence, without what stands in its holes.
    func sentence(_ t: Localizer) -> String { t(key).replacing(/\{[A-Za-z]+\}/, with: "…") }
}

extension APIProblem {
    /// What every call may meet.
    static let always = [
        APIProblem(status: 500, "unexpected", "frame.unexpected"),
        APIProblem(status: 503, "unavailable", "frame.unavailable"),
    ]
    /// What every call with a key may meet.
    static let ofKeys = [
        APIProblem(.unauthenticated, "api_key_required", "frame.apiKeyRequired"),
        APIProblem(.forbidden, "scope_missing", "frame.scopeMissing"),
        APIProblem(.tooMany, "too_many_requests", "assembly.tooManyRequests"),
    ]
    /// What every call with a body may meet.
    static let ofBodies = [
        APIProblem(.malformed, "malformed_json", "frame.malformedJSON.syntax"),
        APIProblem(.malformed, "interrupted", "frame.malformed"),
        APIProblem(.tooLarge, "too_large", "frame.tooLarge"),
        APIProblem(.unsupported, "unsupported_media_type", "frame.notJSON"),
    ]
    /// What every call with a query may meet.
    static let ofQueries = [APIProblem(.malformed, "malformed_form", "frame.malformedForm")]
    /// The code of a document that has several errors of one status.
    static let several = "invalid"
}

extension APIOperation {
    /// Everything that it may refuse, by status.
    var allProblems: [(status: Int, problems: [APIProblem])] {
        var all = problems
        if scope != nil { all = APIProblem.ofKeys + all }
        if body != nil { all = APIProblem.ofBodies + all }
        if parameters.contains(where: { $0.place == .query }) { all = APIProblem.ofQueries + all }
        all += APIProblem.always
        let statuses = Set(all.map(\.status)).sorted()
        return statuses.map { status in (status, all.filter { $0.status == status }) }
    }

    /// Whether a document of this status may hold several errors, and then has the code ``APIProblem/several``.
    func mayHaveSeveral(_ status: Int) -> Bool { [409, 422].contains(status) }

    /// The path below `/api/v1`.
    var shortPath: String { String(path.dropFirst(APIDescription.root.count)) }
}

/// Everything that programs may call.
public struct APIDescription: Sendable {
    /// What every address of the API begins with.
    static let root = "/api/v1"

    public let sections: [APISection]
    private let examples: [String: [APIExample]]
    /// The address that people and programs use, without a slash at its end.
    let baseURL: String
    let version: String

    public init(sections: [APISection], examples: [APIExample], baseURL: String, version: String) {
        self.sections = sections
        self.examples = Dictionary(grouping: examples, by: \.operation)
        self.baseURL = baseURL
        self.version = version
    }

    /// The examples of a call, in the order in which they can be run.
    func examples(of operation: APIOperation) -> [APIExample] { examples[operation.id] ?? [] }

    /// The objects that calls take, with those inside of them.
    var sentObjects: Set<String> {
        var found: Set<String> = []
        var open = sections.flatMap(\.operations).compactMap { $0.body?.schema }
        while let schema = open.popLast() {
            switch schema.kind {
            case .reference(let name):
                if found.insert(name).inserted { open += members(of: name)?.map(\.schema) ?? [] }
            case .object(let members): open += members.map(\.schema)
            case .list(let item, _), .map(let item): open.append(item)
            case .either(let schemas): open += schemas
            default: break
            }
        }
        return found
    }

    /// The members of an object; nil when there is none of that name.
    func members(of name: String) -> [APIMember]? {
        sections.lazy.flatMap(\.objects).first { $0.name == name }?.members
    }
}

/// Finds sentences of a section: the special one first, else the one that stands for all of the name.
struct APIWords {
    let t: Localizer
    let prefix: String

    init(_ section: APISection, _ t: Localizer) {
        self.t = t
        prefix = section.words
    }

    private func first(_ keys: String...) -> String? {
        keys.lazy.map { prefix + $0 }.first { t.knows($0) }.map { t($0) }
    }

    /// The section's heading.
    var title: String { first("section") ?? prefix }
    /// A call in a few words.
    func summary(_ operation: APIOperation) -> String { first("call.\(operation.id)") ?? operation.id }
    /// What else is to be known of a call; nil when there is nothing.
    func more(_ operation: APIOperation) -> String? { first("call.\(operation.id).more") }
    func parameter(_ name: String, of operation: APIOperation) -> String? {
        first("call.\(operation.id).\(name)", "parameter.\(name)")
    }
    func answer(_ status: Int, of operation: APIOperation) -> String? {
        first("call.\(operation.id).\(status)", "answer.\(status)")
    }
    func object(_ name: String) -> String? { first("object.\(name)") }
    func member(_ member: String, of object: String) -> String? {
        first("member.\(object).\(member)", "member.\(member)")
    }
    /// What an example shows.
    func example(_ example: APIExample) -> String { first("example.\(example.name)") ?? example.name }
}
