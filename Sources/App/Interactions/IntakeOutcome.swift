// SPDX-License-Identifier: Apache-2.0
// What became of a delivery.

/// Whether a delivery was taken.
public enum IntakeOutcome: Sendable {
    case taken(TakenIntake)
    case refused(Refusals)
}

/// A delivery that was taken, now or before.
public struct TakenIntake: Sendable {
    public var interaction: Interaction
    public let service: Service
    public let lastDisposition: Disposition?
    /// The part that was delivered.
    public var part: InteractionPart?
    public let partDisposition: Disposition?
    /// The agent's login name as delivered.
    var agentLogin: String?
    /// False when it had been there already.
    public let isNew: Bool
    /// The runs that it started, now or when it was first delivered.
    public var runs: [RunStarted] = []
    var warnings: [IntakeWarning] = []
}
