// SPDX-License-Identifier: Apache-2.0
// When a condition of an If block holds.

extension IfBlock {
    /// The name of the first branch whose conditions hold, else *otherwise*.
    func branch(for variables: RunVariables) -> String {
        let taken = branches.first { branch in
            guard !branch.conditions.isEmpty else { return false }
            return branch.match == .all
                ? branch.conditions.allSatisfy { $0.holds(for: variables) }
                : branch.conditions.contains { $0.holds(for: variables) }
        }
        return taken?.name ?? ScenarioBranch.otherwise
    }
}

extension Condition {
    func holds(for variables: RunVariables) -> Bool {
        let found = VariableName(variable).flatMap { variables.text($0) } ?? ""
        var missing: [String] = []
        let wanted = VariableText(value).filled(variables, for: .plain, missing: &missing)
        switch comparison {
        case .isSet: return !found.isEmpty
        case .equals: return Self.compare(found, wanted) == 0
        case .differs: return Self.compare(found, wanted) != 0
        case .less: return Self.order(found, wanted).map { $0 < 0 } ?? false
        case .greater: return Self.order(found, wanted).map { $0 > 0 } ?? false
        case .contains: return found.folded.contains(wanted.folded)
        case .matches: return Self.matches(Array(found.folded.unicodeScalars), Array(wanted.folded.unicodeScalars))
        }
    }

    private static func compare(_ left: String, _ right: String) -> Int {
        if let left = Double(left), let right = Double(right) { return left == right ? 0 : left < right ? -1 : 1 }
        let (left, right) = (left.folded, right.folded)
        return left == right ? 0 : left < right ? -1 : 1
    }

    /// Nil when one of them is missing: nothing is neither less nor greater.
    private static func order(_ left: String, _ right: String) -> Int? {
        left.isEmpty || right.isEmpty ? nil : compare(left, right)
    }

    /// Wildcards without backtracking over more than the last `*`: linear for practical patterns.
    private static func matches(_ text: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
        var (at, to) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while at < text.count {
            if to < pattern.count, pattern[to] == "*" {
                star = (to, at)
                to += 1
            } else if to < pattern.count, pattern[to] == "?" || pattern[to] == text[at] {
                at += 1
                to += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                at = last.text + 1
                to = last.pattern + 1
            } else {
                return false
            }
        }
        return pattern[to...].allSatisfy { $0 == "*" }
    }
}
