// SPDX-License-Identifier: Apache-2.0
// Which messages an address of the outbox asks for.
import Foundation

/// What was typed into the search field, as it was understood.
enum MessageSearch: Sendable, Equatable {
    /// A message's number, or its Message-ID.
    case id(MessageID)
    /// What a recipient's address begins with, folded.
    case recipient(String)
    /// What a recipient's address or a subject begins with, folded.
    case words(String)

    /// Digits that only a message's number has.
    private static let idDigits = 15

    /// Nil for nothing.
    init?(_ typed: String) {
        let text = typed.trimmed.trimmingCharacters(in: CharacterSet(charactersIn: "<>"))
        if text.isEmpty { return nil }
        // A Message-ID of ours begins with the message's number.
        let number = text.prefix { $0.isASCII && $0.isNumber }
        let rest = text.dropFirst(number.count)
        if number.count >= Self.idDigits, rest.isEmpty || (rest.hasPrefix(".") && rest.contains("@")),
            let id = MessageID(String(number))
        {
            self = .id(id)
        } else if text.contains("@") {
            self = .recipient(text.folded)
        } else {
            self = .words(text.folded)
        }
    }
}

/// The filter of the outbox as it stands in addresses.
struct OutboxQuery: Sendable {
    var state: MessageState?
    var search = ""
    var workflow: WorkflowID?
    var interaction: InteractionID?
    var from = ""
    var to = ""
    var before: MessageID?

    init(_ input: FormInput) {
        state = MessageState(rawValue: input.text("state"))
        search = String(input.text("search").prefix(254))
        workflow = input.id("workflow")
        interaction = input.id("interaction")
        from = String(input.text("from").prefix(20))
        to = String(input.text("to").prefix(20))
        before = input.id("before")
    }

    /// The filter in a time zone; what is no day is left out.
    func filter(in zone: TimeZone, teams: [TeamID]?) -> OutboxFilter {
        OutboxFilter(
            state: state, search: MessageSearch(search), workflow: workflow, interaction: interaction,
            from: LocalDay(from)?.start(in: zone), to: LocalDay(to)?.adding(days: 1).start(in: zone), teams: teams,
            before: before)
    }

    /// Whether anything is chosen.
    var isFiltered: Bool { !values.isEmpty }

    private var values: [(name: String, value: String)] {
        [
            ("state", state?.rawValue ?? ""), ("search", search), ("workflow", workflow?.description ?? ""),
            ("interaction", interaction?.description ?? ""), ("from", from), ("to", to),
        ].filter { !$0.1.isEmpty }
    }

    /// An address with this filter.
    func address(_ path: String = "/outbox", _ more: [(name: String, value: String)] = []) -> String {
        let pairs = (values + more).map { "\($0.name)=\(queryValue($0.value))" }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }
}
