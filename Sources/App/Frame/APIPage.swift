// SPDX-License-Identifier: Apache-2.0
// The description as a page for people: `/api`. Nothing from elsewhere.
import Foundation
import Markup

/// The readable page of the API.
struct APIPage {
    let description: APIDescription
    let t: Localizer

    var page: Page {
        let link: HTML = "<a href=\"\(APIDescription.root)/openapi.json\"><code>openapi.json</code></a>"
        let parts = t("frame.api.document").split(separator: "{link}", maxSplits: 1).map { HTML(String($0)) }
        let document: HTML = "\(parts.first)\(link)\(parts.count > 1 ? parts[1] : .empty)"
        let sections: [HTML] = description.sections.map(section)
        let body: HTML = """
            <div class="api"><p>\(t("frame.api.introduction"))</p><p>\(document)</p>\(contents)\(rules)\(trying)\
            \(sections)</div>
            """
        var page = Page(title: t("frame.api.title"), body: body)
        page.isWide = true
        page.styles = ["Frame/page-api.css"]
        return page
    }

    private var contents: HTML {
        let sections: [HTML] = description.sections.map { section in
            let words = APIWords(section, t)
            let calls: [HTML] = section.operations.map { operation in
                """
                <li><a href="#call-\(operation.id)">\(address(operation))</a> \
                <span class="note">\(words.summary(operation))</span></li>
                """
            }
            return "<p class=\"strong\">\(words.title)</p><ul>\(calls)</ul>"
        }
        return """
            <nav class="card contents" aria-labelledby="contents"><h2 id="contents">\(t("frame.api.contents"))</h2>\
            \(sections)</nav>
            """
    }

    private var rules: HTML {
        let names = ["key", "json", "repeat", "members", "problems", "language"]
        let items: [HTML] = names.map { "<li>\(marked(t("frame.api.rule.\($0)")))</li>" }
        return card(t("frame.api.rules"), "<ul class=\"rules\">\(items)</ul>")
    }

    private var trying: HTML {
        let lines = "API=\(description.baseURL)\(APIDescription.root)\nKEY=otk_…"
        return card(t("frame.api.try"), "<p>\(t("frame.api.tryHint"))</p>\(code(lines))")
    }

    private func section(_ section: APISection) -> HTML {
        let words = APIWords(section, t)
        let calls: [HTML] = section.operations.map { call($0, words) }
        let objects: [HTML] = section.objects.map { object($0, words) }
        let heading: HTML = "<h2 class=\"part\" id=\"part-\(section.name)\">\(words.title)</h2>"
        let described: HTML = """
            <section class="card"><h3>\(t("frame.api.objects")): \(words.title)</h3>\(objects)</section>
            """
        return "\(heading)\(calls)\(if: !objects.isEmpty, described)"
    }

    // MARK: Calls

    private func address(_ operation: APIOperation) -> HTML {
        let pieces = operation.path.split(separator: "/").map { HTML(String($0)) }
        let path: [HTML] = pieces.map { "/<wbr>\($0)" }
        return """
            <span class="method \(operation.method.lowercased())">\(operation.method)</span> <code>\(path)</code>
            """
    }

    private func call(_ operation: APIOperation, _ words: APIWords) -> HTML {
        let key: HTML =
            operation.scope.map { scope in
                "<p class=\"note\">\(t("frame.api.scope")): <code>\(scope.rawValue)</code></p>"
            } ?? "<p class=\"note\">\(t("frame.api.noKey"))</p>"
        let more: HTML = words.more(operation).map { "<p>\(marked($0))</p>" } ?? .empty
        return """
            <section class="card call" id="call-\(operation.id)" aria-labelledby="name-\(operation.id)">\
            <h3 id="name-\(operation.id)">\(words.summary(operation))</h3>\
            <p class="address">\(address(operation))</p>\(key)\(more)\
            \(parameters(of: operation, words))\(body(of: operation))\(answers(of: operation, words))\
            \(problems(of: operation))\(examples(of: operation, words))</section>
            """
    }

    private func parameters(of operation: APIOperation, _ words: APIWords) -> HTML {
        guard !operation.parameters.isEmpty else { return .empty }
        let columns = ["name", "place", "type", "meaning"].map { TableColumn(t("frame.api.\($0)")) }
        let rows: [[HTML]] = operation.parameters.map { parameter in
            [
                name(parameter.name, isRequired: parameter.isRequired),
                HTML(t("frame.api.place.\(parameter.place.rawValue)")), types.html(parameter.schema),
                words.parameter(parameter.name, of: operation).map(marked) ?? .empty,
            ]
        }
        return "<h4>\(t("frame.api.parameters"))</h4>\(table(t("frame.api.parameters"), columns, rows))"
    }

    private func body(of operation: APIOperation) -> HTML {
        guard let body = operation.body else { return .empty }
        let kilobytes = body.limitBytes / 1024
        let limit =
            kilobytes.isMultiple(of: 1024)
            ? t("frame.api.body.limitMegabytes", ["limit": t.number(kilobytes / 1024)])
            : t("frame.api.body.limit", ["limit": t.number(kilobytes)])
        return """
            <h4>\(t(body.isRequired ? "frame.api.body" : "frame.api.body.optional"))</h4>\
            <p>\(types.html(body.schema)). \(limit)</p>
            """
    }

    private func answers(of operation: APIOperation, _ words: APIWords) -> HTML {
        let rows: [[HTML]] = operation.answers.map { answer in
            [
                "<code>\(answer.status)</code>", types.html(answer.schema),
                words.answer(answer.status, of: operation).map(marked) ?? .empty,
            ]
        }
        let columns = ["status", "type", "meaning"].map { TableColumn(t("frame.api.\($0)")) }
        return "<h4>\(t("frame.api.answers"))</h4>\(table(t("frame.api.answers"), columns, rows))"
    }

    private func problems(of operation: APIOperation) -> HTML {
        let rows = operation.allProblems.flatMap { status, problems -> [[HTML]] in
            var rows: [[HTML]] = problems.map { problem in
                ["<code>\(status)</code>", "<code>\(problem.code)</code>", HTML(problem.sentence(t))]
            }
            if operation.mayHaveSeveral(status) {
                let code: HTML = "<code>\(APIProblem.several)</code>"
                rows.append(["<code>\(status)</code>", code, marked(t("frame.api.several"))])
            }
            return rows
        }
        let columns = ["status", "code", "meaning"].map { TableColumn(t("frame.api.\($0)")) }
        return disclosure(t("frame.api.problems"), table(t("frame.api.problems"), columns, rows))
    }

    private func examples(of operation: APIOperation, _ words: APIWords) -> HTML {
        let shown: [HTML] = description.examples(of: operation).map { example in
            let schema = operation.answers.first { $0.status == example.status }?.schema
            let answer: HTML =
                example.answer.map { answer in
                    let title = t("frame.api.exampleAnswer", ["status": String(example.status)])
                    return disclosure(title, code(description.pretty(answer, as: schema)))
                } ?? .empty
            return """
                <h4>\(t("frame.api.example", ["name": words.example(example)]))</h4>\
                \(code(example.curl(operation, in: description)))\(answer)
                """
        }
        return shown.joined()
    }

    // MARK: Objects

    private func object(_ object: APIObject, _ words: APIWords) -> HTML {
        let columns = ["name", "type", "meaning"].map { TableColumn(t("frame.api.\($0)")) }
        let isSent = description.sentObjects.contains(object.name)
        let rows: [[HTML]] = object.members.map { member in
            [
                memberName(member, isSent: isSent), types.html(member.schema),
                words.member(member.name, of: object.name).map(marked) ?? .empty,
            ]
        }
        let meaning: HTML = words.object(object.name).map { "<p>\(marked($0))</p>" } ?? .empty
        return "<h4 id=\"object-\(object.name)\">\(object.name)</h4>\(meaning)\(table(object.name, columns, rows))"
    }

    /// What is sent says what it must have; what is answered, what it may lack.
    private func memberName(_ member: APIMember, isSent: Bool) -> HTML {
        if isSent || member.isRequired { return name(member.name, isRequired: isSent && member.isRequired) }
        return "<code>\(member.name)</code> <span class=\"badge\">\(t("frame.api.type.optional"))</span>"
    }

    private var types: APITypeText { APITypeText(t: t) }

    private func name(_ name: String, isRequired: Bool) -> HTML {
        "<code>\(name)</code>\(if: isRequired, " <span class=\"badge\">\(t("frame.api.required"))</span>")"
    }

    private func code(_ text: String) -> HTML { codeBlock(text, t: t) }
}

/// A sentence in which `backticks` mean code.
func marked(_ text: String) -> HTML {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { position, piece in
        position.isMultiple(of: 2) ? HTML(String(piece)) : "<code>\(String(piece))</code>"
    }.joined()
}
