// SPDX-License-Identifier: Apache-2.0
// The tone of the pages: kept with the person, and in the browser for those who have not signed in.
import Storage

/// Light, dark, or as the machine is set.
public enum Theme: String, SQLConvertible, CaseIterable {
    case system
    case light, dark
}
