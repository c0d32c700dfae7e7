// SPDX-License-Identifier: Apache-2.0
// Everything that comes from outside has a limit; these are the room's.

/// What a form may hold at most.
public enum SurveyLimits {
    public static let languages = 50
    /// Blocks of one language version.
    public static let blocks = 200
    public static let options = 100
    /// Values of a slider (spec 3.3).
    public static let stops = 101
    /// Up to so many stops are shown as a row of buttons; more are a number that is typed in.
    public static let stopsInARow = 11
    public static let nameCharacters = 100
    /// Fields of a centre, retired ones included.
    public static let fields = 200
    /// A number as it is typed.
    public static let numberCharacters = 20
    public static let titleCharacters = 200
    public static let questionCharacters = 1_000
    /// A fixed text or a thank you.
    public static let textCharacters = 5_000
    public static let optionCharacters = 300
    public static let sendButtonCharacters = 40
    public static let keyBytes = 40
    public static let styleBytes = 64 * 1024
    /// What a customer writes into notes.
    public static let notesCharacters = 4_000
    public static let validDays = 1...365
    public static let editHours = 0...720
    /// Bytes of a whole form as the editor sends it: 200 blocks in each of 50 languages.
    public static let draftBytes = 16 * 1024 * 1024
    /// Saved versions that are listed, the newest first.
    public static let listedVersions = 200
    /// Bytes of a form's zip, and of the `form.json` in it.
    public static let zipBytes = 8 * 1024 * 1024
    static let fileBytes = 8 * 1024 * 1024
    /// Values of `form.json`: 200 blocks with eleven options each in 20 languages have 160,000.
    static let fileValues = 200_000
    /// Bytes of a zip up to which the page of import keeps it while something else is asked.
    static let keptBytes = 1024 * 1024
    /// How deep values of `form.json` lie in each other.
    static let fileDepth = 16
    /// Answers of a form are counted up to here for the list.
    public static let answersCounted = 2_000
    /// Archived forms that are shown.
    static let archivedShown = 300
    /// Decoded versions that are kept in memory.
    public static let keptVersions = 512
}
