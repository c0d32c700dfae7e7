// SPDX-License-Identifier: Apache-2.0
// What one running program has, given to every room.
import Foundation
import Logging
import Markup
import Storage

/// What whoever hosts the installation allows and knows, for all of its centres.
public struct ProviderRules: Sendable {
    /// Whether mail servers on loopback and private networks may be entered.
    public var allowsPrivateMailHosts = true
    /// A PEM file of authorities that mail servers' certificates may come from, beside the system's.
    public var mailAuthorityFile: String?
    /// A DNS server that is asked instead of the system's: an IPv4 address, with a port behind a colon if need be.
    public var dnsServer: String?
    /// Where to report a vulnerability, as an address of mail or of the web.
    public var securityContact: String?

    public init() {}
}

/// One running otklik: its database, time, secret, words and addresses.
public struct Installation: Sendable {
    public let database: Database
    public let clock: Clock
    public let secret: ServerSecret
    public let catalogue: Catalogue
    /// The address that people and mails use, without a slash at its end: `https://otklik.example.com`.
    public let baseURL: String
    /// The data folder: the embedded database, captured mail, the secret.
    public let dataFolder: URL
    public let logger: Logger
    public let provider: ProviderRules

    public init(
        database: Database, clock: Clock, secret: ServerSecret, catalogue: Catalogue, baseURL: String,
        dataFolder: URL, logger: Logger, provider: ProviderRules = ProviderRules()
    ) {
        self.database = database
        self.clock = clock
        self.secret = secret
        self.catalogue = catalogue
        self.baseURL = baseURL
        self.dataFolder = dataFolder
        self.logger = logger
        self.provider = provider
    }

    /// Whether browsers reach us by https, which decides about cookies.
    public var isSecure: Bool { baseURL.hasPrefix("https://") }
}
