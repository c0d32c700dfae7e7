// SPDX-License-Identifier: Apache-2.0
// Plural forms, numbers and dates as Russian and English write them.
import Foundation
import Testing

@testable import Markup

@Suite struct LocalizerTests {
    @Test(arguments: [
        (0, PluralCategory.many), (1, .one), (2, .few), (4, .few), (5, .many), (11, .many), (12, .many), (14, .many),
        (21, .one), (22, .few), (25, .many), (101, .one), (111, .many), (112, .many), (122, .few), (-1, .one),
        (1001, .one), (1011, .many),
    ])
    func `Russian has three forms`(count: Int, category: PluralCategory) {
        #expect(PluralCategory.of(count, in: "ru") == category)
    }

    @Test(arguments: [(0, PluralCategory.other), (1, .one), (2, .other), (21, .other), (101, .other)])
    func `English has two forms`(count: Int, category: PluralCategory) {
        #expect(PluralCategory.of(count, in: "en") == category)
    }

    private func catalogue() throws -> Catalogue {
        var catalogue = Catalogue()
        let russian = """
            {"a.answers": {"one": "{count} ответ", "few": "{count} ответа", "many": "{count} ответов"},
             "a.hello": "Здравствуйте, {name}!"}
            """
        let english = """
            {"a.answers": {"one": "{count} answer", "other": "{count} answers"}, "a.hello": "Hello, {name}!"}
            """
        try catalogue.add(Data(russian.utf8), language: "ru", name: "a.ru.json")
        try catalogue.add(Data(english.utf8), language: "en", name: "a.en.json")
        return catalogue
    }

    @Test func `sentences are said with their number and names`() throws {
        let (ru, en) = (try catalogue().localizer("ru"), try catalogue().localizer("en"))
        #expect(
            [1, 3, 12, 12345].map { ru("a.answers", count: $0) }
                == ["1 ответ", "3 ответа", "12 ответов", "12\u{A0}345 ответов"])
        #expect([1, 3, 12345].map { en("a.answers", count: $0) } == ["1 answer", "3 answers", "12,345 answers"])
        #expect(ru("a.hello", ["name": "{count}"]) == "Здравствуйте, {count}!")
        #expect(en("a.missing") == "a.missing")
    }

    @Test(arguments: [
        ("a.broken", "Сломано", "broken"), ("a.broken 550 <x>", "Сломано: 550 <x>", "broken: 550 <x>"),
        ("550 5.1.1 a.broken", "550 5.1.1 a.broken", "550 5.1.1 a.broken"), ("a.other x", "a.other x", "a.other x"),
        ("", "", ""),
    ])
    func `a stored reason is a sentence with others' words behind it, or only these`(
        stored: String, russian: String, english: String
    ) throws {
        var catalogue = try catalogue()
        try catalogue.add(Data(#"{"a.broken": "Сломано"}"#.utf8), language: "ru", name: "b.ru.json")
        try catalogue.add(Data(#"{"a.broken": "broken"}"#.utf8), language: "en", name: "b.en.json")
        #expect(catalogue.localizer("ru").reason(stored) == russian)
        #expect(catalogue.localizer("en").reason(stored) == english)
    }

    @Test func `an unknown language is said in English`() throws {
        #expect(try catalogue().localizer("de").language == "en")
    }

    @Test func `a key said twice is an error of ours`() throws {
        var catalogue = try catalogue()
        #expect(throws: DictionaryError(name: "b.ru.json", key: "a.hello", reason: "said twice")) {
            try catalogue.add(Data(#"{"a.hello": "x"}"#.utf8), language: "ru", name: "b.ru.json")
        }
    }

    @Test(arguments: [
        (0, "0", "0"), (999, "999", "999"), (1234, "1234", "1234"), (12345, "12\u{A0}345", "12,345"),
        (1_234_567, "1\u{A0}234\u{A0}567", "1,234,567"), (-54321, "\u{2212}54\u{A0}321", "\u{2212}54,321"),
    ])
    func `whole numbers are grouped`(number: Int, russian: String, english: String) throws {
        #expect(try catalogue().localizer("ru").number(number) == russian)
        #expect(try catalogue().localizer("en").number(number) == english)
    }

    @Test(arguments: [
        (4.25, 1, "4,3", "4.3"), (-0.04, 1, "0,0", "0.0"), (-33.333, 1, "\u{2212}33,3", "\u{2212}33.3"),
        (12345.678, 2, "12\u{A0}345,68", "12,345.68"),
    ])
    func `decimals follow the language`(number: Double, places: Int, russian: String, english: String) throws {
        #expect(try catalogue().localizer("ru").number(number, places: places) == russian)
        #expect(try catalogue().localizer("en").number(number, places: places) == english)
    }

    @Test func `shares, days, times and lengths follow the language`() throws {
        let (ru, en) = (try catalogue().localizer("ru"), try catalogue().localizer("en"))
        #expect(ru.percent(0.256, places: 1) == "25,6\u{A0}%")
        #expect(en.percent(0.5) == "50%")
        #expect(ru.day(year: 2026, month: 3, day: 2) == "02.03.2026")
        #expect(en.day(year: 2026, month: 3, day: 2) == "2 Mar 2026")
        let moscow = try #require(TimeZone(identifier: "Europe/Moscow"))
        #expect(ru.dateTime(Date(timeIntervalSince1970: 0), in: moscow) == "01.01.1970 03:00")
        #expect(ru.duration(seconds: 250) == "4\u{A0}мин 10\u{A0}с")
        #expect(en.duration(seconds: 90061) == "1\u{A0}d 1\u{A0}h")
        #expect(en.duration(seconds: 0) == "0\u{A0}s")
    }
}
