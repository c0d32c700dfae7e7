# SPDX-License-Identifier: Apache-2.0
"""Every page of the product, found by following links: for looking at them, and for what all of them have to be."""
import re
import time
import urllib.parse

from playwright.sync_api import Error

from otklik_server import Browser

# A place for each kind of address: ids are all alike, and of a query only what makes another page of it.
HOLE = re.compile(r"/[0-9]{6,}|/s/[^/]+|/u/[^/]+|/sign-in/[^/]+")
KEPT = ("by", "tone", "state")
SKIPPED = re.compile(r"^/(assets|survey-style|favicon|api/v1|outbox/[0-9]+/preview|logout)")
ROLES = ("administrator", "supervisor", "agent", "provider")
CALLS = 24


def kind(address):
    """Addresses of one kind show the same page with other contents."""
    parts = urllib.parse.urlsplit(address)
    query = [pair for pair in urllib.parse.parse_qsl(parts.query) if pair[0] in KEPT and parts.path != "/outbox"]
    return HOLE.sub("/ID", parts.path) + ("?" + urllib.parse.urlencode(query) if query else "")


def fill(server):
    """Work of some minutes: calls with and without an address, one answered survey, a mail that cannot be sent."""
    demo = server.demo()
    service = demo["services"][0]["name"]
    for number in range(CALLS):
        customer = {"name": f"Клиент {number + 1}", "language": "ru" if number % 3 else "en"}
        if number % 4:
            customer["email"] = f"client{number + 1}@example.org"
        status, reply = server.call("POST", "/api/v1/completions", {
            "externalId": f"call-{number + 1:04}", "service": service, "channel": "voice", "direction": "inbound",
            "agent": "petrova" if number % 5 else "new.agent@branch-office.example", "disposition": "Заказ",
            "customer": customer})
        assert status < 300, (status, reply)


def answer(server, mails, values):
    """Answers some surveys, each with FCR's place, CSAT and NPS."""
    opened = []
    for mail in mails:
        browser = Browser(server.address).open(mail["link"])
        opened.append((browser, browser.form("nonce")))
    time.sleep(2.2)  # What comes sooner is asked for once more (spec 3.5).
    for (browser, form), (fcr, csat, nps) in zip(opened, values):
        browser.send(form, {"q_fcr": fcr, "q_csat": csat, "q_nps": nps})
        assert browser.status == 200, (browser.status, browser.page[:500])


def sign_in(page, server, role):
    person = next(person for person in server.demo()["people"] if person["role"] == role)
    page.goto(server.address + "/login")
    page.locator("input[name=login]").fill(person["login"])
    page.locator("input[name=password]").fill(person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(server.address + "/")


def links(page, server):
    """The addresses on a page that lead to other pages of the product."""
    found = page.evaluate("[...document.querySelectorAll('a[href]')].map((link) => link.href)")
    for address in found:
        if address.startswith(server.address):
            path = address[len(server.address):].split("#")[0] or "/"
            if not SKIPPED.match(path):
                yield path


def visit(page, server, starts):
    """Opens one address of each kind that can be reached from some, in the order in which they are found: the kind, the
    address and the reply, while the page is open."""
    kinds, waiting = set(), list(starts)
    while waiting:
        path = waiting.pop(0)
        name = kind(path)
        if name in kinds:
            continue
        try:
            reply = page.goto(server.address + path)
        except Error:
            continue  # a download
        if not (reply.headers.get("content-type") or "").startswith("text/html"):
            continue
        kinds.add(name)
        waiting += [one for one in links(page, server) if kind(one) not in kinds]
        yield name, path, reply


def revisit(page, server, kinds):
    """Opens pages that were found before."""
    for name, path in kinds.items():
        yield name, path, page.goto(server.address + path)


def find(page, server, starts):
    """One address of each kind that can be reached from some, in the order in which they are found."""
    return {name: path for name, path, _ in visit(page, server, starts)}


def choose(context, server, language, theme):
    """Language and tone as a browser's own settings say them, and the language as the person has chosen it."""
    page = context.new_page()
    page.goto(server.address + "/account")
    token = page.locator("input[name=form_token]").first.get_attribute("value")
    for path, form in (("/language", {"language": language}), ("/theme", {"theme": theme})):
        reply = context.request.post(
            server.address + path, form={**form, "back": "/health/live", "form_token": token},
            headers={"Sec-Fetch-Site": "same-origin"})
        assert reply.ok, (path, reply.status)
    page.close()
