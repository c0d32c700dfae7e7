// SPDX-License-Identifier: Apache-2.0
// The time zones that can be chosen: those of Russia and its neighbours first, then all others by their regions.
import Foundation
import Markup

/// The choices of a time zone field.
public enum TimeZoneOptions {
    private static let usual = [
        "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
        "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
        "Asia/Almaty", "Asia/Tashkent", "Europe/Minsk", "UTC",
    ]
    private static let others: [FieldOption] = TimeZone.knownTimeZoneIdentifiers
        .filter { $0.contains("/") && !usual.contains($0) }.sorted()
        .map { FieldOption($0, name(of: $0), group: String($0.prefix { $0 != "/" })) }

    /// All zones, with the one that is set even when it is none of them.
    /// - Parameter none: the label of no zone of one's own; nil where one has to be chosen.
    public static func all(selected: String, none: String? = nil) -> [FieldOption] {
        var options = none.map { [FieldOption("", $0)] } ?? []
        options += usual.map { FieldOption($0, name(of: $0)) }
        if !selected.isEmpty, !usual.contains(selected), !others.contains(where: { $0.value == selected }) {
            options.append(FieldOption(selected, name(of: selected)))
        }
        return options + others
    }

    private static func name(of zone: String) -> String { zone.replacing("_", with: " ") }
}
