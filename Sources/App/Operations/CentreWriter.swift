// SPDX-License-Identifier: Apache-2.0
// A centre's configuration as the text of a file, by the file's description: members in their order, what is usual left
// out. Equal configurations have equal bytes.

/// Writes a configuration file.
struct CentreWriter {
    private var output = YAMLText()

    static func text(of value: JSON) -> String {
        var writer = CentreWriter()
        if case .object(let members) = value {
            for member in CentreShapes.file.members {
                guard let value = members[member.name] else { continue }
                // Sections stand apart.
                if member.name != CentreShapes.file.members[0].name { writer.output.raw("\n") }
                writer.member(member, value, indent: 0)
            }
        }
        return writer.output.text + "\n"
    }

    private mutating func member(_ member: CentreMember, _ value: JSON, indent: Int) {
        output.line(indent)
        output.raw(member.name + ":")
        self.value(value, as: member.shape, indent: indent)
    }

    /// What stands behind a key.
    private mutating func value(_ value: JSON, as shape: CentreShape, indent: Int) {
        switch (shape.resolved, value) {
        case (.record(let record), .object(let members)):
            let shown = Self.shown(record, members)
            if shown.isEmpty { return output.raw(" {}") }
            for (member, value) in shown { self.member(member, value, indent: indent + 2) }
        case (.list(let element, _, _), .array(let elements)):
            if elements.isEmpty { return output.raw(" []") }
            for value in elements { self.element(value, as: element, indent: indent + 2) }
        case (_, .string(let text)):
            output.raw(" ")
            output.scalar(text, indent: indent)
        default:
            output.raw(" " + (value.scalarText ?? "null"))
        }
    }

    private mutating func element(_ value: JSON, as shape: CentreShape, indent: Int) {
        guard case .record(let record) = shape.resolved, case .object(let members) = value else {
            output.line(indent)
            output.raw("-")
            return self.value(value, as: shape, indent: indent)
        }
        output.dash(indent)
        for (member, value) in Self.shown(record, members) { self.member(member, value, indent: indent + 2) }
    }

    /// The members that say something.
    private static func shown(_ record: CentreRecord, _ members: [String: JSON]) -> [(CentreMember, JSON)] {
        record.members.compactMap { member in
            guard let value = members[member.name], value != .null else { return nil }
            return value == member.fallback && !member.isRequired ? nil : (member, value)
        }
    }
}
