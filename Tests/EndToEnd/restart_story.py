# SPDX-License-Identifier: Apache-2.0
"""Two nodes on one PostgreSQL under load, and PostgreSQL is restarted twice: in order, and by a crash that takes a while.

Requests are done, or fail as 503 with Retry-After; what was accepted is mailed once and counted; no process ends.
"""
import argparse
import collections
import json
import random
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from kill_story import Customers, answered_in_report, completion, use_smtp
from mail_server import MailServer
from otklik_server import Server
from postgres_server import Cluster

BATCH = 5


class Caller(threading.Thread):
    """Completes interactions at one node; what is refused for the moment is said again until it is taken."""

    def __init__(self, server, first, per_second):
        super().__init__(daemon=True)
        self.server, self.number, self.pause = server, first, BATCH / per_second
        self.accepted, self.stopping, self.odd = set(), threading.Event(), []
        self.statuses = collections.Counter()

    def run(self):
        demo = self.server.demo()
        while not self.stopping.is_set():
            batch = [completion(demo, self.number + offset) for offset in range(BATCH)]
            self.number += BATCH
            while not self.say(batch):
                time.sleep(0.2)
            self.accepted |= {item["externalId"] for item in batch}
            time.sleep(self.pause)

    def say(self, batch):
        request = urllib.request.Request(
            self.server.address + "/api/v1/completions", data=json.dumps(batch).encode(), method="POST",
            headers={"Authorization": f"Bearer {self.server.demo()['apiKey']}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                results = json.loads(reply.read())
                results = results["results"] if isinstance(results, dict) else results
                inner = {result.get("status", 200) for result in results}
                self.statuses[reply.status] += 1
                if inner & {503}:
                    return False
                if any(status >= 400 for status in inner):
                    self.odd.append((reply.status, results))
                return True
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            self.statuses[error.code] += 1
            isProblem = error.headers.get("Content-Type", "").startswith("application/problem+json")
            if error.code != 503 or not error.headers.get("Retry-After") or not isProblem:
                self.odd.append((error.code, dict(error.headers), text))
        except OSError as error:
            self.odd.append(("no answer", repr(error)))
        return False


def status(server, path):
    try:
        with urllib.request.urlopen(server.address + path, timeout=25) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-second", type=float, default=20, help="interactions at each node")
    parser.add_argument("--down-seconds", type=float, default=12.5, help="how long the crash keeps PostgreSQL away")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory(prefix="otklik-restart-") as folder:
            walk(cluster, folder, options)
    finally:
        cluster.remove()


def walk(cluster, folder, options):
    mail = MailServer(folder).start()
    trust = {"OTKLIK_SMTP_CA_FILE": str(mail.authority)}
    first = Server(f"{folder}/one", database=cluster.url, environment=trust).start()
    second = Server(f"{folder}/two", database=cluster.url, base_url=first.base_url,
                    environment={**trust, "OTKLIK_SECRET_FILE": f"{folder}/one/secret.key"}).start()
    use_smtp(first, mail)
    second.demo = first.demo
    callers = [Caller(first, 0, options.per_second), Caller(second, 1_000_000, options.per_second)]
    customers = Customers(mail, first.base_url, 0.15)
    for thread in (*callers, customers):
        thread.start()
    time.sleep(random.uniform(4, 5))
    cluster.stop("fast")
    time.sleep(1)
    cluster.start()
    time.sleep(random.uniform(3, 4))
    before = sum(len(caller.accepted) for caller in callers)
    cluster.stop("immediate")
    time.sleep(options.down_seconds)
    alive = [(status(server, "/health/live"), status(server, "/health/ready")) for server in (first, second)]
    cluster.start()
    time.sleep(4)
    for caller in callers:
        caller.stopping.set()
    for caller in callers:
        caller.join(60)
    accepted = set().union(*(caller.accepted for caller in callers))
    busy = "SELECT count(*) FROM run WHERE state IN ('ready', 'waiting', 'sending')"
    stopped = time.monotonic()
    while int(cluster.ask(busy)[0][0]) and time.monotonic() - stopped < 60:
        time.sleep(0.3)
    took = time.monotonic() - stopped
    customers.stopping.set()
    customers.join(90)
    time.sleep(2)
    judge(cluster, mail, first, (callers, customers), (accepted, before, alive, took))
    for server in (first, second):
        assert server.process.poll() is None, f"a node has ended\n{server.tail()}"
        server.stop()
    mail.stop()


def judge(cluster, mail, server, threads, seen):
    (callers, customers), (accepted, before, alive, took) = threads, seen
    stored = {row[0] for row in cluster.ask("SELECT external_id FROM interaction")}
    expected = {f"c{external.split('-')[1]}@example.org" for external in accepted}
    received = collections.Counter(recipient for recipient, _ in mail.received())
    attempts = {row[0]: int(row[1]) for row in cluster.ask("SELECT recipient_folded, attempt FROM message")}
    missing = {recipient for recipient in expected - set(received) if attempts.get(recipient, 1) < 2}
    twice = {recipient for recipient, count in received.items() if count > 1 and attempts.get(recipient, 1) < 2}
    counted, statuses = answered_in_report(server), sum((caller.statuses for caller in callers), collections.Counter())
    print(json.dumps({
        "accepted": len(accepted), "before the crash": before, "stored": len(stored), "mails": sum(received.values()),
        "missing": len(missing), "twiceKnown": len(twice), "answers accepted": len(customers.accepted),
        "answers counted": counted, "statuses": dict(statuses), "while it was away (live, ready)": alive,
        "finished after": round(took, 1), "tried more than once": sum(1 for n in attempts.values() if n > 1)}), flush=True)
    problems = [caller.odd[:3] for caller in callers if caller.odd] + ([customers.odd[:3]] if customers.odd else [])
    if accepted - stored:
        problems.append(f"accepted and not there: {sorted(accepted - stored)[:5]}")
    if missing or twice:
        problems.append(f"without a mail {sorted(missing)[:5]}, mailed twice {sorted(twice)[:5]}")
    if counted != len(customers.accepted) or not customers.accepted:
        problems.append(f"answers accepted {len(customers.accepted)}, counted {counted}")
    if len(accepted) <= before or not statuses[503] or took > 30:
        problems.append(f"it did not go on: {before}, then {len(accepted)}, {dict(statuses)}, {took:.0f} s")
    if any(state != (200, 503) for state in alive):
        problems.append(f"health while the database was away: {alive}")
    if problems:
        sys.exit("\n".join(map(str, problems)) + "\n" + server.tail())


if __name__ == "__main__":
    main()
