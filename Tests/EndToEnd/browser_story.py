# SPDX-License-Identifier: Apache-2.0
"""The main job in a real browser: the printed call, the captured mail, the survey page, the report.

Walked in Russian and English, on a phone's and a desktop's width, with axe-core looking at every page.
"""
import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import sync_playwright

from accessibility import violations
from otklik_server import BINARY, Server, until

WIDTHS = (360, 1280)
YES = {"ru": "Да", "en": "Yes"}
THANKS = {"ru": "Спасибо! Ваш ответ", "en": "Thank you! Your answers"}


def printed_call(server):
    """Runs the line that the start has printed, as a newcomer would."""
    log = (server.data / f"server-{server.port}.log").read_text()
    line = next(line.strip() for line in log.splitlines() if line.strip().startswith("curl "))
    output = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout
    reply = json.loads(output)
    assert reply["runs"], f"no workflow was started: {output}"
    return "customer@example.org"


def call(server, demo, language, number):
    """Completes an interaction over the API for a customer of a language."""
    recipient = f"customer{number}@example.org"
    status, reply = server.call("POST", "/api/v1/completions", {
        "externalId": f"browser-{number}", "service": demo["services"][0]["name"], "channel": "voice",
        "direction": "inbound", "agent": "petrova", "disposition": "Заказ",
        "customer": {"name": "Customer", "email": recipient, "language": language}})
    assert status < 300 and reply["runs"], (status, reply)
    return recipient


def mail_to(server, recipient):
    output = subprocess.run(
        [BINARY, "demo", "mail", "--json", "--data", str(server.data)], capture_output=True, text=True, check=True)
    return next((mail for mail in json.loads(output.stdout) if mail["to"] == recipient), None)


class Watch:
    """What the browser complains about."""

    def __init__(self, page, address):
        self.problems = []
        page.on("console", lambda message: self.note(message.type == "error", f"console: {message.text}"))
        page.on("response", lambda reply: self.note(reply.status >= 400, f"{reply.status}: {reply.url}"))
        page.on("pageerror", lambda error: self.note(True, f"script: {error}"))
        page.on("request", lambda request: self.note(
            not request.url.startswith((address, "data:")), f"asked another host: {request.url}"))

    def note(self, is_problem, text):
        if is_problem:
            self.problems.append(text)


def look(page, where):
    """What every page has to be: no wider than the screen, and without accessibility violations."""
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{where}: {overflow} px wider than the screen"
    found = violations(page)
    assert not found, f"{where}: " + json.dumps(found, ensure_ascii=False)


def answer(page, link, language, where):
    """Opens the survey, answers it as a person would, and is thanked."""
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == language, f"{where}: wrong language"
    look(page, f"{where} survey")
    page.locator("button[type=submit], input[type=submit]").first.wait_for()
    page.wait_for_timeout(2500)
    assert page.locator("input[name=script]").input_value() == "1", f"{where}: the page's script did not run"
    page.get_by_label(YES[language], exact=True).check(force=True)
    groups = page.locator("fieldset").filter(has=page.locator(".scale"))
    for group, value in zip(groups.all(), ("5", "10")):
        group.locator(f"input[value='{value}']").check(force=True)
    page.locator("textarea").first.fill("Всё хорошо" if language == "ru" else "All is well")
    page.locator("button[type=submit]").last.click()
    page.get_by_text(THANKS[language]).wait_for()
    look(page, f"{where} thanks")
    page.goto(link)
    assert not page.locator("textarea").count(), f"{where}: it can be answered twice"


def sign_in(page, server, demo, role):
    person = next(person for person in demo["people"] if person["role"] == role)
    page.goto(server.address + "/login")
    page.locator("input[name=login]").fill(person["login"])
    page.locator("input[name=password]").fill(person["password"])
    look(page, "sign-in")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))


def report(page, server, demo, answered, where):
    """The agent's row of the report counts what was answered."""
    page.goto(server.address + "/reports?by=agent")
    look(page, f"{where} report")
    row = page.locator("tr").filter(has_text=re.compile("Петрова|petrova"))
    assert row.count() >= 1, f"{where}: no row of the agent: {page.locator('main').inner_text()[:800]}"
    assert str(answered) in row.first.inner_text(), f"{where}: {row.first.inner_text()}"


def summary(server):
    days = [time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset)) for offset in (-86400, 86400)]
    status, reply = server.call("GET", f"/api/v1/reports/summary?by=agent&from={days[0]}&to={days[1]}")
    assert status == 200, reply
    return reply


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="a PostgreSQL address; SQLite when not given")
    parser.add_argument("--pictures", help="a folder for pictures of the pages")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory(prefix="otklik-browser-") as folder, sync_playwright() as playwright:
        server = Server(f"{folder}/data", database=options.database).start()
        demo = server.demo()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        answered = 0
        for language in ("ru", "en"):
            for width in WIDTHS:
                where = f"{language} {width}"
                recipient = printed_call(server) if answered == 0 else call(server, demo, language, answered)
                mail = until(f"{where} mail", lambda: mail_to(server, recipient))
                assert mail["link"].startswith(server.base_url + "/s/"), mail
                context = browser.new_context(
                    viewport={"width": width, "height": 800}, locale=language, color_scheme="dark" if width == 360 else "light")
                page = context.new_page()
                watch = Watch(page, server.address)
                answer(page, mail["link"], language, where)
                answered += 1
                sign_in(page, server, demo, "supervisor")
                until(f"{where} report", lambda: answered_by_agent(server) == answered)
                report(page, server, demo, answered, where)
                if options.pictures:
                    page.screenshot(path=f"{options.pictures}/report-{language}-{width}.png", full_page=True)
                assert not watch.problems, f"{where}: {watch.problems}"
                context.close()
                print(f"{where}: answered and counted", flush=True)
        browser.close()
        server.stop()


def answered_by_agent(server):
    return sum(row["answered"] for row in summary(server)["rows"])


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(str(error))
