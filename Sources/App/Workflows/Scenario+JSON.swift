// SPDX-License-Identifier: Apache-2.0
// The JSON form of blocks: `{"key": "wait-1", "title": "", "wait": {"duration": 5, "unit": "seconds"}}`. Parts that
// have a default may be left out.

extension ScenarioBlock: Codable {
    private enum CodingKeys: String, CodingKey {
        case key, title, email, wait, internalMessage
        case choose = "if"
        case exit
    }

    private struct Nothing: Codable {}

    public init(from decoder: any Decoder) throws {
        let block = try decoder.container(keyedBy: CodingKeys.self)
        key = try block.decode(String.self, forKey: .key)
        title = try block.decodeIfPresent(String.self, forKey: .title) ?? ""
        if block.contains(.email) {
            action = .email(try block.decode(EmailBlock.self, forKey: .email))
        } else if block.contains(.wait) {
            action = .wait(try block.decode(WaitBlock.self, forKey: .wait))
        } else if block.contains(.internalMessage) {
            action = .internalMessage(try block.decode(InternalMessageBlock.self, forKey: .internalMessage))
        } else if block.contains(.choose) {
            action = .choose(try block.decode(IfBlock.self, forKey: .choose))
        } else if block.contains(.exit) {
            action = .exit
        } else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a block of no known kind"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var block = encoder.container(keyedBy: CodingKeys.self)
        try block.encode(key, forKey: .key)
        if !title.isEmpty { try block.encode(title, forKey: .title) }
        switch action {
        case .email(let email): try block.encode(email, forKey: .email)
        case .wait(let wait): try block.encode(wait, forKey: .wait)
        case .internalMessage(let message): try block.encode(message, forKey: .internalMessage)
        case .choose(let choice): try block.encode(choice, forKey: .choose)
        case .exit: try block.encode(Nothing(), forKey: .exit)
        }
    }
}

extension KeyedDecodingContainer {
    /// The value of a key, or what is meant when the key is left out.
    fileprivate func value<Value: Decodable>(_ key: Key, or otherwise: Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? otherwise
    }
}

extension EmailBlock {
    enum CodingKeys: String, CodingKey {
        case fromName, fromAddress, replyTo, sendWithinSeconds, to, templates, defaultLanguage, notSent
    }

    public init(from decoder: any Decoder) throws {
        let block = try decoder.container(keyedBy: CodingKeys.self)
        fromName = try block.value(.fromName, or: "")
        fromAddress = try block.value(.fromAddress, or: "")
        replyTo = try block.value(.replyTo, or: "")
        sendWithinSeconds = try block.value(.sendWithinSeconds, or: 86400)
        to = try block.value(.to, or: "")
        templates = try block.value(.templates, or: [])
        defaultLanguage = try block.value(.defaultLanguage, or: templates.first?.language ?? "")
        notSent = try block.value(.notSent, or: [])
    }
}

extension InternalMessageBlock {
    enum CodingKeys: String, CodingKey {
        case title, users, message, failed
    }

    public init(from decoder: any Decoder) throws {
        let block = try decoder.container(keyedBy: CodingKeys.self)
        title = try block.value(.title, or: "")
        users = try block.value(.users, or: "")
        message = try block.value(.message, or: "")
        failed = try block.value(.failed, or: [])
    }
}

extension IfBlock {
    enum CodingKeys: String, CodingKey {
        case branches, otherwise
    }

    public init(from decoder: any Decoder) throws {
        let block = try decoder.container(keyedBy: CodingKeys.self)
        branches = try block.value(.branches, or: [])
        otherwise = try block.value(.otherwise, or: [])
    }
}

extension IfBranch {
    enum CodingKeys: String, CodingKey {
        case name, match, conditions, blocks
    }

    public init(from decoder: any Decoder) throws {
        let branch = try decoder.container(keyedBy: CodingKeys.self)
        name = try branch.decode(String.self, forKey: .name)
        match = try branch.value(.match, or: .all)
        conditions = try branch.value(.conditions, or: [])
        blocks = try branch.value(.blocks, or: [])
    }
}

extension Condition {
    enum CodingKeys: String, CodingKey {
        case variable, comparison, value
    }

    public init(from decoder: any Decoder) throws {
        let condition = try decoder.container(keyedBy: CodingKeys.self)
        variable = try condition.decode(String.self, forKey: .variable)
        comparison = try condition.decode(Comparison.self, forKey: .comparison)
        value = try condition.value(.value, or: "")
    }
}
