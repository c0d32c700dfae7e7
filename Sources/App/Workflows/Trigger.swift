// SPDX-License-Identifier: Apache-2.0
// What starts a workflow (spec 5.1).
import Storage

/// Which dispositions a trigger takes.
public enum DispositionChoice: Sendable, Equatable {
    case one(DispositionID)
    /// Every one except system ones, DO_NOT_CALL and those ticked *do not ask*.
    case any
    /// The same, and system ones.
    case anyWithSystem

    func takes(_ disposition: Disposition?) -> Bool {
        switch self {
        case .one(let id): disposition?.id == id
        case .any: disposition?.isMatchedByAny ?? true
        case .anyWithSystem: disposition.map { $0.type != .doNotCall && !$0.doNotAsk } ?? true
        }
    }
}

/// How a sentiment is compared.
public enum SentimentComparison: String, SQLConvertible, Codable, CaseIterable {
    case below = "<"
    case above = ">"
}

/// What starts a configuration's workflow.
public enum Trigger: Sendable, Equatable {
    case agentCompletes(DispositionChoice)
    case interactionEnds(DispositionChoice)
    case averageSentiment(SentimentComparison, Double)

    /// The kinds of triggers, as they are stored.
    public enum Event: String, SQLConvertible, Codable, CaseIterable {
        case agentCompletes = "agent_completes"
        case interactionEnds = "interaction_ends"
        case averageSentiment = "average_sentiment"
    }

    public var event: Event {
        switch self {
        case .agentCompletes: .agentCompletes
        case .interactionEnds: .interactionEnds
        case .averageSentiment: .averageSentiment
        }
    }

    func matches(_ event: InteractionCompleted) -> Bool {
        switch self {
        case .agentCompletes(let choice): event.part != nil && choice.takes(event.disposition)
        case .interactionEnds(let choice): event.isEnd && choice.takes(event.disposition)
        case .averageSentiment(let comparison, let threshold):
            event.isEnd && event.sentiment.map { comparison == .below ? $0 < threshold : $0 > threshold } ?? false
        }
    }
}
