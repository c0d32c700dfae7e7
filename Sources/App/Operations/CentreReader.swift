// SPDX-License-Identifier: Apache-2.0
// A configuration file read by its description: unknown members, wrong types and what is missing are told all at once,
// each with its line and path. What the values mean is asked of the rooms afterwards.
import Foundation

/// Reads a file.
struct CentreReader {
    private var reading = CentreReading()
    private var path = CentrePath()
    /// The path as people read it.
    private var shown: [String] = []

    /// - Parameter bytes: The whole file.
    static func read(_ bytes: [UInt8]) -> CentreReading {
        let (value, faults) = YAMLSource.read(bytes)
        var reader = CentreReader()
        if let value, let json = reader.read(value, as: .record(CentreShapes.file)) { reader.reading.value = json }
        reader.checkVersion()
        reader.take(faults)
        return reader.reading
    }

    private mutating func checkVersion() {
        guard let version = reading.value["otklik"], version != .number(Double(CentreShapes.version)) else { return }
        reading.faults.append(
            reading.fault(CentrePath() / "otklik", code: "unknown_version", key: "operations.file.unknownVersion"))
    }

    /// What the YAML may not hold. A place inside an entry spoils it.
    private mutating func take(_ faults: [YAMLFault]) {
        for fault in faults {
            let place = CentrePath(fault.path)
            spoil(place)
            let around = reading.fault(place, code: "", key: "")
            var path = around.path
            if case .key(let key)? = fault.path.last, !reading.has(place) { path += path.isEmpty ? key : "." + key }
            reading.faults.append(
                CentreFault(
                    line: fault.mark.line, column: fault.mark.column, path: path, code: Self.code(of: fault.reason),
                    key: "operations.yaml.\(fault.reason.rawValue)",
                    arguments: ["name": fault.name, "limit": Self.limit(of: fault.reason)]))
        }
    }

    private static func code(of reason: YAMLFault.Reason) -> String {
        switch reason {
        case .syntax: "yaml_syntax"
        case .encoding: "not_utf8"
        case .tooLarge: "file_too_large"
        case .tooDeep: "too_deep"
        case .tooMany: "too_many_values"
        case .alias: "alias"
        case .tag: "tag"
        case .duplicateKey: "member_twice"
        case .keyNotText: "key_not_text"
        case .severalDocuments: "several_documents"
        case .empty: "empty_file"
        }
    }

    private static func limit(of reason: YAMLFault.Reason) -> String {
        switch reason {
        case .tooLarge: String(YAMLLimits.bytes / 1024 / 1024)
        case .tooDeep: String(YAMLLimits.depth)
        default: String(YAMLLimits.values)
        }
    }

    // MARK: Faults

    private mutating func spoil(_ place: CentrePath) {
        var length = 1
        if place.steps.count > 1, case .position = place.steps[1] { length = 2 }
        reading.broken.insert(CentrePath(Array(place.steps.prefix(length))))
    }

    private mutating func refuse(
        _ code: String, _ key: String, at mark: YAMLMark, member: String? = nil, _ arguments: [String: String] = [:]
    ) {
        spoil(path)
        let last = member.map { shown.isEmpty ? $0 : "." + $0 } ?? ""
        reading.faults.append(
            CentreFault(
                line: mark.line, column: mark.column, path: shown.joined() + last, code: code,
                key: "operations.file." + key, arguments: arguments))
    }

    private mutating func refuseType(_ value: YAMLValue, _ expected: String) -> JSON? {
        refuse("wrong_type", "wrongType.\(expected)", at: value.mark)
        return nil
    }

    // MARK: Values

    private mutating func read(_ value: YAMLValue, as shape: CentreShape) -> JSON? {
        reading.places[path] = CentrePlace(mark: value.mark, path: shown.joined())
        if case .refused = value.content {
            spoil(path)
            return nil
        }
        switch shape.resolved {
        case .text: return text(value)
        case .flag:
            guard case .scalar(let text, isPlain: true) = value.content, text == "true" || text == "false" else {
                return refuseType(value, "flag")
            }
            return .bool(text == "true")
        case .number: return number(value, isWhole: false)
        case .whole: return number(value, isWhole: true)
        case .choice(let choices):
            guard case .scalar(let text, _) = value.content, choices.contains(text) else {
                refuse("not_a_choice", "notAChoice", at: value.mark, ["choices": choices.joined(separator: ", ")])
                return nil
            }
            return .string(text)
        case .list(let element, let names, let isOrdered):
            guard case .list(let elements) = value.content else { return refuseType(value, "list") }
            return list(elements, of: element, by: names, isOrdered: isOrdered)
        case .record(let record):
            guard case .map(let entries) = value.content else { return refuseType(value, "record") }
            return self.record(entries, as: record, at: value.mark)
        case .named: return nil
        }
    }

    private mutating func text(_ value: YAMLValue) -> JSON? {
        guard case .scalar(let text, let isPlain) = value.content else { return refuseType(value, "text") }
        if isPlain, YAMLWords.meaning(of: text) != .text { return refuseType(value, "text") }
        let isClean = text.unicodeScalars.allSatisfy { $0.value >= 32 || $0 == "\n" || $0 == "\t" || $0 == "\r" }
        if !isClean {
            refuse("control_character", "controlCharacter", at: value.mark)
            return nil
        }
        return .string(text)
    }

    private mutating func number(_ value: YAMLValue, isWhole: Bool) -> JSON? {
        guard case .scalar(let text, isPlain: true) = value.content, YAMLWords.meaning(of: text) == .number,
            let number = Double(text), abs(number) <= Double(Int32.max), !isWhole || number == number.rounded()
        else { return refuseType(value, isWhole ? "whole" : "number") }
        return .number(number)
    }

    private mutating func list(
        _ elements: [YAMLValue], of shape: CentreShape, by names: [String], isOrdered: Bool
    ) -> JSON? {
        var values: [JSON] = []
        var seen: Set<[String]> = []
        for (position, element) in elements.enumerated() {
            let (outer, outerShown) = (path, shown)
            path = path / position
            shown.append("[\(Self.name(of: element, by: names) ?? String(position + 1))]")
            let value = read(element, as: shape)
            // Where order means something the rooms look after names themselves.
            if let value, !names.isEmpty, !isOrdered {
                let name = names.map { value[$0]?.scalarText?.folded ?? "" }
                if !name.contains(""), !seen.insert(name).inserted {
                    refuse("name_twice", "nameTwice", at: element.mark)
                }
            }
            (path, shown) = (outer, outerShown)
            // An entry that cannot be read keeps its position, so that the others' places stay true.
            values.append(value ?? .null)
        }
        return .array(values)
    }

    private static func name(of element: YAMLValue, by names: [String]) -> String? {
        guard !names.isEmpty, case .map(let entries) = element.content else { return nil }
        let texts = names.compactMap { name -> String? in
            let value = entries.first { $0.key == name }?.value.content
            guard case .scalar(let text, _)? = value else { return nil }
            return CentrePathText.short(text)
        }
        return texts.count == names.count ? texts.joined(separator: " / ") : nil
    }

    private mutating func record(_ entries: [YAMLValue.Entry], as record: CentreRecord, at mark: YAMLMark) -> JSON? {
        var members: [String: JSON] = [:]
        var given: Set<String> = []
        for entry in entries {
            guard let member = record.member(entry.key) else {
                refuseUnknown(entry, in: record)
                continue
            }
            given.insert(member.name)
            let (outer, outerShown) = (path, shown)
            path = path / member.name
            shown.append(shown.isEmpty ? member.name : "." + member.name)
            members[member.name] = read(entry.value, as: member.shape)
            (path, shown) = (outer, outerShown)
        }
        for member in record.members where !given.contains(member.name) {
            if member.isRequired {
                refuse("missing_member", "missingMember", at: mark, member: member.name, ["name": member.name])
            }
            members[member.name] = member.fallback
        }
        if !record.oneOf.isEmpty, record.oneOf.count(where: given.contains) != 1 {
            refuse("one_of", "oneOf", at: mark, ["names": record.oneOf.joined(separator: ", ")])
        }
        return .object(members)
    }

    /// A member that nobody knows. One that looks like a secret is told apart, and its value is never repeated.
    private mutating func refuseUnknown(_ entry: YAMLValue.Entry, in record: CentreRecord) {
        let name = CentrePathText.short(entry.key)
        let secrets = ["password", "passwd", "secret", "token", "apikey", "api_key"]
        if secrets.contains(where: entry.key.lowercased().contains) {
            return refuse("secret_in_clear", "secretInClear", at: entry.mark, member: name)
        }
        let names = record.members.map(\.name)
        let nearest = NearestName.of(entry.key, among: names) ?? names.joined(separator: ", ")
        refuse(
            "unknown_member", "unknownMember", at: entry.mark, member: name,
            ["name": name, "nearest": nearest.nonEmpty ?? "–"])
    }
}
