# SPDX-License-Identifier: Apache-2.0
"""Pictures of every page: for each role, in both languages and tones, as wide as a phone and as a desktop."""
import argparse
import atexit
import pathlib
import re
import shutil
import tempfile

from playwright.sync_api import sync_playwright

import every_page
from browser_story import mail_to
from otklik_server import ROOT, Server, until

SIZES = {390: 844, 1440: 900}


def name_of(kind):
    return re.sub(r"[^a-zA-Z0-9]+", "-", kind).strip("-") or "home"


def take(browser, server, folder, only):
    for role in every_page.ROLES:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        every_page.sign_in(page, server, role)
        kinds = every_page.find(page, server, ["/"])
        state = context.storage_state()
        context.close()
        shoot(browser, server, folder, (role, kinds, only), state)


def shoot(browser, server, folder, what, state):
    role, kinds, only = what
    for language in ("ru", "en"):
        for theme in ("light", "dark"):
            for width, height in SIZES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, storage_state=state, color_scheme=theme,
                    locale=language)
                if role != "nobody":
                    every_page.choose(context, server, language, theme)
                page = context.new_page()
                for kind, path in kinds.items():
                    if only and not re.search(only, kind):
                        continue
                    page.goto(server.address + path)
                    name = f"{role}-{name_of(kind)}-{language}-{theme}-{width}.png"
                    page.screenshot(path=folder / name, full_page=True)
                context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default=ROOT / ".build-pictures", type=pathlib.Path)
    parser.add_argument("--only", help="a regular expression of addresses, ids written as ID")
    parser.add_argument("--assets", help="read pages' files from this folder")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory(prefix="otklik-pictures-") as data, sync_playwright() as playwright:
        extra = ["--assets", options.assets] if options.assets else []
        server = Server(f"{data}/data", extra=extra).start()
        atexit.register(server.stop)
        every_page.fill(server)
        until("mail", lambda: mail_to(server, f"client{every_page.CALLS}@example.org"))
        mails = [mail_to(server, f"client{number}@example.org") for number in (2, 3, 4, 6, 7, 8, 10)]
        every_page.answer(server, [mail for mail in mails[:-1] if mail], [
            ("1", "5", "10"), ("1", "4", "9"), ("0", "2", "3"), ("1", "5", "8"), ("0", "1", "0"), ("1", "5", "10")])
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        public = [mail["link"][len(server.base_url):] for mail in (mails[0], mails[-1])]
        kinds = {"survey-answered": public[0], "survey": public[1], "login": "/login", "sign-in-dead": "/sign-in/dead",
                 "api": "/api", "not-found": "/nowhere"}
        if not options.only or any(re.search(options.only, kind) for kind in kinds):
            shoot(browser, server, options.folder, ("nobody", kinds, options.only), None)
        take(browser, server, options.folder, options.only)
        browser.close()
        server.stop()
    print(f"{len(list(options.folder.glob('*.png')))} pictures in {options.folder}")


if __name__ == "__main__":
    main()
