# SPDX-License-Identifier: Apache-2.0
"""A contact centre with a history: made by the program itself, then multiplied in its database."""
import concurrent.futures
import contextlib
import datetime
import json
import os
import sqlite3
import subprocess
import time

from kill_story import completion
from otklik_server import BINARY, Server
from survey_page import answer, is_thanks

DAY_MS = 86_400_000
MOMENTS = ("_at", "until")
# What makes a row one of a copied group: ids that move together, names that are told apart, days that move back.
GROUP = {
    "contact": {"ids": ["id"], "texts": ["external_id"]},
    "contact_email": {"ids": ["contact_id"], "texts": ["address", "address_folded"]},
    "contact_phone": {"ids": ["contact_id"]},
    "customer_case": {"ids": ["id", "contact_id"], "texts": ["number"]},
    "interaction": {"ids": ["id", "contact_id", "case_id"], "texts": ["external_id", "customer_email"],
                    "days": ["completed_on"]},
    "interaction_part": {"ids": ["id", "interaction_id"]},
    "run": {"ids": ["id", "interaction_id"], "days": ["completed_on"]},
    "run_step": {"ids": ["id", "run_id"]},
    "invitation": {"ids": ["id", "interaction_id", "run_id", "contact_id"], "texts": ["address_folded"],
                   "days": ["completed_on"]},
    "link": {"ids": ["invitation_id"], "bytes": ["token_hash"]},
    "message": {"ids": ["id", "run_id", "invitation_id", "interaction_id"],
                "texts": ["recipient", "recipient_folded", "message_id"]},
    "message_content": {"ids": ["message_id"]},
    "internal_message": {"ids": ["id", "run_id"]},
    "submission": {"ids": ["id", "invitation_id"], "days": ["answered_on"]},
    "answer": {"ids": ["submission_id"]},
    "work": {"ids": ["subject_id"]},
}


def clean_environment(**more):
    return {**{n: v for n, v in os.environ.items() if not n.startswith(("OTKLIK_", "LC_", "LANG"))}, **more}


def command(*arguments, status=0, language="en", timeout=180):
    """Types a command; returns what it said."""
    ran = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                         env=clean_environment(OTKLIK_LANGUAGE=language))
    assert ran.returncode == status, f"{arguments}: {ran.returncode}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
    return ran.stdout if status == 0 else ran.stderr


def where(place, secret=None):
    """The options that find an installation; PostgreSQL's nodes take the secret of the folder that was copied."""
    if str(place).startswith("postgres"):
        return ["--database", place, "--data", secret.parent]
    return ["--data", place] + (["--secret-file", secret] if secret else [])


def make(folder, interactions):
    """A demo centre whose customers were asked, a share of whom have answered, and some whose runs still wait."""
    server = Server(folder).start()
    demo = server.demo()
    for start in range(0, interactions, 50):
        batch = [completion(demo, number) for number in range(start, min(start + 50, interactions))]
        for number, item in enumerate(batch):
            item["note"] = f"Звонок {number}: перезвонить «завтра»"
            item["data"] = {"order": number, "город": "Казань"}
        status, reply = server.call("POST", "/api/v1/completions", batch)
        assert status < 300, reply
    deadline = time.monotonic() + 60
    mails = []
    while len(mails) < interactions and time.monotonic() < deadline:
        time.sleep(0.5)
        mails = [m for m in json.loads(command("demo", "mail", "--data", folder, "--limit", 10_000, "--json"))
                 if m["link"]]
    assert len(mails) >= interactions, f"{len(mails)} mails of {interactions}\n{server.tail()}"
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        pages = list(pool.map(lambda mail: answer(mail["link"], text="Спасибо 👍"), mails[:interactions // 3]))
    assert all(is_thanks(page) for page in pages), [page.status for page in pages]
    late = [completion(demo, interactions + number) for number in range(5)]
    status, reply = server.call("POST", "/api/v1/completions", late)
    assert status < 300, reply
    time.sleep(1.5)
    server.stop()
    return demo


def multiply(folder, wanted):
    """Copies the history until there are `wanted` interactions, each copy some days earlier; returns how many."""
    database = sqlite3.connect(f"{folder}/otklik.db", isolation_level=None)
    with contextlib.closing(database):
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -200000")
        (have, first, last) = database.execute("SELECT count(*), min(id), max(id) FROM interaction").fetchone()
        copies = max(0, -(-wanted // have) - 1)
        # Ids carry milliseconds above 22 bits: a group moves as a whole, into a time when there was none.
        stride = (((last - first) >> 22) + 120_000) << 22
        texts = {table: statement(database, table, parts) for table, parts in GROUP.items()}
        for table in GROUP:
            database.execute(f"CREATE TEMP TABLE original_{table} AS SELECT * FROM main.{table}")
        database.execute("BEGIN")
        for copy in range(1, copies + 1):
            days = copy % 365
            values = {"copy": copy, "shift": copy * stride, "days": days, "ms": days * DAY_MS}
            for text in texts.values():
                database.execute(text, values)
        database.execute("COMMIT")
        roll_up(database, copies)
        return database.execute("SELECT count(*) FROM interaction").fetchone()[0]


def statement(database, table, parts):
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    terms = []
    for column in columns:
        if column in parts["ids"]:
            terms.append(f"{column} - :shift")
        elif column in parts.get("texts", []):
            terms.append(f"{column} || '.' || :copy")
        elif column in parts.get("bytes", []):
            terms.append("randomblob(32)")
        elif column in parts.get("days", []):
            terms.append(earlier(column))
        elif column.endswith(MOMENTS):
            terms.append(f"{column} - :ms")
        else:
            terms.append(column)
    return f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {', '.join(terms)} FROM temp.original_{table}"


def earlier(column, days=":days"):
    text = f"{column} / 10000 || '-' || substr('0' || {column} / 100 % 100, -2) || '-' || substr('0' || {column} % 100, -2)"
    return f"CAST(strftime('%Y%m%d', {text}, '-' || {days} || ' days') AS INTEGER)"


def roll_up(database, copies):
    """The figures' cells as if the program had counted every copy: the originals', for each day that copies have."""
    database.create_function("earlier", 3, moved)
    columns = [row[1] for row in database.execute("PRAGMA table_info(statistic_cell)")]
    sums = ("n", "total", "squares", "top", "low")
    keys = [column for column in columns if column not in sums]
    database.execute("CREATE TEMP TABLE moved (days INTEGER, times INTEGER)")
    counts = {}
    for copy in range(copies + 1):
        counts[copy % 365] = counts.get(copy % 365, 0) + 1
    database.executemany("INSERT INTO moved VALUES (?, ?)", counts.items())
    # A cell of a month does not say its day: the originals are of one day, which cells of days do say.
    today = database.execute("SELECT max(day) FROM statistic_cell WHERE grain = 'completed_day'").fetchone()[0]
    chosen = ", ".join(f"earlier(grain, {today}, days) AS day" if key == "day" else key for key in keys)
    added = ", ".join(f"SUM({column} * times)" for column in sums)
    database.execute(f"CREATE TEMP TABLE cells AS SELECT {chosen}, {added} FROM main.statistic_cell, moved "
                     f"GROUP BY {', '.join(str(place + 1) for place in range(len(keys)))}")
    database.execute("BEGIN")
    database.execute("DELETE FROM main.statistic_cell")
    database.execute(f"INSERT INTO main.statistic_cell ({', '.join(keys)}, {', '.join(sums)}) SELECT * FROM temp.cells")
    database.execute("COMMIT")


def moved(grain, day, days):
    date = datetime.date(day // 10000, day // 100 % 100, day % 100) - datetime.timedelta(days)
    return date.year * 10000 + date.month * 100 + (1 if grain.endswith("month") else date.day)


def reports(place, secret=None):
    """What the reports of a year say, by everything they can be asked by."""
    today = datetime.date.today()
    first = today - datetime.timedelta(400)
    return {by: json.loads(command("report", "summary", "--from", first, "--to", today + datetime.timedelta(1), "--by",
                                   by, "--json", *where(place, secret)))
            for by in ("agent", "team", "service", "disposition", "day")}
