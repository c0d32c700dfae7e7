# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL cluster of the test's own, on loopback, removed afterwards."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from otklik_server import free_port


class Cluster:
    def __init__(self):
        self.programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="otklik-pg-", dir="/tmp"))
        self.port = free_port()
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.run("initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.start()
        self.ask("CREATE DATABASE otklik", database="postgres")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/otklik"
        # As a server on the same machine reaches it.
        self.socket_url = f"postgres://postgres@/otklik?host={self.folder}&port={self.port}"

    def start(self):
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o",
                 f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=60", "start")

    def stop(self, mode):
        """`fast` ends sessions in order, `immediate` is a crash."""
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-m", mode, "stop")

    def address(self, database):
        return self.url.rsplit("/", 1)[0] + "/" + database

    def run(self, program, *arguments):
        # initdb refuses root.
        user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run([*user, str(self.programs / program), *map(str, arguments)], check=True, cwd=self.folder,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(self, question, database="otklik"):
        """The rows of a query, as lists of texts."""
        text = subprocess.run(
            [self.programs / "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database,
             "-AtF", "\t", "-c", question], check=True, capture_output=True, text=True).stdout
        return [line.split("\t") for line in text.splitlines()]

    @contextlib.contextmanager
    def counting(self):
        """Answers questions for one number over one session, so that asking costs little."""
        session = subprocess.Popen(
            [self.programs / "psql", "-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", "otklik",
             "-AtqX"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def count(question):
            session.stdin.write(question + ";\n")
            session.stdin.flush()
            return int(session.stdout.readline())

        try:
            yield count
        finally:
            session.stdin.close()
            session.wait()

    def remove(self):
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
