# SPDX-License-Identifier: Apache-2.0
"""Two nodes on one PostgreSQL under load, one of them killed: the other finishes within 30 s, nothing twice."""
import collections
import json
import random
import sys
import tempfile
import time

from kill_story import Load, use_smtp
from mail_server import MailServer
from otklik_server import Server
from postgres_server import Cluster


def main():
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory(prefix="otklik-nodes-") as folder:
            mail = MailServer(folder).start()
            secret = {"OTKLIK_SECRET_FILE": f"{folder}/one/secret.key",
                      "OTKLIK_SMTP_CA_FILE": str(mail.authority)}
            first = Server(f"{folder}/one", database=cluster.url,
                           environment={"OTKLIK_SMTP_CA_FILE": str(mail.authority)}).start()
            second = Server(f"{folder}/two", database=cluster.url, base_url=first.base_url, environment=secret)
            second.start()
            use_smtp(first, mail)
            second.demo = first.demo
            load = Load(second, 30)
            load.server = second
            load.start()
            time.sleep(random.uniform(8, 10))
            first.kill()
            killed = time.monotonic()
            load.stopping.set()
            load.join(60)
            assert load.problem is None, load.problem
            expected = {f"c{external.split('-')[1]}@example.org" for external in load.completed}
            busy = "SELECT count(*) FROM run WHERE state IN ('ready', 'waiting', 'sending')"
            while int(cluster.ask(busy)[0][0]) and time.monotonic() - killed < 60:
                time.sleep(0.5)
            took = time.monotonic() - killed
            received = collections.Counter(recipient for recipient, _ in mail.received())
            attempts = {row[0]: int(row[1]) for row in cluster.ask("SELECT recipient_folded, attempt FROM message")}
            twice = {recipient for recipient, count in received.items() if count > 1}
            known_twice = {recipient for recipient in twice if attempts[recipient] < 2}
            missing = {r for r in expected - set(received) if attempts.get(r, 1) < 2}
            print(json.dumps({"completed": len(expected), "mails": sum(received.values()), "took": round(took, 1),
                              "missing": len(missing), "twiceUnknown": len(twice - known_twice),
                              "twiceKnown": len(known_twice)}))
            second.stop()
            mail.stop()
            if took > 30 or missing or known_twice or not expected:
                sys.exit(f"took {took:.0f} s, missing {sorted(missing)[:5]}, twice {sorted(known_twice)[:5]}\n{second.tail()}")
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()
