// SPDX-License-Identifier: Apache-2.0
// The step function: a run's state and its block become the next state, lines of history, and at most one demand on the
// outside. It touches no database, so every way through a scenario is tested as a table.
import Markup

/// Walks one run through its scenario until it has to wait, is over, or needs something from outside.
struct RunStep {
    /// Blocks that one wake-up may pass; a longer way goes on with the next one.
    static let most = 200

    /// Where the walk has stopped.
    enum Stop {
        /// The run's own state says it all: waiting, sending, or over.
        case resting
        /// It has passed many blocks and is to be woken again at once.
        case again
        /// A mail; answer with ``answer(_:to:)``.
        case mail(MailDemand)
        /// Internal messages; answer with ``answer(told:of:)``.
        case tell(TellDemand)
    }

    /// A mail with its variables filled in, before gates and the ledger.
    struct MailDemand {
        let block: String
        /// The survey form whose link the mail holds.
        let form: FormID?
        let recipients: [EmailAddress]
        let senderName: String
        let senderEmail: String
        let replyTo: String?
        let subject: String
        let html: String?
        let text: String?
        let language: String
        let sendWithinSeconds: Int64
    }

    /// An internal message before account names are looked up.
    struct TellDemand {
        let block: String
        let users: [String]
        let title: String
        let body: String
    }

    let scenario: CompiledScenario
    let now: Moment
    /// Says reasons in the centre's language, where they become a variable's value; few steps ask.
    private let t: () -> Localizer
    private(set) var run: Run
    private(set) var lines: [RunLine] = []
    private(set) var hasNewVariables = false
    private var passed = 0

    init(_ run: Run, scenario: CompiledScenario, now: Moment, t: @autoclosure @escaping () -> Localizer) {
        self.run = run
        self.scenario = scenario
        self.now = now
        self.t = t
    }

    /// Goes on from where the run stands.
    mutating func resume() -> Stop {
        switch run.state {
        case .ready: return walk(from: run.block ?? scenario.first)
        case .waiting:
            guard let due = run.dueAt, due <= now else { return .resting }
            note(.waited)
            return walk(from: place?.next)
        case .sending:
            guard let signal = run.signal else { return .resting }
            run.signal = nil
            return take(signal)
        case .finished, .notAsked, .cancelled, .failed: return .resting
        }
    }

    /// What became of a mail's invitation; nil when the mail holds no survey link.
    mutating func answer(_ reply: InvitationReply?, to demand: MailDemand) -> Stop {
        let count = String((reply?.addresses ?? demand.recipients).count)
        // With one recipient the run's own line says it.
        for left in reply?.leftOut ?? [] where demand.recipients.count > 1 {
            note(.recipientLeftOut, ["address": left.address.description, "reason": left.no.description])
        }
        switch reply?.answer {
        case nil, .made: note(.mailDue, ["count": count])
        case .again: note(.reminderDue, ["count": count])
        case .answered:
            note(.skippedAnswered)
            return walk(from: place?.next)
        case .no(let no):
            end(.notAsked, reason: no.description, line: .notAsked, ["reason": no.description])
            return .resting
        }
        run.state = .sending
        run.dueAt = nil
        return .resting
    }

    /// How many employees were found.
    mutating func answer(told count: Int, of demand: TellDemand) -> Stop {
        if count > 0 {
            note(.told, ["users": demand.users.joined(separator: ", ")])
            return walk(from: place?.next)
        }
        note(.tellingFailed, ["users": demand.users.joined(separator: ", ")])
        return walk(from: branch(ScenarioBranch.failed))
    }

    /// A block's mail came back when the run had gone on: the run walks that block's branch *Mail not sent* and is
    /// over, whatever it was doing. Nil when the branch is empty: then nothing changes.
    mutating func comeBack(to block: String, reason: String) -> Stop? {
        guard let first = scenario.keys(ofBranch: ScenarioBranch.notSent, of: block).first else { return nil }
        run.block = block
        run.lateBlock = block
        run.reason = nil
        run.signal = nil
        run.dueAt = nil
        note(.mailBounced, ["reason": reason])
        run.variables.setError(t().reason(reason))
        hasNewVariables = true
        return walk(from: first)
    }

    /// Whether the run goes on with a block: after a late return only within its branch.
    private func goes(on key: String) -> Bool {
        guard let late = run.lateBlock else { return true }
        return scenario.keys(ofBranch: ScenarioBranch.notSent, of: late).contains(key)
    }

    /// The scenario cannot be walked at all.
    mutating func fail(reason: String) {
        end(.failed, reason: reason, line: .failed, ["reason": reason])
    }

    private var place: CompiledScenario.Place? { run.block.flatMap { scenario.places[$0] } }

    private func branch(_ name: String) -> String? { place?.branches[name] ?? place?.next }

    private mutating func note(_ outcome: RunLine.Outcome, _ arguments: [String: String] = [:]) {
        lines.append(RunLine(at: now, block: run.block ?? "", outcome: outcome, arguments: arguments))
    }

    private mutating func end(
        _ state: RunState, reason: String?, line: RunLine.Outcome, _ arguments: [String: String] = [:]
    ) {
        note(line, arguments)
        run.state = state
        run.reason = reason
        run.dueAt = nil
        run.signal = nil
    }

    private mutating func take(_ signal: RunSignal) -> Stop {
        switch signal {
        case .mailSent:
            note(.mailSent)
            return walk(from: place?.next)
        case .mailNotSent(let reason): return notSent(reason)
        case .notAsked(let gate):
            end(.notAsked, reason: gate, line: .notAsked, ["reason": gate])
            return .resting
        }
    }

    private mutating func notSent(_ reason: String) -> Stop {
        note(.mailNotSent, ["reason": reason])
        run.variables.setError(t().reason(reason))
        hasNewVariables = true
        return walk(from: branch(ScenarioBranch.notSent))
    }

    /// Passes blocks from a key on, until one stops the walk.
    private mutating func walk(from key: String?) -> Stop {
        var next = key
        while let key = next, goes(on: key) {
            run.block = key
            run.state = .ready
            guard let place = scenario.places[key] else {
                fail(reason: "workflows.reason.block_missing")
                return .resting
            }
            passed += 1
            if passed > Self.most { return .again }
            switch place.block.action {
            case .wait(let wait):
                let until = now.adding(seconds: wait.seconds)
                note(.waiting, ["until": String(until.milliseconds)])
                run.state = .waiting
                run.dueAt = until
                return .resting
            case .exit:
                end(.finished, reason: nil, line: .exited)
                return .resting
            case .choose(let choice):
                let name = choice.branch(for: run.variables)
                note(.chosen, ["branch": name])
                next = place.branches[name] ?? place.next
            case .email:
                guard let email = place.email else { return .resting }
                return mail(email)
            case .internalMessage:
                guard let message = place.message else { return .resting }
                return tell(message, key)
            }
        }
        end(.finished, reason: nil, line: .finished)
        return .resting
    }

    private mutating func mail(_ email: CompiledEmail) -> Stop {
        var missing: [String] = []
        var recipients: [EmailAddress] = []
        var bad: [String] = []
        for part in email.to {
            let text = part.filled(run.variables, for: .header, missing: &missing)
            if let address = EmailAddress(text) {
                if !recipients.contains(where: { $0.folded == address.folded }) { recipients.append(address) }
            } else if !text.isEmpty {
                bad.append(text)
            }
        }
        if !bad.isEmpty { note(.addressesBad, ["addresses": bad.joined(separator: ", ")]) }
        guard !recipients.isEmpty, let template = email.template(for: run.variables.languages) else {
            noteMissing(missing)
            return notSent(bad.isEmpty ? "workflows.reason.no_address" : "workflows.reason.bad_address")
        }
        let isHTML = template.format == .html
        let variables = run.variables
        let demand = MailDemand(
            block: run.block ?? "", form: email.form, recipients: recipients,
            senderName: email.fromName.filled(variables, for: .header, missing: &missing),
            senderEmail: email.fromAddress.filled(variables, for: .header, missing: &missing),
            replyTo: email.replyTo.filled(variables, for: .header, missing: &missing).nonEmpty,
            subject: template.subject.filled(variables, for: .header, missing: &missing),
            html: isHTML ? template.body.filled(variables, for: .html, missing: &missing) : nil,
            text: isHTML ? nil : template.body.filled(variables, for: .plain, missing: &missing),
            language: template.language, sendWithinSeconds: email.sendWithinSeconds)
        noteMissing(missing)
        return .mail(demand)
    }

    private mutating func tell(_ message: CompiledMessage, _ key: String) -> Stop {
        var missing: [String] = []
        let users = message.users.map { $0.filled(run.variables, for: .header, missing: &missing) }
            .filter { !$0.isEmpty }
        let title = message.title.filled(run.variables, for: .header, missing: &missing)
        let body = message.message.filled(run.variables, for: .plain, missing: &missing)
        noteMissing(missing)
        return .tell(TellDemand(block: key, users: users, title: title, body: body))
    }

    private mutating func noteMissing(_ names: [String]) {
        var seen: [String] = []
        for name in names where !seen.contains(name) { seen.append(name) }
        if !seen.isEmpty { note(.variablesEmpty, ["names": seen.joined(separator: ", ")]) }
    }
}
