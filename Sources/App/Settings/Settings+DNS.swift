// SPDX-License-Identifier: Apache-2.0
// Asking the DNS about a centre's keys and its sender's domain.
import Post
import Storage

extension Settings {
    /// Asks the DNS for the records of a centre's keys, and for SPF and DMARC of its sender; all at once.
    public func checkDNS(of tenant: TenantID) async throws -> [DNSFinding] {
        let keys = try await signingKeys(of: tenant).filter { $0.revokedAt == nil }
        let smtp = try await installation.database.read { tx in try self.smtp(of: tenant, in: tx) }
        let resolver = DNSResolver(server: installation.provider.dnsServer)
        return await withTaskGroup(of: (Int, DNSFinding).self) { group in
            for (place, key) in keys.enumerated() {
                group.addTask { (place, DNSCheck.dkim(key, await resolver.texts(of: key.recordName))) }
            }
            if let from = smtp.flatMap({ Self.domain(of: $0.senderEmail) }) {
                let path = smtp?.bounceEmail.flatMap { Self.domain(of: $0) } ?? from
                group.addTask {
                    (keys.count, DNSCheck.spf(of: path, fromDomain: from, await resolver.texts(of: path)))
                }
                group.addTask {
                    (keys.count + 1, DNSCheck.dmarc(of: from, await resolver.texts(of: "_dmarc.\(from)")))
                }
            }
            var found: [(place: Int, finding: DNSFinding)] = []
            for await (place, finding) in group { found.append((place, finding)) }
            return found.sorted { $0.place < $1.place }.map(\.finding)
        }
    }
}
