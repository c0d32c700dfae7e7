# SPDX-License-Identifier: Apache-2.0
"""The command line beside a running server: people, keys, centres, forms, figures and a test mail, as an operator types
them."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile
import zipfile

import jsonschema

from kill_story import use_smtp
from mail_server import MailServer
from otklik_server import BINARY, Browser, Server, until
from postgres_server import Cluster


class Terminal:
    """Types commands about one installation."""

    def __init__(self, server, environment):
        self.server = server
        self.environment = {n: v for n, v in os.environ.items() if not n.startswith(("OTKLIK_", "LC_", "LANG"))}
        self.environment.update(environment, OTKLIK_DATA=str(server.data), OTKLIK_BASE_URL=server.base_url)
        if server.database:
            self.environment["OTKLIK_DATABASE"] = server.database

    def run(self, *arguments, status=0, language="en"):
        ran = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60,
                             env={**self.environment, "OTKLIK_LANGUAGE": language})
        assert ran.returncode == status, f"{arguments}: {ran.returncode}\n{ran.stdout}{ran.stderr}"
        assert status == 0 or ran.stdout or ran.stderr.count("\n") <= 3, ran.stderr
        return ran.stdout if ran.stdout else ran.stderr

    def json(self, *arguments, status=0):
        return json.loads(self.run(*arguments, "--json", status=status))


def walk_centres(terminal):
    made = terminal.json("tenant", "create", "north", "Северный центр", "--administrator", "chief")
    assert made["tenant"]["surveys"] is False and "/sign-in/" in made["administrator"]["link"], made
    again = terminal.json("tenant", "create", "north", "Again", status=3)
    assert again["errors"][0]["code"] == "tenant_exists" and again["errors"][0]["field"] == "key", again
    assert [t["key"] for t in terminal.json("tenant", "list")] == ["demo", "north"]
    assert terminal.json("tenant", "surveys", "on", "--tenant", "north")["surveys"] is True
    assert "включены" in terminal.run("tenant", "list", language="ru")
    assert "--tenant" in terminal.run("user", "list", status=3)
    empty = terminal.json("report", "summary", "--from", "2026-11-01", "--to", "2026-11-02", "--tenant", "north")
    assert empty == {"rows": []}, empty


def walk_people(terminal, server):
    link = terminal.run("user", "create", "novikova", "--role", "supervisor", "--tenant", "north").strip()
    assert link.startswith(server.base_url + "/sign-in/"), link
    assert terminal.json("user", "create", "novikova", "--tenant", "north", status=3)["errors"][0]["field"] == "login"
    people = {p["login"]: p for p in terminal.json("user", "list", "--tenant", "north")}
    assert people["novikova"]["roles"] == ["supervisor"] and not people["novikova"]["canSignIn"], people
    last = terminal.json("user", "disable", "chief", "--tenant", "north", status=3)
    assert last["errors"][0]["code"] == "last_administrator", last
    assert terminal.json("user", "disable", "novikova", "--tenant", "north")["isActive"] is False
    assert terminal.json("user", "reset-link", "novikova", "--tenant", "north", status=3)
    assert Browser(link).open(link).status == 410
    assert terminal.json("user", "enable", "novikova", "--tenant", "north")["isActive"] is True
    fresh = terminal.run("user", "reset-link", "novikova", "--tenant", "north").strip()
    browser = Browser(fresh).open(fresh)
    assert browser.status == 200 and browser.form("password"), browser.page[:500]
    assert terminal.json("team", "create", "Night", "--tenant", "north")["members"] == 0
    assert terminal.json("team", "create", "night", "--tenant", "north", status=3)["errors"][0]["code"] == "name_taken"
    changed = terminal.json("user", "change", "novikova", "--tenant", "north", "--team", "Night", "--supervises", "Night",
                            "--first-name", "Вера", "--email", "v@example.org", "--time-zone", "Asia/Omsk")
    assert changed["team"] == "Night" and changed["name"] == "Вера" and changed["roles"] == ["supervisor"], changed
    assert [p["login"] for p in terminal.json("user", "list", "--search", "вера", "--tenant", "north")] == ["novikova"]
    assert terminal.json("team", "archive", "Night", "--tenant", "north", status=3)["errors"][0]["code"] == "team_has_members"
    terminal.run("user", "change", "novikova", "--team", "", "--tenant", "north")
    assert terminal.json("team", "archive", "Night", "--tenant", "north")["isArchived"] is True
    assert terminal.json("team", "rename", "Night", "Nights", "--tenant", "north")["supervisors"] == ["novikova"]
    assert terminal.json("team", "restore", "Nights", "--tenant", "north")["isArchived"] is False
    nowhere = terminal.json("user", "send-link", "novikova", "--tenant", "north", status=3)
    assert nowhere["errors"][0]["code"] == "no_mail_server", nowhere
    assert terminal.json("user", "send-link", "petrova", "--tenant", "demo")["email"] == "petrova@demo.example"
    # A session of somebody who is disabled ends at once.
    session = Browser(server.address).sign_in(server, "supervisor")
    login = next(p["login"] for p in server.demo()["people"] if p["role"] == "supervisor")
    terminal.run("user", "disable", login, "--tenant", "demo")
    assert 'name="password"' in session.open("/reports").page
    terminal.run("user", "enable", login, "--tenant", "demo")


def walk_keys(terminal, server):
    first = terminal.json("api-key", "create", "PBX", "--source", "pbx", "--tenant", "demo",
                          "--scope", "interactions:write", "--scope", "reports:read")
    body = {"externalId": "cli-1", "service": server.demo()["services"][0]["name"], "agent": "petrova",
            "disposition": "Заказ"}
    assert server.call("POST", "/api/v1/completions", body, key=first["key"])[0] == 201
    second = terminal.run("api-key", "succeed", "pbx", "--tenant", "demo").strip()
    assert server.call("POST", "/api/v1/completions", body, key=second)[0] == 200, "the successor repeated it"
    assert terminal.json("api-key", "revoke", "PBX", "--tenant", "demo", status=3)["errors"][0]["code"] == "ambiguous_key"
    terminal.run("api-key", "revoke", first["id"], "--tenant", "demo")
    assert server.call("POST", "/api/v1/completions", body, key=first["key"])[0] == 401
    third = terminal.json("api-key", "succeed", "PBX", "--revoke", "--tenant", "demo")
    assert third["scopes"] == ["interactions:write", "reports:read"] and third["source"] == "pbx", third
    assert server.call("POST", "/api/v1/completions", body, key=second)[0] == 401
    keys = terminal.json("api-key", "list", "--tenant", "demo")
    assert ["revokedAt" not in k for k in keys if k["name"] == "PBX"] == [True, False, False], keys
    assert not any("key" in k for k in keys), "a secret is shown again"


def walk_forms(terminal, folder):
    forms = terminal.json("forms", "list", "--tenant", "demo")
    name = next(form["name"] for form in forms if len(form["languages"]) == 2)
    assert not any(form["isArchived"] for form in forms) and terminal.json("forms", "list", "--archived", "--tenant", "demo") == []
    first, second = f"{folder}/first.zip", f"{folder}/second.zip"
    written = terminal.json("forms", "export", name.upper(), first, "--tenant", "demo")
    assert written["bytes"] == os.path.getsize(first) > 500, written
    made = terminal.json("forms", "import", first, "--name", "Из файла", "--tenant", "demo")
    assert made["version"] == 1 and made["answers"] == 0 and made["workflows"] == [], made
    terminal.run("forms", "export", "из файла", second, "--tenant", "demo")
    assert open(first, "rb").read() == open(second, "rb").read(), "the same form has other bytes"
    assert "Из файла" in terminal.run("forms", "list", "--tenant", "demo", language="ru")
    taken = terminal.json("forms", "import", first, "--name", "из файла", "--tenant", "demo", status=3)
    assert taken["errors"][0]["field"] == "name", taken
    unknown = terminal.json("forms", "export", "No such form", second, "--tenant", "demo", status=3)
    assert unknown["errors"][0]["code"] == "unknown_form", unknown
    assert terminal.run("forms", "export", name, "/nowhere/form.zip", "--tenant", "demo", status=1)
    # A centre without the fields is told which, and decides.
    strange = f"{folder}/strange.zip"
    with zipfile.ZipFile(first) as there, zipfile.ZipFile(strange, "w") as here:
        form = json.loads(there.read("form.json"))
        jsonschema.validate(form, json.loads(terminal.run("forms", "schema")))
        for field in form["fields"]:
            field["key"] += "_x"
        for language in form["languages"]:
            for block in language["blocks"]:
                if block.get("field"):
                    block["field"] += "_x"
        here.writestr("form.json", json.dumps(form))
    asked = terminal.json("forms", "import", strange, "--name", "Чужая", "--tenant", "demo", status=3)
    assert len(asked["errors"]) == len(form["fields"]) and {e["code"] for e in asked["errors"]} == {"missing_field"}, asked
    assert terminal.json("forms", "import", strange, "--name", "Чужая", "--fields", "create", "--tenant", "demo")["version"] == 1
    with open(f"{folder}/broken.zip", "wb") as file:
        file.write(b"PK no zip")
    broken = terminal.json("forms", "import", f"{folder}/broken.zip", "--name", "Broken", "--tenant", "demo", status=3)
    assert broken["errors"][0]["code"] == "not_a_zip" and broken["errors"][0]["field"] == "file", broken
    assert terminal.run("forms", "import", f"{folder}/none.zip", "--name", "None", "--tenant", "demo", status=1)
    assert len(terminal.json("forms", "list", "--tenant", "demo")) == len(forms) + 2, "something was stored"


def walk_figures(terminal, server):
    for by in ("agent", "team", "service", "disposition", "day"):
        query = f"from=2026-01-01&to=2027-12-31&by={by}"
        status, answer = server.call("GET", f"/api/v1/reports/summary?{query}")
        assert status == 200 and answer["rows"], answer
        told = terminal.json("report", "summary", "--from", "2026-01-01", "--to", "2027-12-31", "--by", by,
                             "--tenant", "demo")
        assert told == answer, (told, answer)
    table = terminal.run("report", "summary", "--from", "2026-01-01", "--to", "2027-12-31", "--tenant", "demo",
                         language="ru")
    assert "petrova" in table and "NPS" in table, table
    bad = terminal.json("report", "summary", "--from", "yesterday", "--to", "2026-01-01", "--tenant", "demo", status=3)
    assert bad["errors"][0]["field"] == "from", bad


def walk_mail(terminal, server, mail):
    none = terminal.json("send-test", "--to", "operator@example.org", "--tenant", "demo", status=1)
    assert none["isGood"] is False and none["steps"], none
    use_smtp(server, mail)
    good = terminal.json("send-test", "--to", "operator@example.org", "--tenant", "demo")
    assert good["isGood"] and len(good["steps"]) == 4, good
    # The centre's own mail may leave by the same server meanwhile.
    recipients = [recipient for recipient, _ in mail.received()]
    assert recipients.count("operator@example.org") == 1, recipients
    words = terminal.run("send-test", "--to", "operator@example.org", "--tenant", "demo", language="ru")
    assert words.count("\n") == 4 and all(line.startswith("+ ") for line in words.splitlines()), words
    mail.password = "another password"
    assert terminal.run("send-test", "--to", "operator@example.org", "--tenant", "demo", status=1).startswith("- ")


def walk_memory(server):
    """The server gives back what only its start needed, and goes on (which the rest of the story shows)."""
    def has_given_back():
        status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
        most, now = (int(re.search(rf"{name}:\s+(\d+)", status).group(1)) for name in ("VmHWM", "VmRSS"))
        return now < 0.8 * most

    until("memory to be given back", has_given_back)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of the embedded database")
    arguments = parser.parse_args()
    cluster = Cluster() if arguments.postgres else None
    try:
        with tempfile.TemporaryDirectory(prefix="otklik-commands-") as folder:
            mail = MailServer(folder).start()
            environment = {"OTKLIK_SMTP_CA_FILE": str(mail.authority)}
            server = Server(f"{folder}/data", database=cluster.url if cluster else None, environment=environment)
            server.start()
            try:
                walk_memory(server)
                terminal = Terminal(server, environment)
                walk_centres(terminal)
                walk_people(terminal, server)
                walk_keys(terminal, server)
                walk_forms(terminal, folder)
                walk_figures(terminal, server)
                walk_mail(terminal, server, mail)
            finally:
                server.stop()
                mail.stop()
    finally:
        if cluster:
            cluster.remove()
    print("every command did as it says")


if __name__ == "__main__":
    main()
