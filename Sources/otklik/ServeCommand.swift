// SPDX-License-Identifier: Apache-2.0
// `otklik serve`.
import App
import ArgumentParser
import Foundation
import Logging

/// Runs the server until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the server until SIGTERM or Ctrl-C.",
        discussion: """
            Every option is also read from the environment, --base-url from OTKLIK_BASE_URL and so on, and from the \
            file that --config names, there as "base-url: https://survey.example". Flags win over the environment, \
            which wins over the file.
            """)

    @OptionGroup var place: WhereOptions

    @Option(help: "The address to listen at (default: 127.0.0.1).")
    var host: String?

    @Option(help: "The port to listen at; 0 takes a free one (default: 8080).")
    var port: String?

    @Option(help: "The address that people and mails use (default: from host and port).")
    var baseURL: String?

    @Option(help: "What this node does: web, worker or both (default: web,worker).")
    var roles: String?

    @Flag(help: "Makes the demo centre, once, and says how to enter it.")
    var demo = false

    @Option(help: "Reads pages' files and dictionaries from this folder: for development.")
    var assets: String?

    @Option(help: "Addresses whose X-Forwarded-For is believed.")
    var trustedProxies: String?

    @Option(help: "How log lines are written: text or json.")
    var logFormat: String?

    @Option(help: "The least level that is logged: debug, info, warning or error.")
    var logLevel: String?

    func run() async throws {
        let configuration = try place.configuration([
            "host": host, "port": port, "base-url": baseURL, "roles": roles, "demo": demo ? "yes" : nil,
            "assets": assets, "trusted-proxies": trustedProxies, "log-format": logFormat, "log-level": logLevel,
        ])
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        let isJSON = configuration.isLogJSON
        LoggingSystem.bootstrap { LogLine(label: $0, level: level, isJSON: isJSON) }
        let serving = Serving(configuration, logger: Logger(label: "otklik")) { line in
            FileHandle.standardOutput.write(Data((line + "\n").utf8))
        }
        try await serving.run()
    }
}
