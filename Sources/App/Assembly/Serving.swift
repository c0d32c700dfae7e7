// SPDX-License-Identifier: Apache-2.0
// `otklik serve`: web and workers as services that stop gracefully together.
import Durable
import Foundation
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

/// A running server: what `otklik serve` does after the words on its command line were understood.
public struct Serving: Sendable {
    let configuration: Configuration
    let logger: Logger
    /// Prints to whoever has started the program.
    let say: @Sendable (String) -> Void

    public init(_ configuration: Configuration, logger: Logger, say: @escaping @Sendable (String) -> Void) {
        self.configuration = configuration
        self.logger = logger
        self.say = say
    }

    /// Serves until SIGTERM or SIGINT.
    public func run() async throws {
        Memory.keepFreed()
        try Database.makeFolder(configuration)
        // SQLite's folder has one server: leases of an earlier one are void at start.
        let lock = configuration.database == nil ? try FolderLock(folder: configuration.dataFolder) : nil
        defer { withExtendedLifetime(lock) {} }
        let otklik = try await buildApplication(configuration, logger: logger)
        let node = try await Node.join(otklik.installation.database)
        if configuration.isWorker { try await otklik.beginUpkeep() }
        var services: [any ServiceLifecycle.Service] = [
            MemoryUpkeep(), otklik.workers(node, isWorking: configuration.isWorker),
        ]
        if configuration.isWeb {
            let server = HTTPServer(
                host: configuration.host, port: configuration.port, limits: configuration.httpLimits, logger: logger)
            // Before the first request may come: whoever waits for `/health/ready` finds everything there.
            let lines = try await configuration.isDemo ? otklik.demoLines() : otklik.setUpLines()
            services.append(server.application(otklik.responder()) { port in listening(port: port, lines) })
        }
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.stopSeconds)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            await otklik.close()
            throw error
        }
        await otklik.close()
    }

    private func listening(port: Int, _ lines: [String]) {
        say("Otklik listens at http://\(configuration.host):\(port)")
        for line in lines { say(line) }
    }
}
