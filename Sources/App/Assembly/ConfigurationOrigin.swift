// SPDX-License-Identifier: Apache-2.0
// Where each value of the running configuration comes from, for `otklik config check`.
import Foundation

/// Where a value stands.
public enum ConfigurationOrigin: Sendable, Equatable {
    case standard
    /// Follows from other options.
    case derived
    /// The variable's name.
    case environment(String)
    /// Where in a file, or in which file of its own.
    case file(String)
    /// The flag with its dashes.
    case flag(String)
}

/// One option of a configuration with its value.
public struct ConfigurationValue: Sendable {
    public let option: ConfigurationOption
    /// Nil when there is none. A secret's is never told.
    public let text: String?
    /// Whether there is a value.
    public let isSet: Bool
    public let origin: ConfigurationOrigin
}

extension Configuration {
    /// Every option with its value, in the order of the options.
    public var explained: [ConfigurationValue] {
        Self.options.map { option in
            var text = value(of: option)
            var origin = origin(of: option)
            if text == nil {
                let derived = ["base-url": baseURL, "secret-file": secretFile.path]
                text = derived[option.name]
                if text != nil { origin = .derived }
            }
            let isSet = text?.isEmpty == false
            return ConfigurationValue(
                option: option, text: option.isSecret ? nil : text, isSet: isSet, origin: origin)
        }
    }
}
