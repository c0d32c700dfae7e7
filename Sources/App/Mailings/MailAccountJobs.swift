// SPDX-License-Identifier: Apache-2.0
// What a centre's settings mean to the library that sends.
import Post

extension Mailings {
    /// A Message-ID in the sender's domain (RFC 5322, 3.6.4), fixed when the row is made.
    static func messageID(_ id: MessageID, tenant: TenantID, senderEmail: String) -> String {
        let domain = MailAddress(senderEmail)?.domain ?? "localhost"
        return "\(id).\(tenant)@\(domain)"
    }

    /// The account that a centre's settings describe; nil when mail is captured.
    /// - Parameter limits: The provider's, which go before the centre's own.
    func account(_ settings: SMTPSettings, limits: TenantLimits = TenantLimits()) -> SMTPAccount? {
        guard let host = settings.host else { return nil }
        let security: SMTPAccount.Security =
            switch settings.secure {
            case .none: .none
            case .starttls: .startTLS
            case .tls: .tls
            }
        var credentials: SMTPAccount.Credentials?
        if settings.requiresAuthentication, let user = settings.userName, let password = settings.password {
            credentials = SMTPAccount.Credentials(userName: user, password: password)
        }
        var account = SMTPAccount(host: host, port: settings.port, security: security, credentials: credentials)
        account.connections = min(settings.connections, limits.connections ?? .max)
        // Whatever has been begun when the program dies is unknown. Where such mail is not tried again, it is to be as
        // little as can be.
        account.asksAhead = settings.unknownPolicy == .retryOnce ? MailLimits.begunAhead : 0
        account.authorityFile = installation.provider.mailAuthorityFile
        account.allowsPrivateHosts = installation.provider.allowsPrivateMailHosts
        return account
    }
}
