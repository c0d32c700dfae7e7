// SPDX-License-Identifier: Apache-2.0
// What is decided before the program starts: one line for each option, from which the flags, the environment's names,
// the file's keys and the table in docs/OPERATING.md follow. What an administrator changes at run time is Settings.
import Foundation
import NIOCore

/// One thing that can be configured.
public struct ConfigurationOption: Sendable {
    /// How the value's text is read.
    public enum Kind: String, Sendable {
        case text, path, number, seconds, flag, list, addresses
    }

    /// The flag's name without its dashes and the file's key; `OTKLIK_` and capitals make the environment's.
    public let name: String
    public let kind: Kind
    /// Nil when there is no value unless one is given.
    public let fallback: String?
    /// A secret is never shown, and may be given as a file's path: in `OTKLIK_<NAME>_FILE`, or by `<name>-file`.
    public let isSecret: Bool
    /// One sentence, as `--help` and the table say it.
    public let sentence: String

    public var environmentName: String {
        "OTKLIK_" + name.uppercased().replacing("-", with: "_")
    }

    init(_ name: String, _ kind: Kind, _ fallback: String?, isSecret: Bool = false, _ sentence: String) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.isSecret = isSecret
        self.sentence = sentence
    }
}

extension Configuration {
    /// Every option there is.
    public static let options: [ConfigurationOption] = [
        .init("config", .path, nil, "A YAML file with any of the other options, by their names."),
        .init("data", .path, "data", "The folder of the embedded database, captured mail and the server's secret."),
        .init("database", .text, nil, isSecret: true, "A PostgreSQL address instead of the embedded database."),
        .init("secret-file", .path, nil, "The file of the server's secret; `<data>/secret.key` when not given."),
        .init("host", .text, "127.0.0.1", "The address to listen at."),
        .init("port", .number, "8080", "The port to listen at; 0 takes a free one."),
        .init("base-url", .text, nil, "The address that people and mails use; from host and port when not given."),
        .init("roles", .list, "web,worker", "What this node does: web, worker or both."),
        .init("demo", .flag, "no", "Makes the demo centre at start, once, and says how to enter it."),
        .init("assets", .path, nil, "Reads pages' files and dictionaries from this folder: for development."),
        .init("trusted-proxies", .addresses, "", "Addresses whose `X-Forwarded-For` is believed."),
        .init("smtp-ca-file", .path, nil, "Authorities (PEM) that mail servers' certificates may come from as well."),
        .init("smtp-private-hosts", .flag, "yes", "Whether mail servers may be on this machine or a private network."),
        .init("dns-server", .text, nil, "A DNS server (IPv4, port) to be asked about mail records; else the system's."),
        .init("language", .text, nil, "The language of the command line, ru or en; else that of LC_ALL or LANG."),
        .init("log-format", .text, "text", "How log lines are written: text or json."),
        .init("log-level", .text, "info", "The least level that is logged: debug, info, warning or error."),
        .init("idle-seconds", .seconds, "30", "How long a connection may stand without a request."),
        .init("request-seconds", .seconds, "60", "How long a whole request may take to arrive."),
        .init("write-seconds", .seconds, "60", "How long a peer may take nothing of what is written to it."),
        .init("stop-seconds", .seconds, "25", "How long requests and deliveries may finish after the signal to stop."),
        .init("connections", .number, "2000", "Connections at once."),
        .init("connections-per-address", .number, "50", "Connections at once of one address."),
        .init("unlimited-addresses", .addresses, "127.0.0.0/8,::1", "Addresses without a limit of their own."),
        .init("api-per-second", .number, "1000", "Calls of the API in a second of one address."),
        .init("answers-per-minute", .number, "600", "Answers to surveys in a minute of one address."),
        .init(
            "security-contact", .text, nil,
            "Where to report a vulnerability: a mail or https address for `/.well-known/security.txt`."),
    ]
}

/// Why a program refuses to start: a sentence for whoever starts it.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// The values of the options: flags before environment before file before defaults.
public struct Configuration: Sendable {
    private let values: [String: String]
    private let origins: [String: ConfigurationOrigin]

    /// Reads and checks everything at once.
    /// - Throws: ``ConfigurationError`` for a value that cannot be read, an `OTKLIK_` name or a key of the file that is
    ///   no option's.
    public init(flags: [String: String] = [:], environment: [String: String] = [:]) throws {
        let given = try ConfigurationSources(flags: flags, environment: environment).values()
        values = given.mapValues(\.text)
        origins = given.mapValues(\.origin)
    }

    func value(of option: ConfigurationOption) -> String? { values[option.name] }
    func origin(of option: ConfigurationOption) -> ConfigurationOrigin { origins[option.name] ?? .standard }

    private func text(_ name: String) -> String { values[name] ?? "" }
    private func number(_ name: String) -> Int { values[name].flatMap { Int($0) } ?? 0 }
}

extension Configuration {
    private func isOn(_ name: String) -> Bool { ["yes", "true", "1"].contains(text(name).lowercased()) }

    public var dataFolder: URL { URL(fileURLWithPath: text("data"), isDirectory: true).standardizedFileURL }
    /// The address of a PostgreSQL database; nil for the embedded one.
    public var database: String? { values["database"] }
    public var secretFile: URL {
        values["secret-file"].map { URL(fileURLWithPath: $0) } ?? dataFolder.appending(path: "secret.key")
    }
    /// True when the secret was given, so that none may be made.
    public var isSecretGiven: Bool { values["secret-file"] != nil }
    public var host: String { text("host") }
    public var port: Int { number("port") }
    /// The address that people and mails use, without a slash at its end.
    public var baseURL: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        var url = values["base-url"] ?? "http://\(["0.0.0.0", "::"].contains(host) ? "localhost" : shown):\(port)"
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
    public var isWeb: Bool { text("roles").contains("web") }
    public var isWorker: Bool { text("roles").contains("worker") }
    public var isDemo: Bool { isOn("demo") }
    public var providerRules: ProviderRules {
        var rules = ProviderRules()
        rules.allowsPrivateMailHosts = isOn("smtp-private-hosts")
        rules.mailAuthorityFile = values["smtp-ca-file"]
        rules.dnsServer = values["dns-server"]
        rules.securityContact = values["security-contact"].flatMap { SecurityTextRoutes.contact($0) }
        return rules
    }
    /// The folder that assets are read from instead of the binary.
    public var assets: URL? { values["assets"].map { URL(fileURLWithPath: $0, isDirectory: true) } }
    public var trustedProxies: AddressList { AddressList(text("trusted-proxies")) ?? .none }
    public var isLogJSON: Bool { text("log-format") == "json" }
    public var logLevel: String { text("log-level") }
    public var stopSeconds: Int { number("stop-seconds") }

    public var rateLimits: RateLimits {
        var limits = RateLimits()
        limits.apiPerSecond = number("api-per-second")
        limits.surveysPerMinute = number("answers-per-minute")
        limits.unlimited = AddressList(text("unlimited-addresses")) ?? .loopback
        return limits
    }

    public var httpLimits: HTTPLimits {
        var limits = HTTPLimits()
        limits.idle = .seconds(Int64(number("idle-seconds")))
        limits.request = .seconds(Int64(number("request-seconds")))
        limits.write = .seconds(Int64(number("write-seconds")))
        limits.connections = number("connections")
        limits.connectionsPerAddress = number("connections-per-address")
        limits.unlimited = AddressList(
            prefixes: (AddressList(text("unlimited-addresses")) ?? .loopback).prefixes
                + trustedProxies.prefixes)
        return limits
    }
}
