// SPDX-License-Identifier: Apache-2.0
// Kept connections: setting one up with TLS costs forty times what a message on a kept one does.
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// What a sender wants to be asked while its message is under way.
public struct SMTPHooks: Sendable {
    /// Called when a connection stands ready, just before the message's first byte; false takes the message back.
    /// Nil: nobody is to be asked.
    public var willBegin: (@Sendable () async -> Bool)?
    /// Called on the connection's event loop when the message's first byte is about to leave, after all asking; false
    /// takes the message back. Called again where a connection was no good and the message begins on another. Must not
    /// block.
    public var mayBegin: @Sendable () -> Bool
    /// Called on the connection's event loop just before the content and its final dot; false closes the connection
    /// without the dot, so that the server does not have the message. Must not block.
    public var mayEnd: @Sendable () -> Bool

    public init(
        willBegin: (@Sendable () async -> Bool)? = nil,
        mayBegin: @escaping @Sendable () -> Bool = { true },
        mayEnd: @escaping @Sendable () -> Bool = { true }
    ) {
        self.willBegin = willBegin
        self.mayBegin = mayBegin
        self.mayEnd = mayEnd
    }
}

/// One message of many that are handed over together.
public final class SMTPDelivery: Sendable {
    public let envelope: SMTPEnvelope
    public let hooks: SMTPHooks
    /// Hears once how the message fared, on the connection's event loop. Must not block.
    public let finished: @Sendable (SMTPOutcome) -> Void

    public init(
        _ envelope: SMTPEnvelope, hooks: SMTPHooks = SMTPHooks(),
        finished: @escaping @Sendable (SMTPOutcome) -> Void
    ) {
        self.envelope = envelope
        self.hooks = hooks
        self.finished = finished
    }
}

/// Sends messages over kept connections, at most `SMTPAccount.connections` for each account.
///
///     let outcome = await pool.send(envelope, through: account)
///
/// The connections of one account live on one event loop: a message goes from its queue to a connection, and from one
/// message to the next, without a lock or a change of thread.
public final class SMTPPool: Sendable {
    private struct State {
        var doors: [SMTPAccount: SMTPDoor] = [:]
        /// Connections that stand or are being made, over all accounts.
        var total = 0
        /// Queues without any connection that may not open one while there are so many, in their order.
        var starving: [SMTPDoor] = []
        var isClosed = false
    }

    private let state = NIOLockedValueBox(State())
    private let group: any EventLoopGroup
    private let maximum: Int
    let trust = SMTPTrust()

    /// - Parameter maximum: how many connections may stand at once over all accounts.
    public init(group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, maximum: Int = 256) {
        self.group = group
        self.maximum = maximum
    }

    /// Sends one message and says how it fared. Waits while all of the account's connections are busy.
    public func send(
        _ envelope: SMTPEnvelope, through account: SMTPAccount, hooks: SMTPHooks = SMTPHooks()
    ) async -> SMTPOutcome {
        await withCheckedContinuation { continuation in
            let delivery = SMTPDelivery(envelope, hooks: hooks) { continuation.resume(returning: $0) }
            submit([delivery], through: account)
        }
    }

    /// Hands many messages over at once; each says for itself how it fared. They are begun in their order, on as many
    /// connections as the account may have. After ``close()`` each is `withdrawn`.
    public func submit(_ deliveries: [SMTPDelivery], through account: SMTPAccount) {
        add(deliveries.map { .message($0) }, to: account)
    }

    /// Has a connection of the account stand ready: does the account work at all?
    public func check(_ account: SMTPAccount) async -> SMTPFault? {
        await withCheckedContinuation { continuation in
            add([.check { continuation.resume(returning: $0) }], to: account)
        }
    }

    /// Closes idle connections; busy ones close when their message is done. Nothing can be sent afterwards.
    public func close() {
        let doors = state.withLockedValue { state in
            state.isClosed = true
            defer { state.doors = [:] }
            return Array(state.doors.values)
        }
        for door in doors { door.enter { $0.close() } }
    }

    private func add(_ tasks: [SMTPTask], to account: SMTPAccount) {
        let rung = state.withLockedValue { state -> (door: SMTPDoor, isFirst: Bool)? in
            if state.isClosed { return nil }
            let door = state.doors[account] ?? SMTPDoor(account: account, pool: self, loop: group.next())
            if state.doors[account] == nil { state.doors[account] = door }
            return (door, door.leave(tasks))
        }
        guard let rung else {
            for task in tasks { task.stop() }
            return
        }
        if rung.isFirst { rung.door.ring() }
    }

    // MARK: - What queues ask

    /// Whether a queue may open a connection. If not and it has none at all, others give back what they do not use and
    /// it is granted the first that is given back.
    func reserve(for door: SMTPDoor, hasNone: Bool) -> Bool {
        let (isGranted, others) = state.withLockedValue { state -> (Bool, [SMTPDoor]) in
            if state.total < maximum {
                state.total += 1
                return (true, [])
            }
            guard hasNone, !state.starving.contains(where: { $0 === door }) else { return (false, []) }
            state.starving.append(door)
            return (false, state.doors.values.filter { $0 !== door })
        }
        for other in others { other.enter { $0.yieldOne() } }
        return isGranted
    }

    /// A connection is no more: the next that waits for one may open it.
    func giveBack() {
        let next = state.withLockedValue { state -> SMTPDoor? in
            if !state.starving.isEmpty { return state.starving.removeFirst() }
            state.total -= 1
            return nil
        }
        next?.enter { $0.granted() }
    }

    /// Whether another queue waits for a connection to be given back.
    func isWanted(by door: SMTPDoor) -> Bool {
        state.withLockedValue { state in state.starving.contains { $0 !== door } }
    }

    /// A queue that has nothing to do and nothing to remember is forgotten.
    func forget(_ door: SMTPDoor) {
        state.withLockedValue { state in
            guard state.doors[door.account] === door, door.isEmpty else { return }
            state.doors[door.account] = nil
        }
    }
}
