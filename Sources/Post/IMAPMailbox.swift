// SPDX-License-Identifier: Apache-2.0
// Reads a mailbox by IMAP (libcurl, loaded when it is first needed), on one thread: what arrived since the last time, a
// message after the other.
import CCurl
import Foundation
import NIOPosix

/// A mailbox and how it is reached.
public struct IMAPAccount: Sendable, Equatable {
    public var host: String
    public var port: Int
    public var security: SMTPAccount.Security
    public var credentials: SMTPAccount.Credentials
    /// Of the server: `INBOX` unless somebody says otherwise.
    public var folder = "INBOX"
    /// A PEM file of authorities instead of the system's.
    public var authorityFile: String?
    public var allowsPrivateHosts = true

    public init(host: String, port: Int, security: SMTPAccount.Security, credentials: SMTPAccount.Credentials) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
    }
}

/// Where a reader has come to in a mailbox. Numbers only grow while the validity stays.
public struct IMAPPosition: Sendable, Equatable {
    public var validity: Int64
    public var uid: Int64

    public init(validity: Int64, uid: Int64) {
        self.validity = validity
        self.uid = uid
    }
}

/// Why a mailbox could not be read.
public struct IMAPFault: Error, Sendable, Equatable {
    /// What is to be mended.
    public enum Code: String, Sendable, CaseIterable {
        case unknownHost, unreachable, privateHost, untrusted, noTLS, wrongCredentials, timeout, refused, noLibrary
    }

    public let code: Code
    /// libcurl's words.
    public let detail: String
}

/// Limits of reading.
public enum IMAPLimits {
    /// Messages that are read at one time.
    public static let messages = 100
    /// Bytes of one message; what is longer is not read.
    public static let messageBytes = 5 << 20
    static let connectSeconds = 10
    static let requestSeconds = 60
}

/// Reads mailboxes.
public enum IMAPMailbox {
    /// libcurl blocks: one thread for all mailboxes, and no other.
    private static let thread: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()
    /// Nil once libcurl is there, else why it is not. Asked for on the thread alone.
    fileprivate static let missing = load("libcurl.so.4")

    /// What stands in the way of calling the library of this name.
    static func load(_ name: String) -> IMAPFault? {
        var reason: UnsafePointer<CChar>?
        guard !curl_load(name, &reason) else { return nil }
        return IMAPFault(code: .noLibrary, detail: reason.map { String(cString: $0) } ?? name)
    }

    /// Signs in and looks at the folder: how many messages are in it.
    public static func check(_ account: IMAPAccount) async throws -> Int {
        try await thread.runIfActive { try IMAPSession(account).status().count }
    }

    /// Reads what is new behind a position, oldest first, at most ``IMAPLimits/messages``.
    /// - Parameter position: nil for the beginning, and so is one of another validity.
    /// - Returns: the messages with their numbers, and the folder's validity.
    public static func read(
        _ account: IMAPAccount, after position: IMAPPosition?
    ) async throws -> (validity: Int64, messages: [(uid: Int64, bytes: [UInt8])]) {
        try await thread.runIfActive {
            let session = try IMAPSession(account)
            let validity = try session.status().validity
            let last = position?.validity == validity ? position?.uid ?? 0 : 0
            let uids = try session.uids(after: last).prefix(IMAPLimits.messages)
            return (validity, try uids.map { ($0, try session.message($0)) })
        }
    }
}

/// One connection. Never leaves its thread.
private final class IMAPSession {
    private let handle: UnsafeMutableRawPointer
    private let account: IMAPAccount
    fileprivate var taken: [UInt8] = []
    /// Whether an address was refused for being a private network's.
    fileprivate var metPrivateHost = false

    init(_ account: IMAPAccount) throws {
        if let missing = IMAPMailbox.missing { throw missing }
        guard let handle = curl_open() else { throw IMAPFault(code: .unreachable, detail: "libcurl") }
        self.handle = handle
        self.account = account
        let scheme = account.security == .tls ? "imaps" : "imap"
        _ = curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "imap,imaps")
        _ = curl_set_text(handle, CURLOPT_USERNAME, account.credentials.userName)
        _ = curl_set_text(handle, CURLOPT_PASSWORD, account.credentials.password)
        _ = curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        _ = curl_set_number(handle, CURLOPT_CONNECTTIMEOUT, IMAPLimits.connectSeconds)
        _ = curl_set_number(handle, CURLOPT_TIMEOUT, IMAPLimits.requestSeconds)
        _ = curl_set_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if account.security == .startTLS {
            _ = curl_set_number(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        }
        if let file = account.authorityFile { _ = curl_set_text(handle, CURLOPT_CAINFO, file) }
        base = "\(scheme)://\(account.host.contains(":") ? "[\(account.host)]" : account.host):\(account.port)/"
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = curl_set_taker(handle, takeBytes, context)
        if !account.allowsPrivateHosts { _ = curl_set_address_check(handle, publicSocket, context) }
    }

    deinit { curl_close(handle) }

    private let base: String

    private func perform(_ path: String, _ command: String?) throws -> [UInt8] {
        taken = []
        _ = curl_set_text(handle, CURLOPT_URL, base + path)
        _ = curl_set_text(handle, CURLOPT_CUSTOMREQUEST, command)
        let code = curl_run(handle)
        guard code == CURLE_OK else {
            throw IMAPFault(
                code: metPrivateHost ? .privateHost : Self.code(code), detail: String(cString: curl_words(code)))
        }
        return taken
    }

    /// What libcurl found, as something that people can mend.
    private static func code(_ code: CURLcode) -> IMAPFault.Code {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: .unknownHost
        case CURLE_COULDNT_CONNECT: .unreachable
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .untrusted
        case CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED: .noTLS
        case CURLE_LOGIN_DENIED: .wrongCredentials
        case CURLE_OPERATION_TIMEDOUT: .timeout
        default: .refused
        }
    }

    private var folder: String {
        account.folder.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "INBOX"
    }

    /// `* STATUS INBOX (MESSAGES 3 UIDVALIDITY 17)`
    func status() throws -> (count: Int, validity: Int64) {
        let text = String(
            decoding: try perform("", "STATUS \(quoted(account.folder)) (MESSAGES UIDVALIDITY)"), as: UTF8.self)
        guard let count = number(after: "MESSAGES ", in: text), let validity = number(after: "UIDVALIDITY ", in: text)
        else { throw IMAPFault(code: .refused, detail: String(text.prefix(200))) }
        return (Int(count), validity)
    }

    /// The numbers of messages behind one, in order. `*` always names the last message, whatever its number.
    func uids(after last: Int64) throws -> [Int64] {
        let text = String(decoding: try perform(folder, "UID SEARCH UID \(last + 1):*"), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).compactMap { Int64($0) }.filter { $0 > last }.sorted()
    }

    /// A message; reading marks it as seen. Empty when it is too large, or gone meanwhile.
    func message(_ uid: Int64) throws -> [UInt8] {
        let bytes = try perform("\(folder)/;UID=\(uid)", nil)
        return bytes.count > IMAPLimits.messageBytes ? [] : bytes
    }

    private func quoted(_ name: String) -> String {
        "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private func number(after word: String, in text: String) -> Int64? {
        guard let place = text.firstRange(of: word) else { return nil }
        return Int64(text[place.upperBound...].prefix { $0.isNumber })
    }
}

/// Collects what libcurl hands over; more than a message may have ends the transfer's memory, not the transfer.
private let takeBytes: curl_taker = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let session = Unmanaged<IMAPSession>.fromOpaque(context).takeUnretainedValue()
    if session.taken.count <= IMAPLimits.messageBytes {
        bytes.withMemoryRebound(to: UInt8.self, capacity: size * count) {
            session.taken.append(contentsOf: UnsafeBufferPointer(start: $0, count: size * count))
        }
    }
    return size * count
}

/// Opens a socket to the public network only.
private let publicSocket: curl_opensocket_callback = { context, _, address in
    guard let address, let context else { return CURL_SOCKET_BAD }
    var copy = address.pointee
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let code = withUnsafePointer(to: &copy.addr) {
        getnameinfo($0, copy.addrlen, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
    }
    let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard code == 0, !PrivateNetwork.contains(text) else {
        Unmanaged<IMAPSession>.fromOpaque(context).takeUnretainedValue().metPrivateHost = true
        return CURL_SOCKET_BAD
    }
    return socket(copy.family, copy.socktype, copy.protocol)
}
