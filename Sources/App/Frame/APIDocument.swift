// SPDX-License-Identifier: Apache-2.0
// The description as an OpenAPI 3.1 document.
import HTTPTypes
import Markup

extension APIDescription {
    /// The document, its sentences in one language.
    func document(_ t: Localizer) -> JSON {
        var paths: [String: [String: JSON]] = [:]
        for section in sections {
            let words = APIWords(section, t)
            for operation in section.operations {
                let call = json(operation, section, words)
                paths[operation.shortPath, default: [:]][operation.method.lowercased()] = call
            }
        }
        return .object([
            "openapi": .string("3.1.0"),
            "jsonSchemaDialect": .string("https://json-schema.org/draft/2020-12/schema"),
            "info": .object([
                "title": .string(t("frame.api.title")), "version": .string(version),
                "description": .string(t("frame.api.introduction")),
                "license": .object(["name": .string("Apache 2.0"), "identifier": .string("Apache-2.0")]),
            ]),
            "servers": .array([.object(["url": .string(baseURL + Self.root)])]),
            "tags": .array(
                sections.map { section in
                    .object([
                        "name": .string(section.name), "description": .string(APIWords(section, t).title),
                    ])
                }),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": .object(["schemas": .object(schemas(t)), "securitySchemes": Self.security(t)]),
        ])
    }

    private static let scheme = "key"

    private static func security(_ t: Localizer) -> JSON {
        .object([
            scheme: .object([
                "type": .string("http"), "scheme": .string("bearer"), "bearerFormat": .string("otk_…"),
                "description": .string(t("frame.api.rule.key")),
            ])
        ])
    }

    private func schemas(_ t: Localizer) -> [String: JSON] {
        var schemas: [String: JSON] = [:]
        for section in sections {
            let words = APIWords(section, t)
            for object in section.objects {
                let schema = APISchema.object(object.members).json { words.member($0, of: object.name) }
                guard case .object(var keywords) = schema else { continue }
                if let description = words.object(object.name) { keywords["description"] = .string(description) }
                schemas[object.name] = .object(keywords)
            }
        }
        return schemas
    }

    private func json(_ operation: APIOperation, _ section: APISection, _ words: APIWords) -> JSON {
        var members: [String: JSON] = [
            "operationId": .string(operation.id), "tags": .array([.string(section.name)]),
            "summary": .string(words.summary(operation)), "responses": .object(responses(operation, words)),
            "security": .array([]),
        ]
        if let more = words.more(operation) { members["description"] = .string(more) }
        if let scope = operation.scope {
            members["security"] = .array([.object([Self.scheme: .array([.string(scope.rawValue)])])])
        }
        if !operation.parameters.isEmpty {
            members["parameters"] = .array(operation.parameters.map { json($0, of: operation, words) })
        }
        if let body = operation.body {
            members["requestBody"] = .object([
                "required": .bool(body.isRequired),
                "content": .object(["application/json": .object(content(body.schema, operation, words))]),
            ])
        }
        return .object(members)
    }

    private func json(_ parameter: APIParameter, of operation: APIOperation, _ words: APIWords) -> JSON {
        var members: [String: JSON] = [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "required": .bool(parameter.isRequired), "schema": parameter.schema.json(),
        ]
        if let description = words.parameter(parameter.name, of: operation) {
            members["description"] = .string(description)
        }
        var examples: [String: JSON] = [:]
        for example in self.examples(of: operation) {
            guard let value = example.parameters?[parameter.name] else { continue }
            examples[example.name] = .object(["value": .string(value)])
        }
        if !examples.isEmpty { members["examples"] = .object(examples) }
        return .object(members)
    }

    private func content(_ schema: APISchema, _ operation: APIOperation, _ words: APIWords) -> [String: JSON] {
        var members: [String: JSON] = ["schema": schema.json()]
        var examples: [String: JSON] = [:]
        for example in self.examples(of: operation) {
            guard let body = example.body else { continue }
            examples[example.name] = .object(["summary": .string(words.example(example)), "value": body])
        }
        if !examples.isEmpty { members["examples"] = .object(examples) }
        return members
    }

    // MARK: Answers

    private func responses(_ operation: APIOperation, _ words: APIWords) -> [String: JSON] {
        var responses: [String: JSON] = [:]
        for answer in operation.answers {
            var content: [String: JSON] = ["schema": answer.schema.json()]
            var examples: [String: JSON] = [:]
            for example in self.examples(of: operation) where example.status == answer.status {
                if let answer = example.answer { examples[example.name] = .object(["value": answer]) }
            }
            if !examples.isEmpty { content["examples"] = .object(examples) }
            responses["\(answer.status)"] = .object([
                "description": .string(words.answer(answer.status, of: operation) ?? ""),
                "content": .object(["application/json": .object(content)]),
            ])
        }
        for (status, problems) in operation.allProblems {
            responses["\(status)"] = refusal(status, problems, several: operation.mayHaveSeveral(status), words.t)
        }
        return responses
    }

    private func refusal(_ status: Int, _ problems: [APIProblem], several: Bool, _ t: Localizer) -> JSON {
        let codes = problems.map(\.code) + (several ? [APIProblem.several] : [])
        let lines = problems.map { "- `\($0.code)`: \($0.sentence(t))" }
        let schema: JSON = .object([
            "allOf": .array([
                APISchema.reference("Problem").json(),
                .object([
                    "properties": .object([
                        "status": .object(["const": .number(Double(status))]),
                        "code": .object(["enum": .array(codes.map { .string($0) })]),
                    ])
                ]),
            ])
        ])
        var response: [String: JSON] = [
            "description": .string(([t("frame.api.status.\(status)"), ""] + lines).joined(separator: "\n")),
            "content": .object([
                "application/problem+json": .object(["schema": schema, "example": example(status, problems[0], t)])
            ]),
        ]
        if status == 401 { response["headers"] = Self.header("WWW-Authenticate", t("frame.api.authenticate")) }
        if [429, 503].contains(status) {
            response["headers"] = Self.header("Retry-After", t("frame.api.retryAfter"))
        }
        return .object(response)
    }

    private static func header(_ name: String, _ description: String) -> JSON {
        .object([
            name: .object([
                "description": .string(description), "required": .bool(true),
                "schema": .object(["type": .string("string")]),
            ])
        ])
    }

    private func example(_ status: Int, _ problem: APIProblem, _ t: Localizer) -> JSON {
        .object([
            "type": .string("about:blank"), "title": .string(HTTPResponse.Status(code: status).reasonPhrase),
            "status": .number(Double(status)), "code": .string(problem.code), "detail": .string(problem.sentence(t)),
        ])
    }
}
