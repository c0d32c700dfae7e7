// SPDX-License-Identifier: Apache-2.0
// The pages' font, icons and libraries, which set-up cuts out of other people's packages into `.vendor/web`. A module
// of its own: they change once a year, and need not be compiled again with every page.

/// Files that the build embeds from `.vendor`, by path below it: `web/inter.woff2`, `web/sortable.js`.
public enum WebParts {
    /// Empty where set-up has not run: pages then use the system's font, show no icons, and have no editors.
    public static var files: [(path: StaticString, base64: StaticString)] { EmbeddedAssets.files }
}
