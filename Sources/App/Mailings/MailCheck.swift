// SPDX-License-Identifier: Apache-2.0
// «Проверить настройки»: the settings as typed are tried with a real message, and told step by step (spec 2.1).

/// What a test message says, as typed.
struct MailCheckForm: Sendable, Equatable {
    var to = ""
    var subject = ""
    var text = ""
}

/// One step of the conversation in plain words: a dictionary key below `mailings.check` and what stands in its holes,
/// itself a stored reason or verbatim.
struct MailCheckStep: Sendable, Equatable {
    let isGood: Bool
    let key: String
    var arguments: [String: String] = [:]
}
