// SPDX-License-Identifier: Apache-2.0
// Kept connections: setting one up with TLS costs forty times what a message on a kept one does.
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// What a sender wants to be asked while its message is under way.
public struct SMTPHooks: Sendable {
    /// Called when a connection stands ready, just before the message's first byte; false takes the message back.
    public var willBegin: @Sendable () async -> Bool
    /// Called on the connection's event loop just before the content and its final dot; false closes the connection
    /// without the dot, so that the server does not have the message. Must not block.
    public var mayEnd: @Sendable () -> Bool

    public init(
        willBegin: @escaping @Sendable () async -> Bool = { true },
        mayEnd: @escaping @Sendable () -> Bool = { true }
    ) {
        self.willBegin = willBegin
        self.mayEnd = mayEnd
    }
}

/// Sends messages over kept connections, at most `SMTPAccount.connections` for each account.
///
///     let outcome = await pool.send(envelope, through: account)
public final class SMTPPool: Sendable {
    /// What somebody who waits for a connection gets.
    private enum Grant {
        case reuse(SMTPConnection)
        case open
        case failed(SMTPFault)
    }

    private struct Waiter {
        let account: SMTPAccount
        let continuation: CheckedContinuation<Grant, Never>
    }

    private struct State {
        var idle: [SMTPAccount: [SMTPConnection]] = [:]
        /// Connections that stand or are being made.
        var open: [SMTPAccount: Int] = [:]
        var total = 0
        var live: Set<ObjectIdentifier> = []
        var waiters: [Waiter] = []
        /// Accounts whose server would not take a further connection beside those that stand, and until when.
        var ceilings: [SMTPAccount: NIODeadline] = [:]
        var isClosed = false

        /// How many connections an account may have now.
        func limit(_ account: SMTPAccount) -> Int {
            let limit = max(1, account.connections)
            guard let until = ceilings[account], NIODeadline.now() < until else { return limit }
            return min(limit, max(1, open[account, default: 0]))
        }
    }

    private let state = NIOLockedValueBox(State())
    private let trust = SMTPTrust()
    private let group: any EventLoopGroup
    private let maximum: Int

    /// - Parameter maximum: how many connections may stand at once over all accounts.
    public init(group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, maximum: Int = 256) {
        self.group = group
        self.maximum = maximum
    }

    /// Sends one message and says how it fared. Waits while all of the account's connections are busy.
    public func send(
        _ envelope: SMTPEnvelope, through account: SMTPAccount, hooks: SMTPHooks = SMTPHooks()
    ) async -> SMTPOutcome {
        do {
            let (connection, isKept) = try await acquire(account)
            guard await hooks.willBegin() else {
                release(connection, of: account)
                return .withdrawn
            }
            let result = await connection.deliver(envelope, mayEnd: hooks.mayEnd)
            guard isKept, Self.isStale(result.outcome, wasAnswered: result.wasAnswered) else {
                release(connection, of: account)
                return result.outcome
            }
            discard(connection, of: account)
            let fresh = try await connectAgain(account)
            let outcome = await fresh.deliver(envelope, mayEnd: hooks.mayEnd).outcome
            release(fresh, of: account)
            return outcome
        } catch {
            return .fault(error)
        }
    }

    /// Opens a connection and closes it again: does the account work at all?
    public func check(_ account: SMTPAccount) async -> SMTPFault? {
        do {
            let (connection, _) = try await acquire(account)
            release(connection, of: account)
            return nil
        } catch {
            return error
        }
    }

    /// Closes idle connections; busy ones close when their message is done. Nothing can be sent afterwards.
    public func close() {
        let (connections, waiters) = state.withLockedValue { state in
            state.isClosed = true
            defer {
                state.idle = [:]
                state.waiters = []
            }
            return (state.idle.values.flatMap { $0 }, state.waiters)
        }
        for connection in connections { connection.quit() }
        let fault = SMTPFault(step: .connect, reason: "the sender is stopping")
        for waiter in waiters { waiter.continuation.resume(returning: .failed(fault)) }
    }

    /// A kept connection that the server had given up: it had said nothing to this message, or only 421.
    private static func isStale(_ outcome: SMTPOutcome, wasAnswered: Bool) -> Bool {
        switch outcome {
        case .postponed(_, nil, _): !wasAnswered
        case .fault(let fault): fault.reply?.code == 421
        default: false
        }
    }

    // MARK: - Connections

    /// A server may allow fewer connections than the account: while others stand, one that fails is no fault.
    private func acquire(_ account: SMTPAccount) async throws(SMTPFault) -> (SMTPConnection, isKept: Bool) {
        while true {
            do {
                return try await acquireOnce(account)
            } catch where hasOthers(account) {
                state.withLockedValue { $0.ceilings[account] = .now() + Self.ceilingTime }
            } catch {
                throw error
            }
        }
    }

    /// How long no further connection is tried after one that the server would not take.
    private static let ceilingTime = TimeAmount.seconds(60)

    private func hasOthers(_ account: SMTPAccount) -> Bool {
        state.withLockedValue { !$0.isClosed && $0.open[account, default: 0] > 0 }
    }

    private func acquireOnce(_ account: SMTPAccount) async throws(SMTPFault) -> (SMTPConnection, isKept: Bool) {
        let grant = await withCheckedContinuation { continuation in
            let (grant, closing) = state.withLockedValue { Self.grant(account, in: &$0, continuation, maximum) }
            for connection in closing { connection.quit() }
            if let grant { continuation.resume(returning: grant) }
        }
        switch grant {
        case .reuse(let connection): return (connection, true)
        case .open: return (try await open(account), false)
        case .failed(let fault): throw fault
        }
    }

    /// Nil when the asker has to wait. Connections to close come back too.
    private static func grant(
        _ account: SMTPAccount, in state: inout State, _ continuation: CheckedContinuation<Grant, Never>,
        _ maximum: Int
    ) -> (Grant?, [SMTPConnection]) {
        if state.isClosed { return (.failed(SMTPFault(step: .connect, reason: "the sender is stopping")), []) }
        var closing: [SMTPConnection] = []
        while let connection = state.idle[account]?.popLast() {
            if connection.isReusable { return (.reuse(connection), closing) }
            forget(connection, of: account, in: &state)
            closing.append(connection)
        }
        if state.total >= maximum, let other = state.idle.first(where: { !$0.value.isEmpty })?.key,
            let connection = state.idle[other]?.popLast()
        {
            forget(connection, of: other, in: &state)
            closing.append(connection)
        }
        if state.open[account, default: 0] < state.limit(account), state.total < maximum {
            state.open[account, default: 0] += 1
            state.total += 1
            return (.open, closing)
        }
        state.waiters.append(Waiter(account: account, continuation: continuation))
        return (nil, closing)
    }

    /// Makes the connection that was granted.
    private func open(_ account: SMTPAccount) async throws(SMTPFault) -> SMTPConnection {
        do {
            let connection = try await SMTPConnection.open(account, trust: trust, on: group.next())
            state.withLockedValue { _ = $0.live.insert(ObjectIdentifier(connection)) }
            connection.whenClosed { [weak self, weak connection] in
                if let connection { self?.discard(connection, of: account) }
            }
            return connection
        } catch {
            openingFailed(account, error)
            throw error
        }
    }

    private func connectAgain(_ account: SMTPAccount) async throws(SMTPFault) -> SMTPConnection {
        state.withLockedValue { state in
            state.open[account, default: 0] += 1
            state.total += 1
        }
        return try await open(account)
    }

    /// Everybody who waits for this account hears the same, unless another of its connections stands.
    private func openingFailed(_ account: SMTPAccount, _ fault: SMTPFault) {
        let failed = state.withLockedValue { state in
            Self.release(account, in: &state)
            guard state.open[account, default: 0] == 0 else { return [Waiter]() }
            let failed = state.waiters.filter { $0.account == account }
            state.waiters.removeAll { $0.account == account }
            return failed
        }
        for waiter in failed { waiter.continuation.resume(returning: .failed(fault)) }
        grantNext()
    }

    /// Gives a connection back after a message.
    private func release(_ connection: SMTPConnection, of account: SMTPAccount) {
        guard connection.isReusable else {
            discard(connection, of: account)
            return
        }
        let next = state.withLockedValue { state -> (waiter: Waiter?, keeps: Bool) in
            if let index = state.waiters.firstIndex(where: { $0.account == account }) {
                return (state.waiters.remove(at: index), true)
            }
            if state.isClosed || !state.waiters.isEmpty { return (nil, false) }
            guard state.live.contains(ObjectIdentifier(connection)) else { return (nil, false) }
            state.idle[account, default: []].append(connection)
            return (nil, true)
        }
        if let waiter = next.waiter {
            waiter.continuation.resume(returning: .reuse(connection))
        } else if !next.keeps {
            discard(connection, of: account)
        }
    }

    /// Forgets a connection and lets the next who waits open another.
    private func discard(_ connection: SMTPConnection, of account: SMTPAccount) {
        let wasLive = state.withLockedValue { Self.forget(connection, of: account, in: &$0) }
        guard wasLive else { return }
        connection.quit()
        grantNext()
    }

    private func grantNext() {
        let waiter = state.withLockedValue { state -> Waiter? in
            guard state.total < maximum else { return nil }
            let index = state.waiters.firstIndex {
                state.open[$0.account, default: 0] < state.limit($0.account)
            }
            guard let index else { return nil }
            let waiter = state.waiters.remove(at: index)
            state.open[waiter.account, default: 0] += 1
            state.total += 1
            return waiter
        }
        waiter?.continuation.resume(returning: .open)
    }

    @discardableResult
    private static func forget(
        _ connection: SMTPConnection, of account: SMTPAccount, in state: inout State
    ) -> Bool {
        guard state.live.remove(ObjectIdentifier(connection)) != nil else { return false }
        state.idle[account]?.removeAll { $0 === connection }
        release(account, in: &state)
        return true
    }

    private static func release(_ account: SMTPAccount, in state: inout State) {
        let left = state.open[account, default: 1] - 1
        state.open[account] = left > 0 ? left : nil
        if left <= 0, state.idle[account]?.isEmpty ?? false { state.idle[account] = nil }
        state.total -= 1
    }
}
