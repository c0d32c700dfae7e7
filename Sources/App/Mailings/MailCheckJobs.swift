// SPDX-License-Identifier: Apache-2.0
// Tries SMTP settings that need not be saved: the only mail that does not go through the ledger, since it is about
// the settings themselves and the administrator waits for what the server says.
import Post
import Storage

extension Mailings {
    /// Sends a test message by the settings as typed and tells how the conversation went.
    func check(_ smtp: SMTPSettings, _ form: MailCheckForm, in tenant: TenantID) async throws -> [MailCheckStep] {
        guard var account = account(smtp) else { return [MailCheckStep(isGood: false, key: "noHost")] }
        guard let from = MailAddress(smtp.senderEmail, name: smtp.senderName), let to = MailAddress(form.to) else {
            return [MailCheckStep(isGood: false, key: "badAddress")]
        }
        // Somebody waits at a page: what takes longer than this is as good as broken.
        account.limits.connectSeconds = 10
        account.limits.greetingSeconds = 15
        account.limits.endSeconds = 30
        let now = installation.clock.now()
        let id = MessageID(raw: installation.database.mint.next())
        var message = MailMessage(
            from: from, to: [to], subject: form.subject, id: "\(id).\(tenant)@\(from.domain)",
            sentAt: now.milliseconds)
        message.text = form.text
        let keys = try await settings.signingKeys(of: tenant)
        let content = try message.encoded(signedBy: try settings.signingKeys(for: from, among: keys))
        let envelope = SMTPEnvelope(
            sender: from, recipient: to, content: content, needsSMTPUTF8: message.needsSMTPUTF8)
        let probe = await SMTPProbe.run(account, sending: envelope)
        return Self.steps(of: probe, smtp)
    }

    static func steps(of probe: SMTPProbe, _ smtp: SMTPSettings) -> [MailCheckStep] {
        if let fault = probe.fault {
            let words = fault.reply?.description ?? fault.reason.stored()
            let key = "failed.\(fault.step.rawValue)"
            return [MailCheckStep(isGood: false, key: key, arguments: ["words": words, "host": smtp.host ?? ""])]
        }
        var steps = [
            MailCheckStep(isGood: true, key: "connected", arguments: ["peer": probe.peer ?? smtp.host ?? ""])
        ]
        if let version = probe.tlsVersion {
            let arguments = ["version": version, "certificate": probe.certificate ?? ""]
            steps.append(MailCheckStep(isGood: true, key: "secured", arguments: arguments))
        } else {
            steps.append(MailCheckStep(isGood: true, key: "unsecured"))
        }
        if let mechanism = probe.mechanism {
            steps.append(MailCheckStep(isGood: true, key: "authenticated", arguments: ["mechanism": mechanism]))
        }
        if let outcome = probe.outcome { steps.append(step(of: outcome)) }
        return steps
    }

    private static func step(of outcome: SMTPOutcome) -> MailCheckStep {
        switch outcome {
        case .accepted(let reply):
            MailCheckStep(isGood: true, key: "accepted", arguments: ["words": reply.description])
        case .refused(let step, let reply):
            MailCheckStep(isGood: false, key: "refused.\(step.rawValue)", arguments: ["words": reply.description])
        case .postponed(_, let reply, let reason):
            MailCheckStep(isGood: false, key: "postponed", arguments: ["words": reply?.description ?? reason.stored()])
        case .fault(let fault):
            MailCheckStep(
                isGood: false, key: "faulty", arguments: ["words": fault.reason.stored(with: fault.reply)])
        case .unknown(let reason):
            MailCheckStep(isGood: false, key: "unknown", arguments: ["words": reason.stored()])
        case .tooLarge(let limit): MailCheckStep(isGood: false, key: "tooLarge", arguments: ["limit": "\(limit)"])
        case .needsSMTPUTF8: MailCheckStep(isGood: false, key: "needsSMTPUTF8")
        case .withdrawn: MailCheckStep(isGood: false, key: "withdrawn")
        }
    }
}
