# SPDX-License-Identifier: Apache-2.0
"""A form from its first block to its figures: the manual's sample is built, previewed, copied, exported, imported under
a new name, asked with, answered in Russian and English in Chromium, counted as by hand, and put into the archive."""
import csv
import io
import re

import chromium
import editor_story as editor
import every_page
import survey_world as world
from browser_story import Watch, answered_by_agent, look, summary
from otklik_server import Browser, until

NAME = "Качество обслуживания, импорт"
ENGLISH = {
    "Название для клиента: Качество с клавиатуры": "Quality of service",
    "Текст: " + editor.INTRODUCTION: "Please rate our work. Your answers help us to do it better.",
    "Вопрос: " + editor.FCR: "Was your question solved at once?",
    "Вариант 1: Да": "Yes", "Вариант 2: Нет": "No",
    "Вопрос: " + editor.CSAT: "How satisfied are you with our service?",
    "Вопрос: " + editor.NPS: "How likely are you to recommend us?",
    "Текст: " + editor.THANKS: "Thank you for your time!",
}
# Language, FCR, CSAT, NPS; none where the question is skipped.
ANSWERS = [("ru", 1, 5, 10), ("ru", 0, 2, 6), ("ru", 1, None, 8), ("en", 1, 4, 9), ("en", 1, 3, None)]
# By hand. FCR: 4 of 5. CSAT: (5 + 2 + 4 + 3) / 4, satisfied from 4 on: 2 of 4. NPS: 10 and 9 promote, 6 detracts, 8 is
# neither: (2 - 1) / 4.
FIGURES = {
    "fcr": {"n": 5, "share": 0.8}, "csat": {"n": 4, "mean": 3.5, "satisfied": 0.5},
    "nps": {"n": 4, "promoters": 2, "passives": 1, "detractors": 1, "score": 25}}


def listed(page, server, path="/forms"):
    page.goto(server.address + path)
    return page.locator("main tbody tr")


def row(page, name):
    return page.locator("main tbody tr").filter(has=page.get_by_role("link", name=name, exact=True))


def choose(page, name, entry):
    """An entry of the menu that a form has in the list."""
    row(page, name).locator("[popovertarget]").click()
    page.locator(":popover-open").get_by_text(entry, exact=True).click()


def begin_from_template(page, server):
    """The menu of the list opens the editor with a template's questions in a tab of its own; nothing is stored yet."""
    before = listed(page, server).count()
    page.get_by_role("button", name="Добавить").click()
    with page.context.expect_page() as opened:
        page.locator(":popover-open a[href*='template=quality']").click()
    tab = opened.value
    tab.locator("#editor[data-ready]").wait_for()
    kinds = [one.split(": ")[0] for one in (block.get_attribute("aria-label") for block in editor.blocks(tab).all())]
    assert len(kinds) >= 4, kinds
    assert tab.locator("#language-version option").count() == 2
    assert listed(page, server).count() == before
    editor.save(tab)
    tab.close()
    # It is called as customers see it.
    assert listed(page, server).count() == before + 1
    assert "FCR, CSAT, NPS" in row(page, "Оцените качество обслуживания").inner_text()


def translate(page, server, form):
    """Every text of the sample in English, beside the Russian one."""
    page.get_by_role("button", name="Языки").click()
    page.get_by_role("button", name="Добавить язык").click()
    page.locator("dialog select").first.select_option("en")
    page.locator("dialog button.primary").click()
    page.locator(".translation").wait_for()
    for label, text in ENGLISH.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Готово").last.click()
    # Nothing is missing: the language stands there without a number.
    assert page.locator("#language-version option[value=en]").inner_text().strip() == "Английский"
    editor.save(page)
    languages = editor.stored(page, server, form)["content"]["languages"]
    russian, english = ([block["key"] for block in one["blocks"]] for one in languages)
    assert russian == english, (russian, english)


def preview(page):
    """The real page in both languages; nothing is sent from it."""
    english = (ENGLISH["Название для клиента: Качество с клавиатуры"], ENGLISH["Вопрос: " + editor.NPS])
    for language, (title, question) in (("ru", ("Качество с клавиатуры", editor.NPS)), ("en", english)):
        page.locator("#language-version").select_option(language)
        page.get_by_role("button", name="Предпросмотр").first.click()
        frame = page.frame_locator("iframe[name=preview]")
        frame.get_by_role("heading", name=title).wait_for()
        assert frame.get_by_text(question).first.is_visible()
        assert frame.locator("button[type=submit]").is_disabled()
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")


def copy_and_delete(page, server, name):
    """A copy takes the next free number; undone or deleted, it is gone, for nobody was asked with it."""
    listed(page, server)
    for number in (2, 3):
        choose(page, name, "Копировать")
        row(page, f"{name}({number})").wait_for()
    page.locator(".toast").get_by_role("button", name="Вернуть").click()
    page.get_by_text(f"Форма «{name}(3)» удалена").wait_for()
    choose(page, name + "(2)", "Удалить")
    page.locator("dialog[open]").get_by_text("будет удалена совсем").wait_for()
    look(page, "deleting a form")
    page.locator("dialog[open] button.danger").click()
    page.get_by_text(f"Форма «{name}(2)» удалена").wait_for()


def exported(page, server, name):
    listed(page, server)
    with page.expect_download() as download:
        choose(page, name, "Экспорт")
    assert download.value.suggested_filename == f"{name}.zip", download.value.suggested_filename
    return download.value.path().read_bytes()


def take_in(page, server, file):
    """What the file holds is shown when it is chosen. Under a name that is taken: told at the name, with the file kept.
    Under a new one: a form, with the same bytes."""
    before = listed(page, server).count()
    page.get_by_role("link", name="Импорт").click()
    dialog = page.locator("dialog[open]")
    with page.expect_file_chooser() as chooser:
        dialog.locator("input[type=file]").click()
    chooser.value.set_files({"name": "form.zip", "mimeType": "application/zip", "buffer": file})
    contents = dialog.locator("#import-contents")
    contents.get_by_text("CSAT, FCR, NPS").wait_for()
    assert contents.get_by_text("Quality of service").is_visible()
    free = dialog.locator("input[name=name]").input_value()
    assert free == "Качество с клавиатуры(2)", free
    look(page, "import of a form")
    dialog.locator("input[name=name]").fill("Качество с клавиатуры")
    dialog.get_by_role("button", name="Импортировать").click()
    page.locator("a[href='#field-name']").wait_for()
    look(page, "import with a name that is taken")
    page.locator("main input[name=name]").fill(NAME)
    page.get_by_role("button", name="Импортировать").click()
    row(page, NAME).wait_for()
    assert page.get_by_text(f"Форма «{NAME}» импортирована").count()
    assert page.locator("main tbody tr").count() == before + 1
    look(page, "list of forms")
    assert exported(page, server, NAME) == file, "other bytes"
    href = row(page, NAME).get_by_role("link", name=NAME, exact=True).get_attribute("href")
    return re.search(r"/forms/(\d+)/edit", href).group(1)


def keys(page, server, form):
    """The blocks' keys by the field that they count for."""
    blocks = editor.stored(page, server, form)["content"]["languages"][0]["blocks"]
    return {block["field"]: block["key"] for block in blocks if block.get("field")}


def fill(page, language, names, fcr, csat, nps):
    """As a person does it: a click, and keys on the sliders."""
    assert page.locator("html").get_attribute("lang") == language
    labels = ("Нет", "Да") if language == "ru" else ("No", "Yes")
    page.get_by_label(labels[fcr], exact=True).check()
    for field, value, steps in (("csat", csat, (csat or 1) - 1), ("nps", nps, nps or 0)):
        if value is None:
            continue
        page.locator(f".block:has([name='q_{names[field]}']) input[type=range]").focus()
        page.keyboard.press("Home")
        for _ in range(steps):
            page.keyboard.press("ArrowRight")
        given = page.evaluate(f"new FormData(document.getElementById('answers')).get('q_{names[field]}')")
        assert given == str(value), (field, given, value)


def ask(browser, server, names):
    """Five customers are called, mailed, and answer in Chromium in their languages."""
    recipients = [world.complete(server, number, answer[0]) for number, answer in enumerate(ANSWERS)]
    links = world.links(server, recipients)
    tabs = []
    for place, (link, answer) in enumerate(zip(links, ANSWERS)):
        context = browser.new_context(
            locale=answer[0], viewport={"width": 390 if place % 2 else 1280, "height": 800}, reduced_motion="reduce")
        page = context.new_page()
        tabs.append((context, page, Watch(page, server.address)))
        page.goto(link)
        if place in (0, 3):
            look(page, f"{answer[0]} survey")
        fill(page, answer[0], names, *answer[1:])
    tabs[-1][1].wait_for_timeout(2200)  # What comes sooner is asked for once more (spec 3.5).
    for (context, page, watch), answer in zip(tabs, ANSWERS):
        page.locator("#answers button[type=submit]").click()
        page.get_by_text(editor.THANKS if answer[0] == "ru" else "Thank you for your time!").wait_for()
        assert not watch.problems, watch.problems
        context.close()
    until("five answers", lambda: answered_by_agent(server) == len(ANSWERS))


def check_report(server):
    rows = summary(server)["rows"]
    assert len(rows) == 1 and rows[0]["answered"] == 5 and rows[0]["responseRate"] == 1, rows
    for field, expected in FIGURES.items():
        found = {name: rows[0]["fields"][field][name] for name in expected}
        assert found == expected, (field, found, expected)


def bars(card):
    """A question's answers with how often each was given."""
    return {bar.locator(".spread-label").inner_text(): bar.locator(".spread-value").inner_text().split(" · ")[0]
            for bar in card.locator(".spread-bars li").all()}


def check_answers(page, server, form):
    """The list, the distribution and the file of the form's answers say what was sent."""
    rows = listed(page, server, f"/forms/{form}/answers")
    assert rows.count() == 5 and page.locator(".badge.good").count() == 5, rows.all_inner_texts()
    look(page, "answers")
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать CSV").click()
    check_file(download.value.path().read_text(encoding="utf-8-sig"))
    page.locator("nav.tabs a").nth(1).click()
    page.wait_for_url("**/distribution**")
    look(page, "distribution")
    cards = {field: page.locator(".spread").filter(has=page.locator("h2", has_text=field))
             for field in ("FCR", "CSAT", "NPS")}
    for field, figure, n in (("FCR", "80", 5), ("CSAT", "3,50", 4), ("NPS", "25", 4)):
        assert cards[field].count() == 1, f"{field}: languages are apart"
        shown = cards[field].locator(".figure").inner_text()
        assert re.match(rf"{figure}\b", shown), (field, shown)
        assert f"n\u00a0=\u00a0{n}" in cards[field].inner_text(), cards[field].inner_text()
    assert bars(cards["FCR"]) == {"Да": "4", "Нет": "1"}, bars(cards["FCR"])
    assert bars(cards["CSAT"]) == {"1": "0", "2": "1", "3": "1", "4": "1", "5": "1"}, bars(cards["CSAT"])
    given = {str(stop): "1" if stop in (6, 8, 9, 10) else "0" for stop in range(11)}
    assert bars(cards["NPS"]) == given, bars(cards["NPS"])


def check_file(text):
    lines = list(csv.reader(io.StringIO(text)))
    head, rows = lines[0], lines[1:]
    columns = [head.index(name) for name in ("Язык", "FCR [fcr]", "CSAT [csat]", "NPS [nps]")]
    found = sorted(tuple(one[column] for column in columns) for one in rows)
    expected = sorted(tuple("" if value is None else str(value) for value in answer) for answer in ANSWERS)
    assert found == expected, (found, expected)
    assert {one[head.index("Состояние")] for one in rows} == {"учтён"}, text


def put_away(page, server, form):
    """A form in use is not deleted; one with answers goes into the archive, where its figures stay; closed, its links
    take nothing more; and it comes back."""
    listed(page, server)
    with page.context.expect_page() as opened:
        choose(page, NAME, "Редактировать")
    opened.value.locator("#editor[data-ready]").wait_for()
    opened.value.close()
    page.keyboard.press("Escape")
    choose(page, NAME, "Удалить")
    page.locator("dialog[open] .notice.bad").filter(has_text="Оценка по email").wait_for()
    assert page.locator("dialog[open] button.danger").is_disabled()
    look(page, "a form in use")
    page.keyboard.press("Escape")
    waiting = world.customer(server, 100)
    world.ask_with(server, "Качество с клавиатуры")
    listed(page, server)
    choose(page, NAME, "Удалить")
    page.locator("dialog[open]").get_by_text("уйдёт в архив").wait_for()
    page.locator("dialog[open] button.danger").click()
    page.get_by_text(f"Форма «{NAME}» убрана в архив").wait_for()
    assert row(page, NAME).count() == 0
    assert Browser(waiting).open(waiting).status == 200, "a mailed link does not outlast the archive"
    archive = listed(page, server, "/forms/archive")
    assert archive.count() == 1 and NAME in archive.first.inner_text()
    look(page, "archive")
    page.get_by_role("button", name=f"Вернуть форму «{NAME}» из архива").click()
    listed(page, server)
    choose(page, NAME, "Удалить")
    page.get_by_label("Закрыть сейчас").check()
    page.locator("dialog[open] button.danger").click()
    page.get_by_text(f"Форма «{NAME}» убрана в архив").wait_for()
    assert Browser(waiting).open(waiting).status == 410, "a closed form's link is open"
    assert listed(page, server, f"/forms/{form}/answers").count() == 5
    fields = summary(server)["rows"][0]["fields"]
    assert {field: fields[field]["n"] for field in FIGURES} == {field: one["n"] for field, one in FIGURES.items()}


def walk(browser, server):
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="ru", reduced_motion="reduce", accept_downloads=True)
    context.set_default_timeout(10_000)
    page = context.new_page()
    every_page.sign_in(page, server, "administrator")
    watch = Watch(page, server.address)
    begin_from_template(page, server)
    editor.build_by_keyboard(page, server)
    form = re.search(r"/forms/(\d+)/edit", page.url).group(1)
    translate(page, server, form)
    preview(page)
    print("built, translated, previewed", flush=True)
    copy_and_delete(page, server, "Качество с клавиатуры")
    taken = take_in(page, server, exported(page, server, "Качество с клавиатуры"))
    print("copied, exported, imported", flush=True)
    world.ask_with(server, NAME)
    ask(browser, server, keys(page, server, taken))
    check_report(server)
    check_answers(page, server, taken)
    print("answered in two languages and counted", flush=True)
    put_away(page, server, taken)
    # The names that are taken.
    told = [problem for problem in watch.problems if not re.search("409|422", problem)]
    assert not told, told
    print("archived, closed, restored", flush=True)


if __name__ == "__main__":
    chromium.tell("forms", walk)
