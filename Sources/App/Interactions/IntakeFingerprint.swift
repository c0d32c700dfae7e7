// SPDX-License-Identifier: Apache-2.0
// How a repeated delivery is told from another one for the same part: a hash of every member, so that a difference
// can be named without keeping what was sent.
import Storage

/// One 64-bit hash for each member of a delivery.
struct IntakeFingerprint: Sendable, Equatable, SQLConvertible {
    /// The members in the order of their hashes. New ones are appended; stored fingerprints may be shorter.
    static let members = [
        "service", "channel", "direction", "agent", "disposition", "note", "final", "startedAt", "endedAt", "customer",
        "case", "sentiment", "data",
    ]

    private let hashes: [UInt64]

    init(of delivery: Intake) {
        let customer = delivery.customer.map { [$0.id, $0.name, $0.email, $0.phone, $0.language] }
        let reference = delivery.disposition
        let disposition = [reference.any, reference.id, reference.code, reference.name]
        hashes = [
            Self.hash([delivery.service]),
            Self.hash([delivery.channel?.rawValue]),
            Self.hash([delivery.direction?.rawValue]),
            Self.hash([delivery.completion.agent]),
            Self.hash(disposition),
            Self.hash([delivery.completion.note?.nonEmpty]),
            Self.hash([delivery.completion.isFinal ? "true" : "false"]),
            Self.hash([delivery.startedAt.map { String($0.milliseconds) }]),
            Self.hash([delivery.endedAt.map { String($0.milliseconds) }]),
            Self.hash(customer ?? []),
            Self.hash(delivery.caseReference.map { [$0.number, $0.title] } ?? []),
            Self.hash([delivery.sentiment.map { String($0) }]),
            Self.hash([delivery.data.map { JSON.object($0).text }]),
        ]
    }

    private init(hashes: [UInt64]) { self.hashes = hashes }

    /// The members that differ.
    func differences(from other: IntakeFingerprint) -> [String] {
        zip(Self.members, zip(hashes, other.hashes)).compactMap { $1.0 == $1.1 ? nil : $0 }
    }

    /// FNV-1a. Whoever finds a collision only fools their own sender.
    private static func hash(_ texts: [String?]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for text in texts {
            mix(text == nil ? 0 : 1)
            for byte in (text ?? "").utf8 { mix(byte) }
            // No UTF-8 text holds this byte, so that texts cannot run into each other.
            mix(0xFF)
        }
        return hash
    }

    var sqlValue: SQLValue {
        .bytes(hashes.flatMap { hash in (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) } })
    }

    static func from(_ value: SQLValue, column: String) throws -> IntakeFingerprint {
        let bytes = try [UInt8].from(value, column: column)
        let hashes = stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
        }
        return IntakeFingerprint(hashes: hashes)
    }
}
