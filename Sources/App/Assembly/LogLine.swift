// SPDX-License-Identifier: Apache-2.0
// Log lines for programs: one JSON object a line, with the request's or work's id where there is one.
import Foundation
import Logging
import NIOConcurrencyHelpers

/// Writes log lines to standard error, as text for people or as JSON for programs.
public struct LogLine: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var logLevel: Logger.Level
    private let label: String
    private let isJSON: Bool

    public init(label: String, level: Logger.Level, isJSON: Bool) {
        self.label = label
        self.isJSON = isJSON
        logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let time = Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)).rfc3339
        let line = isJSON ? json(event, all, time) : text(event, all, time)
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    private func text(_ event: LogEvent, _ metadata: Logger.Metadata, _ time: String) -> String {
        let details = metadata.sorted { $0.key < $1.key }.map { " \(Self.name($0.key))=\($0.value)" }.joined()
        let line = "\(time) \(event.level) \(event.message)\(details)"
        return line.replacing("\n", with: "\u{2424}")
    }

    private func json(_ event: LogEvent, _ metadata: Logger.Metadata, _ time: String) -> String {
        var members: [String: JSON] = [:]
        for (key, value) in metadata { members[Self.name(key)] = .string("\(value)") }
        members["time"] = .string(time)
        members["level"] = .string(event.level.rawValue)
        members["label"] = .string(label)
        members["message"] = .string(event.message.description)
        return (try? jsonText(JSON.object(members))) ?? text(event, metadata, time)
    }

    /// The HTTP library's name for what we call the request's id.
    private static func name(_ key: String) -> String { key == "hb.request.id" ? "request.id" : key }
}
