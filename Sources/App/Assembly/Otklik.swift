// SPDX-License-Identifier: Apache-2.0
// The whole program as one value: made alike for serving, for commands and for tests.
import Durable
import Foundation
import Hummingbird
import Logging
import Markup
import Post
import Storage

/// One otklik, put together and ready to answer and to work.
public struct Otklik: Sendable {
    public let installation: Installation
    public let rooms: Rooms
    let assets: AssetTree
    let webAssets: WebAssets
    /// Kept connections to the centres' mail servers.
    let pool: SMTPPool

    let trustedProxies: AddressList
    let rates: RateLimits

    /// - Parameters:
    ///   - webAssets: What is made of the assets, where it was made before.
    ///   - assetsFolder: Where pages' files are read from anew for every document; nil for the embedded ones.
    ///   - trustedProxies: Whose word about the client's address is believed.
    ///   - rates: How often one address may ask.
    public init(
        _ installation: Installation, assets: AssetTree, webAssets: WebAssets? = nil, assetsFolder: URL? = nil,
        trustedProxies: AddressList = .none, rates: RateLimits = RateLimits()
    ) {
        self.rates = rates
        self.trustedProxies = trustedProxies
        self.installation = installation
        self.assets = assets
        rooms = Rooms(installation)
        pool = SMTPPool()
        self.webAssets = webAssets ?? WebAssets(assets, folder: assetsFolder)
    }

    /// Answers requests: what the server and the tests call.
    public func responder() -> RouterResponder<WebContext> { router().buildResponder() }

    /// Lets go of the mail servers and the database.
    public func close() async {
        pool.close()
        do {
            try await installation.database.close()
        } catch {
            installation.logger.warning("The database could not be closed.", metadata: ["error": "\(error)"])
        }
    }

    /// Makes sure that the work is there which nobody's deed begins.
    func beginUpkeep() async throws {
        let now = installation.clock.now()
        try await installation.database.write { [rooms] in try rooms.operations.beginUpkeep(in: $0, at: now) }
    }

    /// Does the durable work of this node.
    public func workers(_ node: Node, isWorking: Bool = true) -> Workers {
        Workers(
            database: installation.database, node: node,
            handlers: isWorking ? rooms.handlers(node: node, pool: pool) : [],
            clock: { [clock = installation.clock] in clock.now().milliseconds }, logger: installation.logger)
    }
}

/// Opens what a configuration names (database, secret, words) and puts the program together.
public func buildApplication(_ configuration: Configuration, logger: Logger) async throws -> Otklik {
    let assets = try Assets.load(from: configuration.assets)
    let database = try await Database.open(configuration)
    do {
        try await database.migrate(Assets.schema(of: assets))
        let secret = try ServerSecret(file: configuration.secretFile, mayCreate: !configuration.isSecretGiven)
        try await secret.check(against: database)
        let installation = Installation(
            database: database, clock: .system, secret: secret, catalogue: try Assets.catalogue(of: assets),
            baseURL: configuration.baseURL, dataFolder: configuration.dataFolder, logger: logger,
            provider: configuration.providerRules)
        return Otklik(
            installation, assets: assets, assetsFolder: configuration.assets,
            trustedProxies: configuration.trustedProxies, rates: configuration.rateLimits)
    } catch {
        try? await database.close()
        throw error
    }
}

extension Database {
    /// The data folder, for its owner alone: it holds customers' addresses and the secret.
    static func makeFolder(_ configuration: Configuration) throws {
        try FileManager.default.createDirectory(
            at: configuration.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// The database that a configuration names.
    static func open(_ configuration: Configuration) async throws -> Database {
        try makeFolder(configuration)
        guard let address = configuration.database else {
            return try await openSQLite(folder: configuration.dataFolder)
        }
        return try await openPostgres(url: address)
    }
}
