// SPDX-License-Identifier: Apache-2.0
// How often one address may ask. Attempts to sign in are counted in the database (Accounts); what is counted here costs
// us most when somebody asks without end, and is forgotten when the program ends.
import Foundation
import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers

/// How often one address may ask, all its people and programs together.
public struct RateLimits: Sendable {
    /// Calls of the API in a second. Four seconds' worth may come at once.
    public var apiPerSecond = 1000
    /// Answers to surveys in a minute: an office of hundreds may be behind one address.
    public var surveysPerMinute = 600
    /// Addresses without a limit.
    public var unlimited = AddressList.loopback

    public init() {}
}

/// Buckets of requests, one for each address: each request takes a token, time brings them back.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Int64
    }

    /// Addresses that are remembered at most: the fullest buckets go first, since they limit nobody.
    private static let mostAddresses = 20_000
    private let perSecond: Double
    private let burst: Double
    private let buckets = NIOLockedValueBox<[String: Bucket]>([:])

    init(perSecond: Double, burst: Double) {
        precondition(perSecond > 0 && burst >= 1, "Somebody has to come through.")
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Takes a token; nil when there was one, else in how many seconds there will be.
    func take(_ address: String, at now: Moment) -> Int? {
        buckets.withLockedValue { buckets in
            var bucket = filled(buckets[address], at: now)
            defer { buckets[address] = bucket }
            if buckets.count >= Self.mostAddresses { forget(&buckets, at: now) }
            guard bucket.tokens >= 1 else { return max(1, Int(((1 - bucket.tokens) / perSecond).rounded(.up))) }
            bucket.tokens -= 1
            return nil
        }
    }

    /// Takes more for a request that turned out to cost more; never so much that an address waits for long.
    func charge(_ tokens: Double, to address: String, at now: Moment) {
        buckets.withLockedValue { buckets in
            var bucket = filled(buckets[address], at: now)
            bucket.tokens = max(bucket.tokens - tokens, -perSecond)
            buckets[address] = bucket
        }
    }

    private func filled(_ bucket: Bucket?, at now: Moment) -> Bucket {
        guard let bucket else { return Bucket(tokens: burst, at: now.milliseconds) }
        let brought = Double(max(0, now.milliseconds - bucket.at)) / 1000 * perSecond
        return Bucket(tokens: min(burst, bucket.tokens + brought), at: now.milliseconds)
    }

    private func forget(_ buckets: inout [String: Bucket], at now: Moment) {
        buckets = buckets.filter { filled($0.value, at: now).tokens < burst }
        if buckets.count >= Self.mostAddresses {
            let emptiest = buckets.sorted { $0.value.tokens < $1.value.tokens }.prefix(Self.mostAddresses / 2)
            buckets = Dictionary(uniqueKeysWithValues: emptiest.map { ($0.key, $0.value) })
        }
    }
}

/// Refuses what an address asks too often: 429, with the time after which it is worth another try.
struct RateLimitMiddleware: RouterMiddleware {
    typealias Context = WebContext

    /// What a request with a key that is none costs more: a program that tries keys has few tries.
    private static let strangersCost: Double = 20
    let limiter: RateLimiter
    let unlimited: AddressList
    let clock: Clock
    /// Which requests are counted.
    let counts: @Sendable (Request) -> Bool
    /// Who is asking: customers' pages come before the middleware that asks proxies.
    let proxies: AddressList?

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard counts(request) else { return try await next(request, context) }
        let address = address(of: request, context)
        if unlimited.holds(address) { return try await next(request, context) }
        let network = networkOf(address)
        if let seconds = limiter.take(network, at: clock.now()) {
            throw Refusal(
                .tooMany, code: "too_many_requests", key: "assembly.tooManyRequests",
                arguments: ["seconds": String(seconds)])
        }
        let response = try await next(request, context)
        if response.status == .unauthorized { limiter.charge(Self.strangersCost, to: network, at: clock.now()) }
        return response
    }

    private func address(of request: Request, _ context: Context) -> String {
        guard let proxies else { return context.remoteAddress }
        return ForwardedMiddleware.address(of: request, context, proxies: proxies)
    }
}
