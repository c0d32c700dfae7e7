// SPDX-License-Identifier: Apache-2.0
// `otklik serve`, and every option of the configuration as a flag.
import App
import ArgumentParser
import Foundation
import Logging

/// Every option that has not its place in ``WhereOptions``.
struct ServeOptions: ParsableArguments {
    @Option(help: option("host")) var host: String?
    @Option(help: option("port")) var port: String?
    @Option(name: .customLong("base-url"), help: option("base-url")) var baseURL: String?
    @Option(help: option("roles"), completion: .list(["web", "worker", "web,worker"])) var roles: String?
    @Flag(help: option("demo")) var demo = false
    @Option(help: option("assets"), completion: .directory) var assets: String?
    @Option(help: option("trusted-proxies")) var trustedProxies: String?
    @Option(name: .customLong("smtp-ca-file"), help: option("smtp-ca-file"), completion: .file())
    var smtpCAFile: String?
    @Option(help: option("smtp-private-hosts"), completion: .list(["yes", "no"])) var smtpPrivateHosts: String?
    @Option(help: option("dns-server")) var dnsServer: String?
    @Option(help: option("language"), completion: .list(["ru", "en"])) var language: String?
    @Option(help: option("log-format"), completion: .list(["text", "json"])) var logFormat: String?
    @Option(help: option("log-level"), completion: .list(["debug", "info", "warning", "error"]))
    var logLevel: String?
    @Option(help: option("idle-seconds")) var idleSeconds: String?
    @Option(help: option("request-seconds")) var requestSeconds: String?
    @Option(help: option("write-seconds")) var writeSeconds: String?
    @Option(help: option("stop-seconds")) var stopSeconds: String?
    @Option(help: option("connections")) var connections: String?
    @Option(help: option("connections-per-address")) var connectionsPerAddress: String?
    @Option(help: option("unlimited-addresses")) var unlimitedAddresses: String?
    @Option(help: option("api-per-second")) var apiPerSecond: String?
    @Option(help: option("answers-per-minute")) var answersPerMinute: String?
    @Option(help: option("security-contact")) var securityContact: String?

    var flags: [String: String?] {
        [
            "host": host, "port": port, "base-url": baseURL, "roles": roles, "demo": demo ? "yes" : nil,
            "assets": assets, "trusted-proxies": trustedProxies, "smtp-ca-file": smtpCAFile,
            "smtp-private-hosts": smtpPrivateHosts, "dns-server": dnsServer, "language": language,
            "log-format": logFormat,
            "log-level": logLevel, "idle-seconds": idleSeconds, "request-seconds": requestSeconds,
            "write-seconds": writeSeconds, "stop-seconds": stopSeconds, "connections": connections,
            "connections-per-address": connectionsPerAddress, "unlimited-addresses": unlimitedAddresses,
            "api-per-second": apiPerSecond, "answers-per-minute": answersPerMinute,
            "security-contact": securityContact,
        ]
    }
}

/// Runs the server until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: say("serve"), discussion: say("serve.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var options: ServeOptions

    func run() async throws {
        let configuration = try place.configuration(options.flags)
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        let isJSON = configuration.isLogJSON
        LoggingSystem.bootstrap { LogLine(label: $0, level: level, isJSON: isJSON) }
        let serving = Serving(configuration, logger: Logger(label: "otklik")) { line in
            FileHandle.standardOutput.write(Data((line + "\n").utf8))
        }
        try await serving.run()
    }
}
