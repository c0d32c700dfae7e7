// SPDX-License-Identifier: Apache-2.0
// One rule chooses the language of a mail and of its survey page (spec 5.3).

/// Which of the languages that there are a customer gets.
public enum LanguageChoice {
    /// The first wish that is there, by its exact tag, else by its primary language; nil when no wish is.
    ///
    /// Wishes come in the order interaction, contact, service, tenant. Tags are compared ignoring case.
    public static func pick(from languages: [String], wishes: [String]) -> String? {
        for wish in wishes {
            let tag = wish.lowercased()
            if let exact = languages.first(where: { $0.lowercased() == tag }) { return exact }
            let primary = Self.primary(of: tag)
            if let alike = languages.first(where: { Self.primary(of: $0.lowercased()) == primary }) { return alike }
        }
        return nil
    }

    private static func primary(of tag: String) -> Substring {
        tag.split(whereSeparator: { $0 == "-" || $0 == "_" }).first ?? ""
    }
}
