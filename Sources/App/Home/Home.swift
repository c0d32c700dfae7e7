// SPDX-License-Identifier: Apache-2.0
// The room's face: the page after signing in.
import Storage

/// What needs somebody's attention today, and the first steps of a new centre.
public struct Home: Sendable {
    let installation: Installation
    let accounts: Accounts
    let surveys: Surveys
    let statistics: Statistics

    public init(installation: Installation, accounts: Accounts, surveys: Surveys, statistics: Statistics) {
        self.installation = installation
        self.accounts = accounts
        self.surveys = surveys
        self.statistics = statistics
    }
}

/// What a centre needs before the first customer is asked, and whether it is there.
public struct FirstSteps: Sendable, Equatable {
    public var hasService: Bool
    public var hasForm: Bool
    public var hasConfiguration: Bool
    public var hasMailServer: Bool
    public var hasKey: Bool

    /// Steps in the order in which they are taken: the key's last part, where, and whether it is done.
    var all: [(name: String, path: String, isDone: Bool)] {
        [
            ("service", "/services", hasService), ("form", "/forms", hasForm),
            ("mail", "/settings/email", hasMailServer), ("workflow", "/workflows", hasConfiguration),
            ("key", "/settings/api-keys", hasKey),
        ]
    }

    public var areDone: Bool { all.allSatisfy(\.isDone) }
}
