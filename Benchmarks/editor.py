# SPDX-License-Identifier: Apache-2.0
"""How long the form editor takes from an action to the next picture on the screen, with 200 blocks in 20 languages.

Chromium's own measure: the duration of an event, from its coming to the frame that shows what it did."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("BINARY_UNDER_TEST", str(ROOT / ".build-bench" / "release" / "otklik"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from playwright.sync_api import sync_playwright  # noqa: E402

from otklik_server import BINARY, Server  # noqa: E402

BLOCKS, LANGUAGES, ROUNDS = 200, 20, 7
TAGS = "ru en de fr es it pt nl pl cs sk hu ro bg sr hr sl et lv lt".split()
OBSERVER = """
    window.measured = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.interactionId) window.measured.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16 });
"""


def large_form(path):
    """A zip with choices, sliders, notes and texts in turn."""
    def block(number, tag):
        text = f"{tag}: question {number} about how we served you, long enough to break the line?"
        whole = {"key": f"q{number}", "text": text, "isRequired": number % 3 == 0, "options": []}
        kind = ("radio", "slider", "notes", "checkbox", "text")[number % 5]
        if kind in ("radio", "checkbox"):
            whole["options"] = [{"text": f"{tag} option {one}", "value": one} for one in range(5)]
        if kind == "slider":
            whole.update(minimum=0, maximum=10, step=1)
        return {**whole, "kind": kind}

    form = {"otklikForm": 1, "validDays": 30, "editHours": 0, "fields": [], "languages": [
        {"language": tag, "title": f"{tag}: a long form", "blocks": [block(number, tag) for number in range(BLOCKS)]}
        for tag in TAGS[:LANGUAGES]]}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("form.json", json.dumps(form))


def duration(page, act):
    """The longest event of an action, in milliseconds; what is below 16 is not told and counts as 16."""
    page.evaluate("window.measured.length = 0")
    act()
    # Two frames later everything has been told.
    page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done, 50)), 150))")
    return max(page.evaluate("window.measured"), default=16)


def actions(page):
    """Names with what a person does, on the block in the middle."""
    middle = page.locator(".paper-block").nth(BLOCKS // 2)
    keys = page.keyboard.press

    def chosen(act):
        def whole():
            middle.focus()
            act()
        return whole

    # Each with how many blocks there are afterwards.
    return [
        ("choose a block", lambda: middle.click(), BLOCKS),
        ("type a letter into a question", lambda: (page.locator(".work-pane textarea").focus(), keys("x")), BLOCKS),
        ("move a block down", chosen(lambda: keys("Alt+ArrowDown")), BLOCKS),
        ("move a block up", chosen(lambda: keys("Alt+ArrowUp")), BLOCKS),
        ("delete a block", chosen(lambda: keys("Delete")), BLOCKS - 1),
        ("take it back", lambda: keys("Control+z"), BLOCKS),
        ("delete it again", lambda: keys("Control+Shift+z"), BLOCKS - 1),
        ("copy a block", lambda: (middle.hover(), middle.locator("button[aria-label^='Копировать']").click()), BLOCKS),
        ("take the copy back", lambda: keys("Control+z"), BLOCKS - 1),
        ("add a block from the palette", lambda: page.locator("[data-kind=yes_no] button").click(), BLOCKS),
        ("make it required", lambda: page.get_by_label("Обязательный").click(), BLOCKS),
        ("take all of it back", lambda: (middle.focus(), keys("Control+z"), keys("Control+z"), keys("Control+z")),
         BLOCKS),
        ("show another language", lambda: (page.locator("#language-version").focus(), keys("ArrowDown")), BLOCKS),
        ("show the first language", lambda: (page.locator("#language-version").focus(), keys("Home")), BLOCKS),
        ("open the languages", lambda: page.get_by_role("button", name="Языки").click(), BLOCKS),
        ("see what is missing", lambda: page.get_by_role("button", name="Чего не хватает").click(), BLOCKS),
        ("close it", lambda: keys("Escape"), BLOCKS),
    ]


def main():
    with tempfile.TemporaryDirectory(prefix="otklik-editor-") as folder:
        server = Server(f"{folder}/data")
        server.start()
        try:
            large_form(f"{folder}/large.zip")
            subprocess.run(
                [BINARY, "forms", "import", f"{folder}/large.zip", "--name", "Large", "--data", str(server.data)],
                check=True, stdout=subprocess.DEVNULL)
            person = next(one for one in server.demo()["people"] if one["role"] == "administrator")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="ru")
                page.goto(server.address + "/login")
                page.fill("[name=login]", person["login"])
                page.fill("[name=password]", person["password"])
                page.keyboard.press("Enter")
                page.wait_for_url("**/")
                page.add_init_script(OBSERVER)
                page.goto(server.address + "/forms")
                address = page.locator("tr", has_text="Large").locator("a[href$='/edit']").first.get_attribute("href")
                page.goto(server.address + address)
                page.locator("#editor[data-ready]").wait_for()
                page.wait_for_timeout(1000)
                times = {}
                for _ in range(ROUNDS):
                    for name, act, count in actions(page):
                        times.setdefault(name, []).append(duration(page, act))
                        there = page.locator(".paper-block").count()
                        assert there == count, f"{name}: {there} blocks"
                for name, found in times.items():
                    print(f"| {name} | {statistics.median(found):.0f} ({min(found):.0f}–{max(found):.0f}) |", flush=True)
                browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
