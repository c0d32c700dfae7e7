// SPDX-License-Identifier: Apache-2.0
// `otklik database copy`: from the embedded database to PostgreSQL, back, or to another one of the same kind.
import App
import ArgumentParser
import Foundation
import Storage

/// The database as a whole.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database", abstract: say("database"), subcommands: [DatabaseCopyCommand.self])
}

/// Copies everything to a place where nothing is yet.
struct DatabaseCopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: say("database.copy"), discussion: say("database.copy.more"))

    @Option(help: help("copyFrom"), completion: .directory) var from: String
    @Option(help: help("copyTo"), completion: .directory) var to: String
    @OptionGroup var spoken: LanguageOption
    @OptionGroup var json: JSONFlag

    func run() async throws {
        let line = CopyLine(isShown: !json.isOn)
        do {
            let made = try await copyDatabase(from: from, to: to) { line.tell($0) }
            line.end()
            try json.print(made) { Self.text(of: made) }
        } catch let refusal as Refusal {
            line.end()
            let detail = try Assets.sentence(refusal, language: words.language)
            throw Failure(detail, status: .refused, refusals: [(refusal.field, refusal.code, detail)])
        } catch {
            line.end()
            throw error
        }
    }

    private static func text(of made: ShownCopy) -> String {
        var lines = [
            say(
                "database.copied",
                [
                    "rows": words.number(made.rows), "tables": words.number(made.tables.count),
                    "seconds": String(format: "%.1f", made.seconds), "rate": words.number(made.rowsPerSecond),
                ]),
            say("database.taken", ["at": made.takenAt]),
        ]
        if let fingerprint = made.secretFingerprint {
            lines.append(say("database.secret", ["fingerprint": fingerprint]))
        }
        if !made.takeAlong.isEmpty {
            lines.append(say("database.takeAlong", ["files": made.takeAlong.joined(separator: ", ")]))
        }
        if !made.foreignTables.isEmpty {
            lines.append(say("database.foreign", ["tables": made.foreignTables.joined(separator: ", ")]))
        }
        return lines.joined(separator: "\n")
    }
}

/// How far a copy is: a bar that moves on a terminal, a line for every table elsewhere.
final class CopyLine: @unchecked Sendable {
    private static let cells = 24
    private static let secondsBetween = 0.1

    private let isShown: Bool
    private let isTerminal = isatty(2) == 1
    /// The copy's thread tells, and the command ends the line.
    private let lock = NSLock()
    private var rows = 0
    private var copied: [String: Int] = [:]
    private var checked: [String: Int] = [:]
    private var current: (table: String, isChecked: Bool)?
    private let begun = Date()
    private var drawnAt = Date.distantPast

    init(isShown: Bool) { self.isShown = isShown }

    func tell(_ progress: CopyProgress) {
        guard isShown else { return }
        lock.lock()
        defer { lock.unlock() }
        switch progress {
        case .counted(let all): rows = all
        case .copied(let table, let count):
            turn(to: (table, false))
            copied[table] = count
        case .checked(let table, let count):
            turn(to: (table, true))
            checked[table] = count
        }
        if isTerminal, -drawnAt.timeIntervalSinceNow > Self.secondsBetween { draw() }
    }

    /// Leaves the terminal's line free for what follows.
    func end() {
        guard isShown else { return }
        lock.lock()
        defer { lock.unlock() }
        if isTerminal { write("\r\u{1B}[K") } else { finished(current) }
        current = nil
    }

    private func turn(to next: (table: String, isChecked: Bool)) {
        if let current, current != next, !isTerminal { finished(current) }
        current = next
    }

    /// One finished table, where there is no bar.
    private func finished(_ finished: (table: String, isChecked: Bool)?) {
        guard let finished else { return }
        let count = (finished.isChecked ? checked : copied)[finished.table] ?? 0
        guard count > 0 else { return }
        write(sentence(finished, count) + "\n")
    }

    private func sentence(_ place: (table: String, isChecked: Bool), _ count: Int) -> String {
        say(
            place.isChecked ? "database.progress.checked" : "database.progress.copied",
            ["table": place.table, "rows": words.number(count)])
    }

    private func draw() {
        guard let current else { return }
        drawnAt = Date()
        let done = copied.values.reduce(0, +) + checked.values.reduce(0, +)
        let share = rows == 0 ? 0 : min(1, Double(done) / Double(rows * 2))
        let filled = Int(share * Double(Self.cells))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.cells - filled)
        let count = (current.isChecked ? checked : copied)[current.table] ?? 0
        let rate = Int(Double(done) / max(0.001, -begun.timeIntervalSinceNow))
        let speed = say("database.progress.rate", ["rate": words.number(rate)])
        write("\r\u{1B}[K[\(bar)] \(Int(share * 100)) %  \(sentence(current, count))  \(speed)")
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
