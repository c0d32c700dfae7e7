# SPDX-License-Identifier: Apache-2.0
"""The form editor in a real browser: the sample form of the manual is built from an empty canvas with the mouse and
again with the keyboard alone, saved, previewed and translated; two people save the same form; undo, leaving, axe."""
import json
import re
import shutil
import struct
import sys
import tempfile
import zlib

from playwright.sync_api import sync_playwright

import editor_rules
import every_page
from accessibility import violations
from browser_story import Watch
from otklik_server import ROOT, Server

TITLE = "Качество обслуживания"
INTRODUCTION = "Пожалуйста, оцените работу сотрудников. Ваши ответы помогут сделать наш сервис лучше."
FCR = "Ваш вопрос был решён с первого обращения?"
CSAT = "Оцените удовлетворённость нашим сервисом."
NPS = "Какова вероятность, что вы порекомендуете нас своим знакомым?"
THANKS = "Спасибо за заполнение анкеты! ❤"
# The manual's sample, but for its scale of the third question: NPS is asked from 0 to 10 (spec 3.3).
SAMPLE = [
    ("text", INTRODUCTION, None), ("yes_no", FCR, "fcr"), ("slider", CSAT, "csat"), ("slider", NPS, "nps"),
    ("thanks", THANKS, None)]


def look(page, where):
    found = violations(page)
    assert not found, f"{where}: " + json.dumps(found, ensure_ascii=False)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{where}: {over} px wider than the screen"


def drag(page, source, target, part=0.5):
    """A real drag: the button goes down on one thing and up over another, in steps."""
    start, end = source.bounding_box(), target.bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 12, steps=4)
    page.wait_for_timeout(100)
    x, y = end["x"] + end["width"] / 2, end["y"] + end["height"] * part
    page.mouse.move(x, y, steps=25)
    page.wait_for_timeout(250)
    page.mouse.move(x + 2, y, steps=2)
    page.wait_for_timeout(150)
    page.mouse.up()
    page.wait_for_timeout(200)


def opened(page, address):
    page.goto(address)
    page.locator("#editor[data-ready]").wait_for()


def stored(page, server, form):
    """What the server has of a form."""
    reply = page.context.request.get(f"{server.address}/forms/{form}/edit")
    data = re.search(r'id="editor-model">(.*?)</script>', reply.text(), re.DOTALL).group(1)
    return json.loads(data)["form"]


def blocks(page):
    return page.locator(".paper-block")


def texts(page):
    return [one.get_attribute("aria-label").split(": ", 1)[1] for one in blocks(page).all()]


def save(page):
    """Saves and gives the form's id."""
    with page.expect_response(lambda reply: reply.request.method == "POST" and re.search("/(new|edit)$", reply.url)) as told:
        page.locator("[data-save]").click()
    assert told.value.status in (200, 201), (told.value.status, told.value.text()[:500])
    page.wait_for_url(re.compile(r"/forms/\d+/edit"))
    page.locator(".work-name .badge.good").wait_for()
    return re.search(r"/forms/(\d+)/edit", page.url).group(1)


def check_sample(form, title=TITLE):
    version = form["content"]["languages"][0]
    assert version["title"] == title, version["title"]
    found = [(one["kind"], one["text"], one.get("field")) for one in version["blocks"]]
    assert found == SAMPLE, found
    fcr, csat, nps = version["blocks"][1:4]
    assert [one.get("value") for one in fcr["options"]] == [1, 0], fcr
    assert (csat["minimum"], csat["maximum"], csat["step"]) == (1, 5, 1), csat
    assert (nps["minimum"], nps["maximum"], nps["step"]) == (0, 10, 1), nps
    assert fcr["isRequired"] and not nps["isRequired"]


# With the mouse

def build_by_mouse(page, server):
    page.goto(server.address + "/forms")
    page.get_by_role("button", name="Добавить").click()
    with page.context.expect_page() as tab:
        page.locator("a[href='/forms/new']").first.click()
    tab.value.locator("#editor[data-ready]").wait_for()
    tab.value.close()
    opened(page, server.address + "/forms/new")
    look(page, "empty editor")
    canvas = page.locator(".block-list").first
    # The third question first: the others are dropped before it.
    drag(page, page.locator("[data-kind=slider] button"), canvas)
    page.locator(".work-pane textarea").fill(NPS)
    page.locator(".work-pane select").first.select_option("nps")
    assert page.locator(".scale-parts input").first.is_disabled()
    drag(page, page.locator("[data-kind=thanks] button"), blocks(page).first, 0.1)
    page.locator(".work-pane textarea").fill(THANKS)
    drag(page, page.locator("[data-kind=yes_no] button"), blocks(page).first, 0.1)
    page.locator(".work-pane textarea").fill(FCR)
    page.locator(".work-pane select").first.select_option("fcr")
    page.get_by_label("Обязательный").check()
    drag(page, page.locator("[data-kind=slider] button"), blocks(page).first, 0.1)
    page.locator(".work-pane textarea").fill(CSAT)
    page.locator(".work-pane select").first.select_option("csat")
    drag(page, page.locator("[data-kind=text] button"), blocks(page).first, 0.1)
    page.locator(".work-pane textarea").fill(INTRODUCTION)
    assert texts(page) == [INTRODUCTION, CSAT, FCR, NPS, THANKS], texts(page)
    page.locator(".work-pane .pane-head button").click()
    # And now in order: the second question goes below the first.
    drag(page, blocks(page).nth(1), blocks(page).nth(2), 0.9)
    assert texts(page) == [INTRODUCTION, FCR, CSAT, NPS, THANKS], texts(page)
    assert page.locator(".work-palette [data-kind]").count() == 10
    page.get_by_role("button", name="Редактировать название").click()
    page.locator(".work-pane input").first.fill(TITLE)
    look(page, "editor with settings of the title")
    # The demo's form is called so already: the refusal leads to where another name is given.
    page.locator("[data-save]").click()
    page.locator(".problem-list button").filter(has_text="уже есть").click()
    page.get_by_label("Название в списке").fill("Качество с мышью")
    look(page, "settings of the form")
    page.get_by_role("button", name="Готово").last.click()
    form = save(page)
    kept = stored(page, server, form)
    check_sample(kept)
    assert (kept["name"], kept["validDays"], kept["editHours"]) == ("Качество с мышью", 30, 0), kept
    return form


def copy_and_delete(page):
    """Copying lands below, without the field; deleting can be taken back."""
    blocks(page).nth(1).hover()
    blocks(page).nth(1).get_by_role("button", name=re.compile("^Копировать")).click()
    assert texts(page)[:3] == [INTRODUCTION, FCR, FCR], texts(page)
    blocks(page).nth(2).hover()
    blocks(page).nth(2).get_by_role("button", name=re.compile("^Удалить")).click()
    assert len(texts(page)) == 5
    page.locator(".toast button").first.click()
    assert len(texts(page)) == 6
    page.keyboard.press("Control+z")
    assert texts(page) == [INTRODUCTION, FCR, CSAT, NPS, THANKS], texts(page)
    page.keyboard.press("Control+Shift+z")
    assert len(texts(page)) == 6
    page.keyboard.press("Control+z")


def png(width, height, colour):
    """A picture of one colour."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(page, server, form):
    """What is no picture is refused beside the control; a picture is shown above the title and saved."""
    page.get_by_role("button", name="Изменить изображение").click()
    chooser = page.locator(".work-pane input[type=file]")
    chooser.set_input_files({"name": "logo.svg", "mimeType": "image/png", "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>"})
    page.locator(".work-pane .error").wait_for()
    chooser.set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": png(120, 40, (48, 73, 201))})
    page.locator(".paper-head img").wait_for()
    assert page.locator(".paper-head img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 120
    look(page, "image of the form")
    page.keyboard.press("Escape")
    save(page)
    assert re.fullmatch("[0-9a-f]{64}", stored(page, server, form)["content"]["image"])


def preview(page):
    page.get_by_role("button", name="Предпросмотр").first.click()
    frame = page.frame_locator("iframe[name=preview]")
    frame.get_by_text(NPS).first.wait_for()
    assert frame.locator("img.picture").count() == 1
    assert frame.locator("button[type=submit]").is_disabled()
    page.get_by_role("button", name="Телефон").click()
    assert page.locator("iframe[name=preview]").bounding_box()["width"] < 400
    page.wait_for_timeout(300)
    look(page, "preview")
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")


def style(page):
    """A style sheet that does not balance is told, one that hides a required question as well."""
    page.get_by_role("button", name="CSS", exact=True).click()
    page.locator(".cm-content").wait_for()
    page.locator(".cm-content").click()
    page.keyboard.insert_text("h1 { color: navy")
    page.get_by_text("В таблице стилей не закрыта или лишняя скобка.").last.wait_for()
    page.keyboard.press("Control+a")
    # Chromium keeps the look of a selection that is typed over by an inline style, which the policy does not allow.
    page.keyboard.press("Backspace")
    page.keyboard.insert_text(".block { display: none }")
    page.get_by_text("прячет содержимое").wait_for()
    look(page, "style sheet")
    page.locator(".dialog-foot button").nth(1).click()
    page.get_by_text(f"Обязательный вопрос «{FCR}» не виден.").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")
    # Back to what was saved: the marker knows it again.
    while not page.locator(".work-name .badge.good").count():
        page.keyboard.press("Control+z")


def translate(page, server, form):
    page.get_by_role("button", name="Языки").click()
    page.get_by_role("button", name="Добавить язык").click()
    look(page, "new language")
    page.locator("dialog select").first.select_option("en")
    page.locator("dialog button.primary").click()
    page.locator(".translation").wait_for()
    look(page, "translation view")
    page.get_by_label(f"Название для клиента: {TITLE}").fill("Quality of service")
    page.get_by_label(f"Вопрос: {FCR}").fill("Was your question solved at once?")
    page.get_by_label("Вариант 1: Да").fill("Yes")
    page.get_by_label("Вариант 2: Нет").fill("No")
    page.get_by_role("button", name="Готово").last.click()
    page.locator("#language-version option[value=en]").filter(has_text="(4)").wait_for(state="attached")
    page.get_by_role("button", name="Языки").click()
    page.get_by_role("button", name="Чего не хватает").click()
    assert page.locator(".missing-list li").count() == 4
    look(page, "what is missing")
    page.keyboard.press("Escape")
    save(page)
    languages = stored(page, server, form)["content"]["languages"]
    assert [one["language"] for one in languages] == ["ru", "en"]
    assert [one["key"] for one in languages[0]["blocks"]] == [one["key"] for one in languages[1]["blocks"]]
    assert languages[1]["title"] == "Quality of service" and languages[1]["blocks"][1]["options"][0]["text"] == "Yes"
    check_sample(stored(page, server, form))


# With the keyboard alone

def tab_to(page, selector, key="Tab", most=120):
    for _ in range(most):
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} is not reached with {key}: {page.evaluate('document.activeElement.outerHTML')[:200]}")


def add_by_keys(page, kind, text, field=None, is_required=False):
    tab_to(page, f"[data-kind={kind}] button", "Shift+Tab" if blocks(page).count() else "Tab")
    page.keyboard.press("Enter")
    tab_to(page, ".work-pane textarea", most=1)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    if is_required:
        tab_to(page, ".work-pane input[type=checkbox]", most=3)
        page.keyboard.press("Space")
    if field:
        tab_to(page, ".work-pane select", most=3)
        while page.evaluate("document.activeElement.value") != field:
            page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.paper-block')"), "the focus is not at the block"


def build_by_keyboard(page, server):
    opened(page, server.address + "/forms/new")
    add_by_keys(page, "slider", CSAT, "csat")
    add_by_keys(page, "yes_no", FCR, "fcr", is_required=True)
    page.keyboard.press("Alt+ArrowUp")
    assert texts(page) == [FCR, CSAT], texts(page)
    add_by_keys(page, "slider", NPS, "nps")
    add_by_keys(page, "text", INTRODUCTION)
    for _ in range(3):
        page.keyboard.press("Alt+ArrowUp")
    add_by_keys(page, "thanks", THANKS)
    tab_to(page, "[data-place='/title']", "Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("Качество с клавиатуры")
    page.keyboard.press("Escape")
    with page.expect_response(lambda reply: reply.request.method == "POST" and reply.url.endswith("/new")) as told:
        page.keyboard.press("Control+s")
    assert told.value.status == 201, told.value.text()
    page.wait_for_url(re.compile(r"/forms/\d+/edit"))
    form = re.search(r"/forms/(\d+)/edit", page.url).group(1)
    check_sample(stored(page, server, form), "Качество с клавиатуры")


# Two people

def meet(page, other, server, form):
    """The second save is told, compares, and loses nothing."""
    address = f"{server.address}/forms/{form}/edit"
    opened(page, address)
    opened(other, address)
    blocks(page).nth(2).click()
    page.locator(".work-pane textarea").fill("Первый изменил вопрос")
    save(page)
    blocks(other).nth(3).click()
    other.locator(".work-pane textarea").fill("Второй изменил другой вопрос")
    other.get_by_role("button", name="Изменить изображение").focus()
    other.locator("[data-save]").click()
    other.locator(".differences li").first.wait_for()
    assert other.locator(".differences li").count() == 2, other.locator(".differences").inner_text()
    look(other, "two people's changes")
    other.get_by_role("button", name="Сохранить выбранное").click()
    other.locator(".work-name .badge.good").wait_for()
    found = [one["text"] for one in stored(page, server, form)["content"]["languages"][0]["blocks"]]
    assert found[2] == "Первый изменил вопрос" and found[3] == "Второй изменил другой вопрос", found
    # The first one's page is old now: the other's state is taken whole, and one's own comes back.
    blocks(page).nth(1).click()
    page.locator(".work-pane textarea").fill("Своё")
    page.locator("[data-save]").click()
    page.get_by_role("button", name="Взять их версию целиком").click()
    assert "Своё" not in texts(page)
    page.keyboard.press("Control+z")
    assert "Своё" in texts(page), texts(page)
    save(page)
    assert stored(page, server, form)["content"]["languages"][0]["blocks"][1]["text"] == "Своё"
    page.goto(f"{server.address}/forms/{form}/versions")
    look(page, "saved versions")
    assert page.get_by_role("button", name=re.compile("^Восстановить")).count() >= 3


def leave(page, server, form):
    """Leaving with changes asks, by the browser's own way and by the button."""
    opened(page, f"{server.address}/forms/{form}/edit")
    blocks(page).nth(1).click()
    page.locator(".work-pane textarea").fill("Не сохранено")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.assign('/inbox')")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"], asked
    page.get_by_role("button", name="Отменить", exact=True).click()
    look(page, "question before leaving")
    page.get_by_role("button", name="Остаться").click()
    assert "Не сохранено" in texts(page)
    page.get_by_role("button", name="Отменить", exact=True).click()
    page.get_by_role("button", name="Не сохранять").click()
    page.wait_for_url(server.address + "/forms")
    assert stored(page, server, form)["content"]["languages"][0]["blocks"][1]["text"] != "Не сохранено"


def refuse(page, server):
    """What is wrong is said where it is, while one types and when one saves."""
    opened(page, server.address + "/forms/new")
    page.locator("[data-kind=radio] button").click()
    page.locator(".work-pane textarea").fill("Оценка")
    page.locator(".work-pane select").first.select_option("nps")
    assert page.locator(".option-list > li").count() == 11
    page.get_by_label("Значение варианта 11").fill("12")
    page.locator(".block-problems").filter(has_text="от 0 до 10").wait_for()
    page.get_by_label("Формат отображения").select_option("checkbox")
    page.locator(".block-problems").filter(has_text="флажок нельзя связать").wait_for()
    assert page.locator(".option-list > li").count() == 11, "the options are kept"
    look(page, "block with problems")
    with page.expect_response(lambda reply: reply.url.endswith("/forms/new") and reply.request.method == "POST") as told:
        page.locator("[data-save]").click()
    assert told.value.status == 422
    look(page, "list of problems")
    page.locator(".problem-list button").filter(has_text="флажок").first.click()
    assert page.locator(".paper-block.chosen").count() == 1


def touch(page):
    """Fingers do what the mouse does: a tap adds, a held finger drags, and a tapped block shows its buttons."""
    fingers = page.context.new_cdp_session(page)

    def finger(kind, *points):
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    before = texts(page)
    page.locator("[data-kind=notes] button").tap()
    page.locator(".work-pane textarea").fill("Добавлено пальцем")
    page.locator(".work-pane .pane-head button").tap()
    assert texts(page) == [*before[:-1], "Добавлено пальцем", before[-1]], texts(page)
    blocks(page).first.scroll_into_view_if_needed()
    source, target = blocks(page).first.bounding_box(), blocks(page).nth(1).bounding_box()
    x, start, end = source["x"] + source["width"] / 2, source["y"] + 20, target["y"] + target["height"] - 10
    finger("touchStart", (x, start))
    page.wait_for_timeout(500)
    for step in range(1, 21):
        finger("touchMove", (x, start + (end - start) * step / 20))
        page.wait_for_timeout(20)
    page.wait_for_timeout(200)
    finger("touchEnd")
    page.wait_for_timeout(200)
    assert texts(page)[:2] == [before[1], before[0]], texts(page)
    blocks(page).first.tap()
    page.locator(".work-pane .pane-head button").tap()
    blocks(page).first.get_by_role("button", name=re.compile("^Ниже")).tap()
    assert texts(page)[:2] == before[:2], texts(page)
    blocks(page).nth(len(before) - 1).tap()
    page.locator(".work-pane .pane-head button").tap()
    blocks(page).nth(len(before) - 1).get_by_role("button", name=re.compile("^Удалить")).tap()
    assert texts(page) == before, texts(page)


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory(prefix="otklik-editor-") as folder, sync_playwright() as playwright:
        server = Server(f"{folder}/data", extra=["--assets", str(ROOT / "Sources" / "App")]).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])

        def person(scheme, width=1440):
            context = browser.new_context(
                viewport={"width": width, "height": 900}, locale="ru", color_scheme=scheme, reduced_motion="reduce",
                has_touch=width < 600, is_mobile=width < 600)
            page = context.new_page()
            every_page.sign_in(page, server, "administrator")
            return page, Watch(page, server.address)

        page, watch = person("light")
        form = build_by_mouse(page, server)
        print("built with the mouse", flush=True)
        copy_and_delete(page)
        picture(page, server, form)
        preview(page)
        style(page)
        translate(page, server, form)
        print("previewed and translated", flush=True)
        # The name that is taken, and what is no picture.
        told = [problem for problem in watch.problems if not re.search("409|415|422", problem)]
        assert not told, told
        other, keys = person("dark")
        build_by_keyboard(other, server)
        opened(other, other.url)
        editor_rules.compare(other)
        assert not keys.problems, keys.problems
        print("built with the keyboard", flush=True)
        meet(page, other, server, form)
        leave(page, server, form)
        refuse(page, server)
        expected = re.compile("409|415|422")
        told = [problem for problem in watch.problems + keys.problems if not expected.search(problem)]
        assert not told, told
        narrow, few = person("light", width=390)
        opened(narrow, f"{server.address}/forms/{form}/edit")
        look(narrow, "editor on a phone")
        blocks(narrow).nth(1).click()
        look(narrow, "settings on a phone")
        narrow.locator(".work-pane .pane-head button").tap()
        touch(narrow)
        assert not few.problems, few.problems
        print("two people, leaving, refusals, a phone", flush=True)
        browser.close()
        server.stop()


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(str(error))
