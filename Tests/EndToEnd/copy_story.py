# SPDX-License-Identifier: Apache-2.0
"""Everything copied from SQLite to PostgreSQL and back: counts, checksums and reports equal, a killed copy leaves nothing.

With `--interactions 1000000` and a release build in BINARY_UNDER_TEST it is the measurement as well.
"""
import argparse
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import copy_world
from copy_world import clean_environment, command
from kill_story import completion
from otklik_server import BINARY, Server
from postgres_server import Cluster


def copy(source, target):
    """Copies; returns what the program tells, with how long it took and its largest size in memory."""
    begun = time.monotonic()
    process = subprocess.Popen([BINARY, "database", "copy", "--from", str(source), "--to", str(target), "--json"],
                               stdout=subprocess.PIPE, env=clean_environment())
    peak = Peak(process.pid)
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, (status, output)
    made = json.loads(output)
    made["wall"], made["peakMB"] = time.monotonic() - begun, peak.megabytes
    made["cpu"] = used.ru_utime + used.ru_stime
    return made


class Peak(threading.Thread):
    """The largest size in memory that a process has had; what wait4 says counts in what it was forked from."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.file, self.megabytes = pathlib.Path(f"/proc/{process}/status"), 0.0
        self.start()

    def run(self):
        while True:
            try:
                lines = [line for line in self.file.read_text().splitlines() if line.startswith("VmHWM")]
            except OSError:
                return
            if not lines:
                return
            self.megabytes = int(lines[0].split()[1]) / 1024
            time.sleep(0.02)


def tell(name, made):
    print(json.dumps({"copy": name, "rows": made["rows"], "seconds": round(made["seconds"], 2),
                      "checking": round(made["checkSeconds"], 2), "rowsPerSecond": made["rowsPerSecond"],
                      "cpuSeconds": round(made["cpu"], 2), "peakMB": round(made["peakMB"], 1)}), flush=True)


def sums(made):
    return {table["name"]: (table["rows"], table["checksum"]) for table in made["tables"]}


def counts_of_file(folder):
    database = sqlite3.connect(f"file:{folder}/otklik.db?mode=ro", uri=True)
    try:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    finally:
        database.close()


def counts_of_cluster(cluster, database):
    names = [row[0] for row in cluster.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database)]
    return {name: int(cluster.ask(f'SELECT count(*) FROM "{name}"', database)[0][0]) for name in names}


def compare_counts(made, *sides):
    for side in sides:
        for name, (rows, _) in sums(made).items():
            assert side[name] == rows, (name, side[name], rows)


def walk_there_and_back(cluster, folder):
    one, two = folder / "one", folder / "two"
    secret = one / "secret.key"
    there = copy(one, cluster.address("there"))
    tell("sqlite to postgres", there)
    assert str(secret) in there["takeAlong"] and there["secretFingerprint"], there
    compare_counts(there, counts_of_file(one), counts_of_cluster(cluster, "there"))
    back = copy(cluster.address("there"), two)
    tell("postgres to sqlite", back)
    assert sums(back) == sums(there)
    compare_counts(back, counts_of_file(two))
    again = copy(two, folder / "three")
    tell("sqlite to sqlite", again)
    assert sums(again) == sums(there)
    cluster.ask("CREATE DATABASE other", "postgres")
    beside = copy(cluster.address("there"), cluster.address("other"))
    tell("postgres to postgres", beside)
    assert sums(beside) == sums(there)
    assert sums(there)["answer"][0] > 0 and sums(there)["message"][0] > 0 and sums(there)["run_step"][0] > 0
    wanted = copy_world.reports(one)
    assert any(row["answered"] for row in wanted["day"]["rows"]), wanted["day"]
    for place in (cluster.address("there"), two, cluster.address("other")):
        assert copy_world.reports(place, secret) == wanted, f"the reports of {place} differ"
    print(json.dumps({"reports": {by: len(report["rows"]) for by, report in wanted.items()}}), flush=True)


def walk_refusals(cluster, folder):
    target = cluster.address("there")
    for language, word in (("en", "contact centres demo"), ("ru", "контакт-центры demo")):
        said = command("database", "copy", "--from", folder / "one", "--to", target, status=3, language=language)
        assert word in said and "createdb" in said, said
    said = command("database", "copy", "--from", target, "--to", folder / "two", status=3)
    assert "contact centres demo" in said and str(folder / "two") in said, said
    line = json.loads(command("database", "copy", "--from", folder / "none", "--to", target, "--json", status=3))
    assert line["errors"][0]["code"] == "no_source" and line["errors"][0]["field"] == "from", line
    # Another secret opens nothing.
    said = command("tenant", "list", "--database", target, "--data", folder / "empty", status=1)
    assert "secret" in said, said


def walk_progress(folder):
    """A bar on a terminal, a line for every table elsewhere, nothing for programs."""
    arguments = [BINARY, "database", "copy", "--from", str(folder / "one"), "--to"]
    leader, terminal = os.openpty()
    process = subprocess.Popen([*arguments, str(folder / "seen")], stdout=subprocess.PIPE, stderr=terminal, text=True,
                               env=clean_environment(OTKLIK_LANGUAGE="ru"))
    os.close(terminal)
    drawn = b""
    while piece := read(leader):
        drawn += piece
    said = process.stdout.read()
    assert process.wait(60) == 0, said
    assert re.search(r"\[[#.]{24}\] \d+ %  \w+: .* строк/с", drawn.decode()), drawn
    assert "контрольные суммы" in said and str(folder / "one" / "secret.key") in said, said
    ran = subprocess.run([*arguments, str(folder / "told")], capture_output=True, text=True, check=True,
                         env=clean_environment(OTKLIK_LANGUAGE="en"), timeout=120)
    assert "interaction: " in ran.stderr and "rows checked" in ran.stderr and "\r" not in ran.stderr, ran.stderr
    ran = subprocess.run([*arguments, str(folder / "silent"), "--json"], capture_output=True, text=True, check=True,
                         env=clean_environment(), timeout=120)
    assert ran.stderr == "" and json.loads(ran.stdout)["rows"] > 0, ran.stderr


def read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def walk_kills(cluster, folder, kills):
    """Killed at some instant, and nothing is there; typed again, it is."""
    source, made = folder / "one", None
    quick = copy(source, folder / "timed")["wall"]
    for number in range(kills):
        name = f"killed_{number}"
        cluster.ask(f"CREATE DATABASE {name}", "postgres")
        for target in (cluster.address(name), folder / name):
            process = subprocess.Popen([BINARY, "database", "copy", "--from", str(source), "--to", str(target)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=clean_environment())
            time.sleep(quick * (0.1 + 0.8 * number / kills))
            process.send_signal(signal.SIGKILL)
            if process.wait() != -signal.SIGKILL:
                continue
            if target == folder / name:
                assert not (target / "otklik.db").exists(), "half a copy has its name"
                if (target / "otklik.db.unfinished").exists():
                    said = command("serve", "--port", "0", "--data", target, status=1)
                    assert "otklik.db.unfinished" in said, said
            else:
                deadline = time.monotonic() + 20
                while cluster.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()", name) \
                        != [["1"]] and time.monotonic() < deadline:
                    time.sleep(0.05)
                assert counts_of_cluster(cluster, name) == {}, "half a copy can be seen"
            made = copy(source, target)
            if target == folder / name:
                assert sorted(p.name for p in target.iterdir() if p.name.startswith("otklik.db.u")) == []
    assert made is not None, "no copy was killed in time"
    compare_counts(made, counts_of_file(source))


def walk_running(cluster, folder):
    """The source's server goes on: the copy is one state of it, and can be served."""
    server = Server(folder / "one").start()
    demo, stopping = server.demo(), threading.Event()

    def load():
        number = 10_000_000
        while not stopping.is_set():
            status, reply = server.call("POST", "/api/v1/completions",
                                        [completion(demo, number + offset) for offset in range(10)])
            assert status < 300, reply
            number += 10
    thread = threading.Thread(target=load)
    thread.start()
    try:
        cluster.ask("CREATE DATABASE running", "postgres")
        time.sleep(0.5)
        made = copy(folder / "one", cluster.address("running"))
    finally:
        stopping.set()
        thread.join()
        server.stop()
    copied = cluster.ask("SELECT count(*) FROM interaction", "running")[0][0]
    now = counts_of_file(folder / "one")["interaction"]
    assert int(copied) == sums(made)["interaction"][0] <= now, (copied, now)
    for broken in ("SELECT count(*) FROM run r LEFT JOIN interaction i ON i.id = r.interaction_id WHERE i.id IS NULL",
                   "SELECT count(*) FROM interaction i LEFT JOIN interaction_part p ON p.interaction_id = i.id "
                   "WHERE p.id IS NULL",
                   "SELECT count(*) FROM message m LEFT JOIN run r ON r.id = m.run_id WHERE r.id IS NULL",
                   "SELECT count(*) FROM work WHERE node_id IS NOT NULL OR lease IS NOT NULL",
                   "SELECT count(*) FROM node"):
        assert cluster.ask(broken, "running") == [["0"]], broken
    return made


def walk_serving(cluster, folder):
    """A server on the copy takes up the work that waited."""
    busy = "SELECT count(*) FROM run WHERE state IN ('ready', 'waiting', 'sending')"
    waiting = int(cluster.ask(busy, "running")[0][0])
    server = Server(folder / "served", database=cluster.address("running"),
                    environment={"OTKLIK_SECRET_FILE": str(folder / "one" / "secret.key")}).start()
    deadline = time.monotonic() + 40
    while int(cluster.ask(busy, "running")[0][0]) and time.monotonic() < deadline:
        time.sleep(0.3)
    left = int(cluster.ask(busy, "running")[0][0])
    server.stop()
    print(json.dumps({"waiting in the copy": waiting, "left": left}), flush=True)
    assert left == 0, f"{left} runs of the copy stand still\n{server.tail()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interactions", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--originals", type=int, default=45, help="interactions made by the program itself")
    options = parser.parse_args()
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory(prefix="otklik-copy-") as name:
            folder = pathlib.Path(name)
            begun = time.monotonic()
            copy_world.make(folder / "one", options.originals)
            made = copy_world.multiply(folder / "one", options.interactions)
            size = (folder / "one" / "otklik.db").stat().st_size
            print(json.dumps({"interactions": made, "MB": round(size / 1e6, 1),
                              "madeInSeconds": round(time.monotonic() - begun, 1)}), flush=True)
            cluster.ask("CREATE DATABASE there", "postgres")
            walk_there_and_back(cluster, folder)
            walk_refusals(cluster, folder)
            if options.kills:
                walk_progress(folder)
                walk_kills(cluster, folder, options.kills)
                walk_running(cluster, folder)
                walk_serving(cluster, folder)
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()
