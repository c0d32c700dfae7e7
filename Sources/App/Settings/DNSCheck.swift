// SPDX-License-Identifier: Apache-2.0
// What the world sees of a sender's domain in the DNS, compared with what has to stand there.
import Post

/// One record and what was found of it.
public struct DNSFinding: Sendable, Equatable {
    /// Which record it is.
    public enum Record: String, Sendable, CaseIterable {
        /// A key that signs the centre's mail.
        case dkim
        /// Which servers may send for the domain of the return path.
        case spf
        /// What receivers are to do with mail that nobody vouches for.
        case dmarc
    }

    /// What is true of it.
    public enum State: String, Sendable, CaseIterable {
        /// It stands there as it has to.
        case good
        /// It is not there.
        case missing
        /// Something else stands there.
        case different
        /// There are several, and receivers take none of them.
        case several
        /// It is there, and means nothing for the From address, since it belongs to another domain.
        case unaligned
        /// The DNS could not be asked.
        case unreachable
    }

    public let record: Record
    /// Where it stands or has to stand.
    public let name: String
    public let state: State
    /// What stands there; nil when nothing does.
    public let found: String?
}

/// Compares what is published with what has to be.
enum DNSCheck {
    /// A key's record: equal when algorithm and key are, however the rest is written.
    static func dkim(_ key: SigningKey, _ texts: DNSTexts) -> DNSFinding {
        func finding(_ state: DNSFinding.State, _ found: String? = nil) -> DNSFinding {
            DNSFinding(record: .dkim, name: key.recordName, state: state, found: found)
        }
        guard case .known(let all) = texts else { return finding(.unreachable) }
        let records = all.filter { tags($0)["p"] != nil }
        guard let first = records.first else { return finding(all.isEmpty ? .missing : .different, all.first) }
        if records.count > 1 { return finding(.several, first) }
        let (published, wanted) = (tags(first), tags(key.record))
        let isEqual = published["p"] == wanted["p"] && published["k", default: "rsa"] == wanted["k", default: "rsa"]
        return finding(isEqual ? .good : .different, first)
    }

    /// Which servers may send for a return path's domain.
    /// - Parameter fromDomain: The domain that people see.
    static func spf(of domain: String, fromDomain: String, _ texts: DNSTexts) -> DNSFinding {
        func finding(_ state: DNSFinding.State, _ found: String? = nil) -> DNSFinding {
            DNSFinding(record: .spf, name: domain, state: state, found: found)
        }
        guard case .known(let all) = texts else { return finding(.unreachable) }
        let records = all.filter { $0.lowercased() == "v=spf1" || $0.lowercased().hasPrefix("v=spf1 ") }
        guard let first = records.first else { return finding(.missing) }
        if records.count > 1 { return finding(.several, first) }
        return finding(isAligned(domain, fromDomain) ? .good : .unaligned, first)
    }

    /// What receivers are told to do.
    static func dmarc(of domain: String, _ texts: DNSTexts) -> DNSFinding {
        func finding(_ state: DNSFinding.State, _ found: String? = nil) -> DNSFinding {
            DNSFinding(record: .dmarc, name: "_dmarc.\(domain)", state: state, found: found)
        }
        guard case .known(let all) = texts else { return finding(.unreachable) }
        let records = all.filter { $0.lowercased().filter { $0 != " " }.hasPrefix("v=dmarc1") }
        guard let first = records.first else { return finding(.missing) }
        return finding(records.count > 1 ? .several : .good, first)
    }

    /// Relaxed alignment as far as it can be told without a list of public suffixes: one is the other or below it.
    private static func isAligned(_ one: String, _ other: String) -> Bool {
        one == other || one.hasSuffix("." + other) || other.hasSuffix("." + one)
    }

    /// `k=rsa; p=AbC` by name, without the spaces that may stand anywhere in a key.
    static func tags(_ text: String) -> [String: String] {
        var tags: [String: String] = [:]
        for part in text.split(separator: ";").prefix(50) {
            guard let mark = part.firstIndex(of: "=") else { continue }
            let name = String(part[..<mark]).trimmed.lowercased()
            tags[name] = String(part[part.index(after: mark)...].filter { !$0.isWhitespace })
        }
        return tags
    }
}
