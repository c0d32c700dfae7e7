// SPDX-License-Identifier: Apache-2.0
// Which release this is.

/// The release that the binary was made from.
public enum Release {
    public static let version = "0.1.0"
}
