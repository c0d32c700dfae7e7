# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL that cannot be used: the server and every command say in both languages what to type, and it helps."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from copy_world import clean_environment
from mail_server import certificate
from otklik_server import BINARY, free_port
from postgres_server import Cluster

RULES = """
host    all  closed    127.0.0.1/32  reject
hostssl all  careful   127.0.0.1/32  trust
host    all  careful   127.0.0.1/32  reject
host    all  anna      127.0.0.1/32  scram-sha-256
host    all  all       127.0.0.1/32  trust
local   all  all                     trust
"""
STATEMENTS = (
    "CREATE ROLE anna LOGIN PASSWORD 'right'", "CREATE ROLE boris LOGIN", "CREATE ROLE careful LOGIN SUPERUSER",
    "CREATE ROLE closed LOGIN", "CREATE DATABASE private", "REVOKE CONNECT ON DATABASE private FROM PUBLIC",
    "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", "CREATE DATABASE theirs",
)


def say(arguments, language, folder):
    """What a command that fails says; a server that does not end by itself is an error."""
    ran = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60,
                         env=clean_environment(OTKLIK_LANGUAGE=language, HOME=str(folder)))
    assert ran.returncode == 1, f"{arguments}: {ran.returncode}\n{ran.stdout}{ran.stderr}"
    return ran.stderr


def hear(url, advice, folder):
    """The same advice from the server, a command and a copy; in Russian as well."""
    data = ["--data", str(folder / "data")]
    commands = (["serve", "--port", "0", "--database", url, *data], ["tenant", "list", "--database", url, *data],
                ["database", "copy", "--from", str(folder / "source"), "--to", url])
    for language in ("en", "ru"):
        for arguments in commands if language == "en" else commands[:1]:
            said = say(arguments, language, folder)
            assert advice in said, f"{arguments}: {said}"
            assert "secret-password" not in said and "StorageError" not in said and "{" not in said, said
            assert bool(re.search("[А-Яа-я]{4}", said)) == (language == "ru"), said
            assert said.count("\n") == 1, said
    line = json.loads(say([*commands[1], "--json"], "en", folder))
    assert line["status"] == 1 and advice in line["detail"], line


def cases(cluster):
    """Addresses that do not work, and what has to be typed or looked at."""
    at = f"127.0.0.1:{cluster.port}"
    return [
        (f"postgres://postgres@{at}/gone", f"createdb -h 127.0.0.1 -p {cluster.port} -O postgres -E UTF8"),
        (f"postgres://nowhere@{at}/otklik", "createuser -h 127.0.0.1"),
        (f"postgres://anna:secret-password@{at}/otklik", r"\password anna"),
        (f"postgres://anna@{at}/otklik", "OTKLIK_DATABASE_FILE"),
        (f"postgres://closed@{at}/otklik", "pg_hba.conf"),
        (f"postgres://careful@{at}/otklik?sslmode=disable", "sslmode=require"),
        (f"postgres://boris@{at}/private", 'GRANT CONNECT ON DATABASE "private" TO "boris"'),
        (f"postgres://boris@{at}/theirs", 'GRANT CREATE ON SCHEMA "public" TO "boris"'),
        (f"postgres://boris@{at}/theirs?options=-csearch_path%3Dnone", 'GRANT USAGE, CREATE ON SCHEMA public TO "boris"'),
        (f"postgres://postgres@{at}/latin", "createdb -E UTF8 -T template0"),
        (f"postgres://careful@{at}/otklik?sslmode=verify-full", "sslrootcert="),
        (f"postgres://postgres@127.0.0.1:{free_port()}/otklik", "systemctl start postgresql"),
        ("postgres://postgres@nowhere.invalid/otklik", "nowhere.invalid"),
        ("postgres://anna:secret-password@[x/otklik", "%XX"),
    ]


def walk_rights(cluster, folder):
    """What the sentence says is typed, and the program works; a table of somebody else's is told."""
    url = f"postgres://boris@127.0.0.1:{cluster.port}/theirs"
    cluster.ask('GRANT CREATE ON SCHEMA "public" TO "boris"', "theirs")
    arguments = [BINARY, "tenant", "create", "north", "North", "--database", url, "--data", str(folder / "boris")]
    subprocess.run(arguments, check=True, capture_output=True, env=clean_environment(), timeout=60)
    cluster.ask("ALTER TABLE tenant OWNER TO postgres", "theirs")
    said = say(["tenant", "list", *arguments[5:]], "en", folder)
    assert "permission denied for table tenant" in said and "GRANT ALL ON ALL TABLES" in said, said


def walk_crowd(cluster, folder):
    """No connection is left."""
    held = [subprocess.Popen([cluster.programs / "psql", cluster.url, "-c", "SELECT pg_sleep(60)"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(80)]
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and sum(process.poll() is not None for process in held) < 15:
            time.sleep(0.1)
        said = say(["tenant", "list", "--database", cluster.url, "--data", str(folder / "data")], "en", folder)
        assert "max_connections" in said, said
    finally:
        for process in held:
            process.send_signal(signal.SIGKILL)
            process.wait()


def walk_read_copy(cluster, folder):
    """A standby cannot be served from; it can be copied from."""
    subprocess.run([BINARY, "tenant", "create", "north", "North", "--database", cluster.url, "--data",
                    str(folder / "primary")], check=True, capture_output=True, env=clean_environment(), timeout=60)
    standby, port = cluster.folder / "standby", free_port()
    cluster.run("pg_basebackup", "-h", "127.0.0.1", "-p", cluster.port, "-U", "postgres", "-D", standby, "-R",
                "-X", "stream", "-c", "fast")
    cluster.run("pg_ctl", "-D", standby, "-w", "-l", cluster.folder / "standby.log", "-o",
                f"-p {port} -k {cluster.folder} -c listen_addresses=127.0.0.1", "start")
    try:
        url = f"postgres://postgres@127.0.0.1:{port}/otklik"
        hear(url, "target_session_attrs=read-write", folder)
        subprocess.run([BINARY, "database", "copy", "--from", url, "--to", str(folder / "from-standby")], check=True,
                       capture_output=True, env=clean_environment(), timeout=60)
    finally:
        cluster.run("pg_ctl", "-D", standby, "-m", "immediate", "stop")


def main():
    with tempfile.TemporaryDirectory(prefix="otklik-faults-") as name:
        folder = pathlib.Path(name)
        subprocess.run([BINARY, "tenant", "create", "north", "North", "--data", str(folder / "source")], check=True,
                       capture_output=True, env=clean_environment(), timeout=60)
        cluster = Cluster()
        try:
            url = f"postgres://postgres@127.0.0.1:{cluster.port}/otklik?sslmode=require"
            hear(url, "ssl = on", folder)
            certificate(cluster.folder)
            owner = "postgres" if os.getuid() == 0 else None
            for kept, name in (("server.pem", "server.crt"), ("server.key", "server.key")):
                file = cluster.folder / "data" / name
                shutil.copy(cluster.folder / kept, file)
                file.chmod(0o600)
                if owner:
                    shutil.chown(file, owner, owner)
            (cluster.folder / "data" / "pg_hba.conf").write_text(
                RULES + "host replication all 127.0.0.1/32 trust\n")
            cluster.ask("ALTER SYSTEM SET ssl = on")
            cluster.ask("SELECT pg_reload_conf()")
            for statement in STATEMENTS:
                cluster.ask(statement)
            for address, advice in cases(cluster):
                hear(address, advice, folder)
            walk_rights(cluster, folder)
            walk_read_copy(cluster, folder)
            walk_crowd(cluster, folder)
        finally:
            cluster.remove()


if __name__ == "__main__":
    main()
