// SPDX-License-Identifier: Apache-2.0
// How reports are told apart: by their structured part where there is one, else by what the servers are known to write.

extension DeliveryReport {
    /// How many recipients of one report are looked at.
    private static let recipients = 50
    /// How many lines of a text are looked at.
    private static let lines = 400

    // MARK: - Complaints

    /// RFC 5965: the recipient pressed "spam".
    static func complaint(_ parts: [MailPart]) -> Finding? {
        guard let report = parts.first(where: { $0.type.name == "message/feedback-report" }) else { return nil }
        let fields = MailHeaderReader(report.decodedBody[...]).fields
        let type = fields.first { $0.name == "feedback-type" }?.value.lowercased()
        let recipient = fields.first { $0.name == "original-rcpt-to" }?.value
        return Finding(kind: type == "not-spam" ? .unknown : .complaint, recipient: recipient.map(address))
    }

    // MARK: - RFC 3464

    /// The worst that a structured report says of its recipients.
    static func standard(_ parts: [MailPart]) -> Finding? {
        let names: Set<String> = ["message/delivery-status", "message/global-delivery-status"]
        guard let part = parts.first(where: { names.contains($0.type.name) }) else { return nil }
        var groups: [[(name: String, value: String)]] = []
        var rest = part.decodedBody[...]
        while !rest.isEmpty, groups.count <= recipients {
            let reader = MailHeaderReader(rest)
            if !reader.fields.isEmpty { groups.append(reader.fields) }
            rest = reader.body
        }
        let findings = groups.compactMap(finding)
        return Kind.byWeight.lazy.compactMap { kind in findings.first { $0.kind == kind } }.first
    }

    /// What one recipient's fields say; nil for the fields of the message as a whole.
    private static func finding(_ fields: [(name: String, value: String)]) -> Finding? {
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        guard let action = value("action")?.lowercased() else { return nil }
        let diagnostic = value("diagnostic-code").map { text in
            let isTyped = text.lowercased().hasPrefix("smtp;") || text.lowercased().hasPrefix("x-")
            return isTyped ? String(text.drop { $0 != ";" }.dropFirst()) : text
        }
        let status = status(value("status"), diagnostic)
        let recipient = (value("original-recipient") ?? value("final-recipient")).map(address)
        var finding = Finding(kind: .unknown, status: status, diagnostic: diagnostic, recipient: recipient)
        switch action.prefix(while: { $0.isLetter || $0 == "-" }) {
        case "failed": finding.kind = failure(status, diagnostic)
        case "delayed": finding.kind = .delayed
        case "delivered", "relayed", "expanded": finding.kind = .delivered
        default: finding.kind = .unknown
        }
        return finding
    }

    /// Whether what failed may work another day.
    private static func failure(_ status: String?, _ text: String?) -> Kind {
        if let status {
            if status.hasSuffix(".2.2") || status == "5.3.1" { return .soft }
            // Some say 5.0.0 for a full mailbox, and what it is in words.
            if status == "5.0.0", isMailboxFull(text) { return .soft }
            return status.hasPrefix("4") ? .soft : .hard
        }
        if isMailboxFull(text) { return .soft }
        return SMTPCode.find(in: text ?? "").map { $0 < 500 ? .soft : .hard } ?? .hard
    }

    private static func isMailboxFull(_ text: String?) -> Bool {
        guard let text = text?.prefix(1000).lowercased() else { return false }
        return ["quota", "mailbox full", "mailbox is full", "box is full", "size limit exceeded"]
            .contains { text.contains($0) }
    }

    /// The status, more closely by the diagnostic when the field says only that something failed.
    private static func status(_ field: String?, _ diagnostic: String?) -> String? {
        let said = field.flatMap { EnhancedStatus.find(in: $0) }
        guard said == nil || said?.hasSuffix(".0.0") == true else { return said }
        guard let closer = diagnostic.flatMap({ EnhancedStatus.find(in: $0) }),
            closer.first == said?.first ?? closer.first
        else { return said }
        return closer
    }

    /// `rfc822; ivan@customer.example`.
    private static func address(_ text: String) -> String {
        let bare = text.split(separator: ";", maxSplits: 1).last.map(String.init) ?? text
        return String(bare.filter { !"<> \t".contains($0) })
    }

    // MARK: - Texts

    /// Reports without a structured part: qmail, old Exim, and what others write from a daemon's address.
    static func told(_ whole: MailPart, _ parts: [MailPart]) -> Finding? {
        let text = parts.first { $0.type.name.hasPrefix("text/plain") }?.text ?? whole.text
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).prefix(Self.lines)
            .map { $0.prefix(1000) }
        let failed = whole["x-failed-recipients"]?.split(separator: ",").first.map(String.init)
        let from = (whole["from"] ?? "").lowercased()
        let daemons = ["mailer-daemon", "postmaster", "mail delivery s"]
        let isFromDaemon =
            daemons.contains { from.contains($0) } || whole["return-path"]?.filter { $0 != " " } == "<>"
        guard failed != nil || isFromDaemon && isReport(lines, whole) else { return nil }
        let isDelayed = lines.contains { line in
            ["has not yet been delivered", "will be retried", "delivery is delayed", "delayed"].contains {
                line.lowercased().contains($0)
            }
        }
        let named = named(lines)
        let status = lines.lazy.compactMap { EnhancedStatus.find(in: String($0)) }.first
        let reason = reason(lines, named: named)
        let recipient = failed.map(address) ?? named
        guard !isDelayed || failed != nil else {
            return Finding(kind: .delayed, status: status, diagnostic: reason, recipient: recipient)
        }
        return Finding(kind: failure(status, reason), status: status, diagnostic: reason, recipient: recipient)
    }

    /// Whether a daemon's text is about mail that could not be delivered.
    private static func isReport(_ lines: [Substring], _ whole: MailPart) -> Bool {
        let subject = (whole["subject"] ?? "").lowercased()
        let subjects = [
            "undeliver", "failure", "returned mail", "delivery status", "delayed",
        ]
        if subjects.contains(where: { subject.contains($0) }) { return true }
        let words = [
            "i'm afraid i wasn't able to deliver", "could not be delivered", "wasn't able to deliver",
            "permanent error", "has not yet been delivered",
        ]
        return lines.contains { line in
            let small = line.lowercased()
            return words.contains { small.contains($0) }
        }
    }

    /// The address that a line of its own names: `<ivan@customer.example>:`.
    private static func named(_ lines: [Substring]) -> String? {
        for line in lines {
            let bare = line.filter { !" \t\r".contains($0) }
            guard bare.hasSuffix(":") || bare.hasPrefix("<"), bare.contains("@") else { continue }
            let address = bare.drop { $0 == "<" }.prefix { $0 != ">" && $0 != ":" }
            if MailAddress(String(address)) != nil { return String(address) }
        }
        return nil
    }

    /// What stands behind the address, or the line with a code in it.
    private static func reason(_ lines: [Substring], named: String?) -> String? {
        if let named, let place = lines.firstIndex(where: { $0.contains(named) }) {
            let said = lines[(place + 1)...].prefix(6).prefix {
                !$0.allSatisfy(\.isWhitespace) || $0 == lines[place + 1]
            }
            let text = said.joined(separator: " ")
            if !text.allSatisfy(\.isWhitespace) { return text }
        }
        return lines.first { SMTPCode.find(in: String($0)) != nil }.map(String.init)
    }

    // MARK: - Answers

    /// What answers for a person (RFC 3834), and what wants a proof.
    static func answer(_ whole: MailPart) -> Finding? {
        let subject = (whole["subject"] ?? "").lowercased()
        let isChallenge =
            whole.fields.contains { field in
                ["x-tmda", "x-boxbe", "x-spamarrest", "x-challenge"].contains { field.name.hasPrefix($0) }
            }
            || ["please confirm your message", "confirm your email to", "sender verification"]
                .contains { subject.contains($0) }
        if isChallenge { return Finding(kind: .challenge) }
        let submitted = (whole["auto-submitted"] ?? "no").lowercased()
        let isAutomatic =
            submitted.hasPrefix("auto-replied") || whole["x-autoreply"] != nil || whole["x-autorespond"] != nil
            || whole["x-auto-response-suppress"] != nil && submitted != "no"
            || ["auto_reply", "auto-reply"].contains((whole["precedence"] ?? "").lowercased())
            || ["automatic reply", "autoreply", "auto reply", "out of office"]
                .contains { subject.hasPrefix($0) }
        return isAutomatic ? Finding(kind: .autoReply) : nil
    }
}

extension DeliveryReport.Kind {
    /// Of several recipients of one report the first of these counts.
    static let byWeight: [DeliveryReport.Kind] = [
        .hard, .soft, .delayed, .delivered, .unknown, .complaint, .autoReply, .challenge,
    ]
}

/// Enhanced status codes in texts (RFC 3463).
enum EnhancedStatus {
    /// The first "5.1.1" of a text; nil when there is none.
    static func find(in text: String) -> String? {
        for word in text.utf8.prefix(2000).split(whereSeparator: { !isPart($0) }) {
            let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].count == 1, "245".utf8.contains(parts[0].first ?? 0),
                parts.dropFirst().allSatisfy({ (1...3).contains($0.count) })
            else { continue }
            return String(decoding: Array(word), as: UTF8.self)
        }
        return nil
    }

    private static func isPart(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".") }
}

/// SMTP's own codes in texts.
enum SMTPCode {
    /// The first 4xx or 5xx that stands by itself; nil when there is none.
    static func find(in text: String) -> Int? {
        for word in text.utf8.prefix(2000).split(whereSeparator: { !(0x30...0x39).contains($0) && $0 != 0x2E }) {
            guard word.count == 3, let code = Int(String(decoding: Array(word), as: UTF8.self)) else { continue }
            if (400..<600).contains(code) { return code }
        }
        return nil
    }
}
