# SPDX-License-Identifier: Apache-2.0
"""Many messages while the mail server is killed and started again, and so is our own, both by `kill -9`.

Afterwards nothing is lost, and nothing was repeated but what was unknown at a kill. `--messages 10000 --kills 10`
without `--impatient` is the whole storm: a queue that was held goes on by itself, a minute later at most.
"""
import argparse
import collections
import json
import pathlib
import random
import re
import sqlite3
import sys
import tempfile
import threading
import time

from command_story import Terminal
from kill_story import UNREACHABLE, completion
from otklik_server import Browser, Server, free_port
from sink_server import Sink


def use_sink(server, sink):
    """Enters the settings; with them whatever is held is tried at once."""
    browser = Browser(server.address).sign_in(server)
    browser.open("/settings/email")
    browser.send(browser.form("host"), {
        "sender_name": "Demo centre", "sender_email": "survey@example.com", "host": "127.0.0.1",
        "port": str(sink.port), "secure": "none"})
    assert browser.status == 200, browser.page[:2000]


def widen(server, folder, is_prompt=False):
    """The demo gives its mail a minute, which a queue that is held outlasts: here it gets a day.

    `is_prompt` leaves out the scenario's pause before the mail too.
    """
    terminal = Terminal(server, {})
    text = terminal.run("config", "export", "--tenant", "demo")
    wide = re.sub(r"(?m)^( *sendWithin(?:Seconds)?: ).*$", r"\g<1>86400", text)
    assert wide != text, "the demo says no send window"
    if is_prompt:
        wide, found = re.subn(r"      - key: wait\n(?: {8}.*\n)+?(?=      - key: email\n)", "", wide)
        assert found == 1, "the demo has no pause"
    (pathlib.Path(folder) / "wide.yaml").write_text(wide)
    terminal.run("config", "import", "--tenant", "demo", f"{folder}/wide.yaml", "--yes")


class Load(threading.Thread):
    """Completes interactions a hundred at a time; each hundred is repeated until the server has said yes."""

    def __init__(self, server, count):
        super().__init__(daemon=True)
        self.server, self.count, self.problem = server, count, None

    def run(self):
        demo = self.server.demo()
        for first in range(0, self.count, 100):
            batch = [completion(demo, number) for number in range(first, min(first + 100, self.count))]
            while True:
                try:
                    status, reply = self.server.call("POST", "/api/v1/completions", batch, timeout_seconds=30)
                except (*UNREACHABLE, ValueError):
                    time.sleep(0.05)
                    continue
                if status < 400:
                    break
                if status < 500:
                    self.problem = (status, reply)
                    return
                time.sleep(0.05)


def ledger(data):
    """Every customer's message: recipient, state, attempts, how often nobody could know."""
    database = sqlite3.connect(f"file:{data}/otklik.db?mode=ro", uri=True)
    try:
        return database.execute(
            "SELECT recipient_folded, state, attempt, unknowns FROM message WHERE kind = 'survey'").fetchall()
    finally:
        database.close()


def left(data):
    """What is known of messages, holds and work, for whoever asks why it does not go on."""
    database = sqlite3.connect(f"file:{data}/otklik.db?mode=ro", uri=True)
    try:
        return {name: database.execute(query).fetchall() for name, query in {
            "messages": "SELECT state, count(*) FROM message GROUP BY state",
            "holds": "SELECT sender_email, reason, probed_message_id FROM smtp_hold",
            "runs": "SELECT state, count(*) FROM run GROUP BY state",
            "work": "SELECT kind, node_id IS NULL, count(*), (min(due_at) - strftime('%s') * 1000) / 1000"
                    " FROM work GROUP BY 1, 2"}.items()}
    finally:
        database.close()


def wait_for_progress(sink, count, data, timeout_seconds):
    """Until the mail server has taken so many, or nothing is left to send."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline and sink.count() < count:
        time.sleep(0.01)
    return sink.count() >= count


def storm(server, sink, load, options):
    """Kills both at random points of the way; a hundredth of the messages leaves between two kills at least."""
    events = [(random.uniform(0.02, 0.95), who) for who in ("mail", "ours") for _ in range(options.kills)]
    for share, who in sorted(events):
        assert load.problem is None, load.problem
        assert wait_for_progress(sink, int(options.messages * share), server.data, 300), "nothing leaves any more"
        if who == "mail":
            sink.kill()
            time.sleep(random.uniform(0, 0.5))
            sink.start()
        else:
            server.kill()
            server.start()
        if options.impatient:
            use_sink(server, sink)


def settle(data, count, options, server, sink):
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        rows = ledger(data)
        busy = [state for _, state, _, _ in rows if state in ("queued", "sending", "retrying", "held")]
        if len(rows) == count and not busy:
            time.sleep(6)
            if not any(state in ("queued", "sending", "retrying", "held") for _, state, _, _ in ledger(data)):
                return ledger(data)
        if options.impatient and "held" in busy:
            use_sink(server, sink)
        time.sleep(0.5)
    raise AssertionError(f"still busy: {collections.Counter(row[1] for row in ledger(data))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=3, help="of each of the two")
    parser.add_argument("--impatient", action="store_true", help="save the settings after a kill instead of waiting")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="otklik-storm-") as folder:
        sink = Sink(folder, free_port()).start()
        server = Server(f"{folder}/data", extra=["--api-per-second", "1000"]).start()
        try:
            use_sink(server, sink)
            widen(server, folder)
            began = time.monotonic()
            load = Load(server, options.messages)
            load.start()
            storm(server, sink, load, options)
            load.join(300)
            assert load.problem is None and not load.is_alive(), load.problem
            rows = settle(server.data, options.messages, options, server, sink)
        except BaseException:
            print(left(server.data), load.is_alive(), load.problem, sink.count())
            raise
        finally:
            server.stop()
            sink.kill()
        received = sink.received()
    unknown = {recipient for recipient, _, _, unknowns in rows if unknowns > 0}
    missing = {recipient for recipient, _, _, _ in rows} - set(received)
    # What stayed unknown after its second try is said to be so, and not sent a third time.
    lost = {r for r, state, _, _ in rows if r in missing and state != "unknown"}
    repeated = sum(count - 1 for count in received.values())
    strange = {recipient for recipient, count in received.items() if count > 1 and recipient not in unknown}
    print(json.dumps({
        "seed": options.seed, "messages": options.messages, "kills of each": options.kills,
        "seconds": round(time.monotonic() - began, 1), "sent": sum(received.values()), "repeated": repeated,
        "unknown": len(unknown), "lost": len(lost), "unknown to the end": len(missing - lost),
        "states": dict(collections.Counter(row[1] for row in rows))}), flush=True)
    if lost or strange or repeated > len(unknown):
        sys.exit(f"lost: {sorted(lost)[:5]}, repeated with a known outcome: {sorted(strange)[:5]}")


if __name__ == "__main__":
    main()
