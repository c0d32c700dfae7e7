# SPDX-License-Identifier: Apache-2.0
"""The server is killed at random instants under load, and started again each time.

Afterwards every completed interaction has got exactly one mail, apart from messages whose outcome was unknown at a
kill (these are counted and shown), and every accepted submit is in the report.
"""
import argparse
import collections
import http.client
import json
import random
import sqlite3
import sys
import tempfile
import threading
import time
import urllib.error

from mail_server import MailServer, links
from otklik_server import Browser, Server
from survey_page import answer, is_thanks

UNREACHABLE = (OSError, http.client.HTTPException, urllib.error.URLError, TimeoutError)


def use_smtp(server, mail):
    """Enters the SMTP settings on the administrator's page."""
    browser = Browser(server.address).sign_in(server)
    browser.open("/settings/email")
    form = browser.form("host")
    browser.send(form, {
        "sender_name": "Demo centre", "sender_email": "survey@example.com", "host": "localhost",
        "port": str(mail.port), "secure": "starttls", "requires_authentication": "on",
        "user_name": mail.user, "password": mail.password})
    assert browser.status == 200 and "password" in browser.page, browser.page[:2000]
    browser.open("/settings/email")
    kept = dict(browser.form("host").values)
    assert kept["host"] == "localhost", f"the settings were not kept: {kept}\n{browser.page[:3000]}"


def completion(demo, number):
    service = demo["services"][0]
    return {
        "externalId": f"load-{number}", "service": service["name"], "channel": "voice",
        "direction": "inbound", "agent": next(p["login"] for p in demo["people"] if p["role"] == "agent"),
        "disposition": "Заказ", "customer": {"name": f"Customer {number}", "email": f"c{number}@example.org",
                                             "language": "ru" if number % 2 else "en"}}


class Load(threading.Thread):
    """Completes interactions in small batches; each is repeated until the server has said yes."""

    def __init__(self, server, per_second):
        super().__init__(daemon=True)
        self.server, self.per_second = server, per_second
        self.completed, self.stopping, self.problem = [], threading.Event(), None

    def run(self):
        number, demo = 0, self.server.demo()
        while not self.stopping.is_set():
            batch = [completion(demo, number + offset) for offset in range(5)]
            number += 5
            while True:
                try:
                    status, reply = self.server.call("POST", "/api/v1/completions", batch, timeout_seconds=5)
                except UNREACHABLE:
                    time.sleep(0.05)
                    continue
                except ValueError:
                    continue
                if status >= 500:
                    time.sleep(0.05)
                    continue
                results = reply["results"] if isinstance(reply, dict) else reply
                if status >= 400 or any(result.get("status", 200) >= 400 for result in results):
                    self.problem = (status, reply)
                    return
                break
            self.completed += [item["externalId"] for item in batch]
            time.sleep(5 / self.per_second)


class Customers(threading.Thread):
    """Answer a share of the mails that arrive; each tries until the server has said what became of it."""

    def __init__(self, mail, base, share):
        super().__init__(daemon=True)
        self.mail, self.base, self.share = mail, base, share
        self.accepted, self.stopping, self.odd = set(), threading.Event(), []
        self.seen = 0

    def run(self):
        workers = []
        while not self.stopping.is_set():
            received = self.mail.received()
            for recipient, message in received[self.seen:]:
                if random.random() < self.share and recipient not in self.accepted:
                    found = links(message, self.base + "/s/")
                    worker = threading.Thread(target=self.answer, args=(recipient, found[0]), daemon=True)
                    worker.start()
                    workers.append(worker)
            self.seen = len(received)
            self.stopping.wait(0.3)
        for worker in workers:
            worker.join(60)

    def answer(self, recipient, link):
        for _ in range(100):
            try:
                page = answer(link)
            except UNREACHABLE:
                time.sleep(0.2)
                continue
            if is_thanks(page):
                self.accepted.add(recipient)
                return
            if page.status >= 500:
                time.sleep(0.4)
            elif page.status != 200:
                self.odd.append((recipient, page.status, page.page[:300]))
                return
        self.odd.append((recipient, "never", ""))


def states(data):
    """What the ledger and the runs say, read from the embedded database."""
    database = sqlite3.connect(f"file:{data}/otklik.db?mode=ro", uri=True)
    try:
        messages = database.execute("SELECT recipient_folded, state, attempt FROM message").fetchall()
        runs = collections.Counter(row[0] for row in database.execute("SELECT state FROM run"))
        return messages, runs
    finally:
        database.close()


def settle(data, timeout_seconds):
    """Waits until nothing is under way any more."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        messages, runs = states(data)
        busy = sum(1 for _, state, _ in messages if state in ("queued", "sending", "retrying", "held"))
        if busy == 0 and not any(runs[state] for state in ("ready", "waiting", "sending")):
            return messages, runs
        time.sleep(0.5)
    raise AssertionError(f"still busy: {collections.Counter(m[1] for m in messages)} {runs}")


def answered_in_report(server):
    """How many answers the report counts."""
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400)), time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400))
    status, reply = server.call("GET", f"/api/v1/reports/summary?from={day[0]}&to={day[1]}&by=service")
    assert status == 200, reply
    return sum(row["answered"] for row in reply["rows"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--per-second", type=float, default=40)
    parser.add_argument("--share", type=float, default=0.15, help="share of the customers who answer")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="otklik-kill-") as folder:
        mail = MailServer(folder).start()
        server = Server(f"{folder}/data", environment={"OTKLIK_SMTP_CA_FILE": str(mail.authority)}).start()
        use_smtp(server, mail)
        load = Load(server, options.per_second)
        customers = Customers(mail, server.base_url, options.share)
        load.start()
        customers.start()
        for kill in range(options.kills):
            time.sleep(random.uniform(0.1, 1.2))
            assert load.problem is None, load.problem
            server.kill()
            server.start()
        time.sleep(1)
        load.stopping.set()
        load.join(60)
        assert load.problem is None, load.problem
        settle(f"{folder}/data", 120)
        customers.stopping.set()
        customers.join(120)
        messages, runs = settle(f"{folder}/data", 60)
        time.sleep(2.5)

        received = collections.Counter(recipient for recipient, _ in mail.received())
        expected = {f"c{external.split('-')[1]}@example.org" for external in load.completed}
        attempts = {recipient: attempt for recipient, _, attempt in messages}
        missing = expected - set(received)
        twice = {recipient for recipient, count in received.items() if count > 1}
        known_twice = {recipient for recipient in twice if attempts.get(recipient, 1) < 2}
        unknown_lost = {recipient for recipient in missing if attempts.get(recipient, 1) >= 2}
        counted = answered_in_report(server)
        print(json.dumps({
            "kills": options.kills, "completed": len(expected), "mails": sum(received.values()),
            "missing": len(missing), "twiceUnknown": len(twice - known_twice), "twiceKnown": len(known_twice),
            "tried more than once": sum(1 for attempt in attempts.values() if attempt > 1),
            "accepted": len(customers.accepted), "counted": counted, "runs": dict(runs),
            "states": dict(collections.Counter(state for _, state, _ in messages))}), flush=True)
        server.stop()
        mail.stop()
        problems = []
        if missing - unknown_lost:
            problems.append(f"without a mail: {sorted(missing)[:10]}")
        if known_twice:
            problems.append(f"mailed twice with a known outcome: {sorted(known_twice)[:10]}")
        if counted != len(customers.accepted):
            problems.append(f"accepted {len(customers.accepted)}, counted {counted}")
        if customers.odd:
            problems.append(f"odd answers: {customers.odd[:5]}")
        if not expected or not customers.accepted:
            problems.append("nothing happened")
        if problems:
            sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
