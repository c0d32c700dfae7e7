# SPDX-License-Identifier: Apache-2.0
"""What mail scanners, proxies and programs do to customers' links, against a running server and in Chromium: everything
fetched twice, with HEAD and with junk, a submit sent again 35 seconds later, every button pressed at once, two hundred
people behind one address. Nothing false is counted, nothing true is refused or overwritten, and both are shown."""
import concurrent.futures
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import chromium
import every_page
import survey_world as world
from browser_story import Watch, answered_by_agent, look, summary
from otklik_server import Browser, until

PEOPLE = 200
# How many of them are there at once: browsers of one office.
AT_ONCE = 20
REPLAY_SECONDS = 35
JUNK = ["utm_source=mail&utm_id=%00", "fbclid=" + "x" * 900, "lang=xx&lang=en", "nonce=a&q_fcr=1&q_nps=0", "%ff=&&=%",
        "change=1"]
SCANNER = {"User-Agent": "Mozilla/5.0 (compatible; LinkScanner/3.1)", "Accept": "*/*"}


def ask(method, address, data=None, headers=SCANNER):
    """One request as a program sends it; gives status, headers and text."""
    request = urllib.request.Request(address, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.headers, reply.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode(errors="replace")


def scan(server, link):
    """Fetches the link and all that it leads to twice, with HEAD, and with junk in the query."""
    page = ask("GET", link)[2]
    found = {urllib.parse.urljoin(link, one.replace("&amp;", "&"))
             for one in re.findall(r'(?:href|src|action)=["\']?([^"\' >]+)', page)}
    addresses = [link, *sorted(one for one in found if one.startswith(server.address))]
    junk = [f"{link}?{one}" for one in JUNK]
    for address in addresses + junk:
        for method in ("GET", "GET", "HEAD"):
            status, headers, _ = ask(method, address)
            assert status < 400 and headers["Set-Cookie"] is None, (method, address, status)
    return len(addresses) + len(junk)


def fill(page, fcr, csat, nps):
    """The demo's form, with its three questions."""
    page.locator(f"[name=q_fcr][value='{fcr}']").check(force=True)
    for field, keys in (("csat", csat - 1), ("nps", nps)):
        page.locator(f".block:has([name='q_{field}']) input[type=range]").focus()
        for key in ["Home"] + ["ArrowRight"] * keys:
            page.keyboard.press(key)


def opened(browser, server, link):
    context = browser.new_context(locale="ru", viewport={"width": 390, "height": 800})
    page = context.new_page()
    watch = Watch(page, server.address)
    page.goto(link)
    return context, page, watch


def send(page, button="#answers button[type=submit]"):
    """Sends the page; gives the reply's status and what was sent."""
    sent = []
    page.once("request", lambda request: sent.append(request))
    with page.expect_navigation() as navigation:
        page.locator(button).click()
    return navigation.value.status, sent[0]


def answer(browser, server, link, *values):
    """A person answers in Chromium, and is thanked; gives the request that did it."""
    context, page, watch = opened(browser, server, link)
    fill(page, *values)
    page.wait_for_timeout(2200)  # What comes sooner is asked for once more (spec 3.5).
    status, request = send(page)
    assert status == 200, (status, page.locator("main").inner_text())
    assert not watch.problems, watch.problems
    kept = {"address": request.url, "data": request.post_data_buffer, "headers": {
        "Content-Type": request.headers["content-type"], "User-Agent": request.headers["user-agent"]}}
    context.close()
    return kept


def press_at_once(browser, server, link):
    """A browser without a person: whatever can be chosen is chosen and every button pressed, twice, within no time."""
    for _ in range(2):
        context, page, _ = opened(browser, server, link)
        with page.expect_navigation() as navigation:
            page.evaluate("""(() => {
                for (const one of document.querySelectorAll('input, select, textarea')) {
                    if (one.type === 'radio' || one.type === 'checkbox') one.click();
                    else if (one.type !== 'hidden' && one.type !== 'range') one.value = 'http://example.com';
                }
                for (const one of document.querySelectorAll('button')) one.click();
            })()""")
        assert navigation.value.status == 422, navigation.value.status
        page.get_by_text("Нажмите «Отправить» ещё раз").wait_for()
        look(page, "press again")
        context.close()


def office(server, links):
    """Two hundred people behind one address open their links and answer; each is heard. Gives their NPS by link."""
    given = {link: place % 11 for place, link in enumerate(links)}

    def open_one(link):
        browser = Browser(link).open(link)
        assert browser.status == 200, (browser.status, browser.page[:300])
        return browser, browser.form("nonce"), given[link]

    def answer_one(page):
        browser, form, nps = page
        browser.send(form, {"q_fcr": "0" if nps > 6 else "1", "q_csat": "", "q_nps": str(nps)})
        assert browser.status == 200 and "nonce" not in browser.page, (browser.status, browser.page[:300])

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        pages = list(pool.map(open_one, links))
        time.sleep(2.2)  # What comes sooner is asked for once more (spec 3.5).
        list(pool.map(answer_one, pages))
    return given


def replay(sent):
    """A proxy sends again what the person has sent: thanks, and nothing changes. Something else is put aside."""
    status, _, page = ask("POST", sent["address"], sent["data"], sent["headers"])
    assert status == 200 and "Спасибо" in page, (status, page[:500])
    other = sent["data"].replace(b"q_nps=10", b"q_nps=0")
    assert other != sent["data"], sent["data"]
    status, _, page = ask("POST", sent["address"], other, sent["headers"])
    assert status == 409, (status, page[:500])


def check_figures(server, given):
    """The office's answers, the replayed person's 10, the scanned person's 8, the pressed page's person's 9: no more."""
    scores = [*given.values(), 10, 8, 9]
    count, promoters, detractors = len(scores), sum(one >= 9 for one in scores), sum(one <= 6 for one in scores)
    until(f"{count} answers", lambda: answered_by_agent(server) == count)
    rows = summary(server)["rows"]
    nps = rows[0]["fields"]["nps"]
    found = (nps["n"], nps["promoters"], nps["detractors"])
    assert len(rows) == 1 and found == (count, promoters, detractors), (found, count, promoters, detractors)
    fcr, csat = rows[0]["fields"]["fcr"], rows[0]["fields"]["csat"]
    solved = sum(one > 6 for one in given.values()) + 2
    assert (fcr["n"], round(fcr["share"] * count)) == (count, solved), (fcr, solved)
    assert (csat["n"], csat["mean"]) == (3, 4), csat
    return count


def check_answers(browser, server, count):
    """The list tells counted from put aside, with the reason."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru")
    page = context.new_page()
    every_page.sign_in(page, server, "administrator")
    form = server.demo()["forms"][0]["id"]
    page.goto(f"{server.address}/forms/{form}/answers?state=quarantined")
    told = sorted(re.search("Отправлен быстрее|Заполнено скрытое|уже ответили", row).group(0)
                  for row in page.locator("tbody tr").all_inner_texts())
    # The pressed page, pressed again with the same, is kept once.
    assert len(told) == 2 and told[-1] == "уже ответили", told
    look(page, "answers that were put aside")
    page.goto(f"{server.address}/forms/{form}/answers/distribution")
    counted = page.locator(".spread").filter(has=page.locator("h2", has_text="NPS")).inner_text()
    assert f"n\u00a0=\u00a0{count}" in counted, counted
    # The person behind the pressed page: what was put aside stands beside what counts.
    page.goto(f"{server.address}/forms/{form}/answers?state=quarantined")
    page.locator("tbody tr").filter(has_text=re.compile("быстрее|скрытое")).last.get_by_role("link").click()
    page.get_by_text("Этот ответ в отчётах не учтён.").wait_for()
    assert page.locator("main .badge.good").count() == 1 and page.locator("main .badge.warning").count() >= 1
    look(page, "an answer that was put aside")
    context.close()


def walk(browser, server):
    recipients = [world.complete(server, number) for number in range(3)]
    replayed, scanned, pressed = world.links(server, recipients)
    sent = answer(browser, server, replayed, 0, 5, 10)
    sent_at = time.monotonic()
    print("answered by a person", flush=True)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        recipients = list(pool.map(lambda number: world.complete(server, number), range(100, 100 + PEOPLE)))
    press_at_once(browser, server, pressed)
    number = scan(server, scanned)
    assert number >= len(JUNK) + 5, "the page's links are not found"
    assert answered_by_agent(server) == 1, "a scanner has answered"
    answer(browser, server, scanned, 0, 4, 8)
    scan(server, scanned)
    answer(browser, server, pressed, 1, 3, 9)
    print(f"{number} addresses scanned, buttons pressed; then answered by persons", flush=True)
    links = world.links(server, recipients, seconds=120)
    given = office(server, links)
    print(f"{len(given)} people behind one address heard", flush=True)
    time.sleep(max(0, sent_at + REPLAY_SECONDS - time.monotonic()))
    replay(sent)
    print(f"replayed after {time.monotonic() - sent_at:.0f} s", flush=True)
    check_answers(browser, server, check_figures(server, given))
    print("counted and put aside are told apart", flush=True)


if __name__ == "__main__":
    chromium.tell("scanner", walk)
