// SPDX-License-Identifier: Apache-2.0
// What people may read of runs: states, reasons and histories in plain words. Records shows them beside interactions.
import Foundation
import Markup
import Storage

/// One run and everything that happened in it.
public struct RunStory: Sendable, Equatable {
    public let id: RunID
    public let interaction: InteractionID
    public let workflow: String
    public let configuration: String
    public let configurationID: ConfigurationID
    public let event: Trigger.Event
    public let part: String
    public let state: RunState
    public let reason: String?
    public let block: String?
    public let createdAt: Moment
    public let changedAt: Moment
    public let dueAt: Moment?
    public let isTest: Bool
    public let lines: [RunLine]

    /// The reason in words; nil when there is none.
    public func reasonSentence(_ t: Localizer) -> String? { reason.map { RunLine.reason($0, t) } }
}

/// A configuration of the interaction's service and what came of it.
public struct ConsideredConfiguration: Sendable, Equatable {
    public let id: ConfigurationID
    public let name: String
    public let workflow: String
    public let isEnabled: Bool
    /// Nil when no trigger of it has taken the interaction so far.
    public let run: RunID?
    public let state: RunState?
    public let reason: String?
}

extension RunLine {
    /// The line in words.
    /// - Parameter zone: The reader's time zone.
    public func sentence(_ t: Localizer, in zone: TimeZone) -> String {
        var arguments = arguments
        if let reason = arguments["reason"] { arguments["reason"] = Self.reason(reason, t) }
        if let until = arguments["until"].flatMap({ Int64($0) }) {
            arguments["until"] = t.dateTime(Moment(milliseconds: until).date, in: zone)
        }
        return t("workflows.step.\(outcome.rawValue)", arguments)
    }

    /// A reason in words: a gate's no, a sentence of the dictionary, or what a mail server said.
    static func reason(_ reason: String, _ t: Localizer) -> String {
        if let no = GateNo(reason) { return no.sentence(t) }
        return t.reason(reason)
    }
}

extension Workflows {
    /// The runs of interactions with their histories, in the order in which they began.
    public func runs(
        of interactions: [InteractionID], of tenant: TenantID, in tx: any Transaction
    ) throws -> [InteractionID: [RunStory]] {
        guard !interactions.isEmpty else { return [:] }
        let stories = try RunStoryStore(tenant: tenant, tx: tx).stories(of: interactions)
        return Dictionary(grouping: stories, by: \.interaction)
    }

    /// One run with its history; nil when there is none.
    public func run(_ id: RunID, of tenant: TenantID, in tx: any Transaction) throws -> RunStory? {
        try RunStoryStore(tenant: tenant, tx: tx).story(id)
    }

    /// Every configuration of an interaction's service with what came of it: asked, or not, and why.
    public func considered(
        for interaction: InteractionID, service: ServiceID, of tenant: TenantID, in tx: any Transaction
    ) throws -> [ConsideredConfiguration] {
        try RunStoryStore(tenant: tenant, tx: tx).considered(for: interaction, service: service)
    }
}
