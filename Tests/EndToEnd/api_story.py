# SPDX-License-Identifier: Apache-2.0
"""The API's description against the running server: the page's commands run, and thousands of generated calls find
nothing that the document does not say."""
import argparse
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

from otklik_server import ROOT, Server
from postgres_server import Cluster

HERE = pathlib.Path(__file__).resolve().parent
TOOL = ROOT / ".vendor" / "venv" / "bin" / "schemathesis"


def commands(server, language):
    """The commands of the page `/api`, in its order."""
    request = urllib.request.Request(server.address + "/api", headers={"Accept-Language": language})
    with urllib.request.urlopen(request, timeout=20) as reply:
        page = reply.read().decode()
    blocks = [html.unescape(block) for block in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.S)]
    return [block for block in blocks if block.startswith("curl ")]


def run_commands(server):
    """Runs them in a shell as they stand; every one of them is taken."""
    found = commands(server, "ru")
    assert found == commands(server, "en"), "the pages of the two languages show different commands"
    for command in found:
        script = 'curl() { command curl -sS -o /dev/null -w "%{http_code}" "$@"; }\n' + command
        environment = {**os.environ, "API": server.address + "/api/v1", "KEY": server.demo()["apiKey"]}
        ran = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=30)
        assert ran.stdout in ("200", "201"), f"{ran.stdout} {ran.stderr}\n{command}"
    return len(found)


def try_calls(server, folder, examples, seed):
    """Generated calls with all checks. Returns how often each call was answered with each status."""
    tally = pathlib.Path(folder) / "tally.json"
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "api_hooks", "PYTHONPATH": str(HERE), "API_TALLY": str(tally)}
    ran = subprocess.run(
        [str(TOOL), "--config-file", str(HERE / "schemathesis.toml"), "run", f"{server.address}/api/v1/openapi.json",
         "--url", f"{server.address}/api/v1", "-H", f"Authorization: Bearer {server.demo()['apiKey']}",
         "--checks", "all", "--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure",
         "--generation-database", "none", "--request-timeout", "20", "--no-color"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=420)
    if ran.returncode:
        sys.exit("\n".join(line[:2000] for line in ran.stdout.splitlines()) + ran.stderr + server.tail())
    return json.loads(tally.read_text())


def check_reach(server, tally):
    """Trying has to have come somewhere: a good answer of each call was met, and a refusal."""
    with urllib.request.urlopen(server.address + "/api/v1/openapi.json", timeout=20) as reply:
        document = json.load(reply)
    for methods in document["paths"].values():
        for operation in methods.values():
            name = operation["operationId"]
            # The document's own address is not tried by the tool: it was read from there.
            if operation["security"]:
                assert any(f"{name} {status}" in tally for status in (200, 201)), f"{name} was never taken: {tally}"
                assert any(f"{name} {status}" in tally for status in (404, 422)), f"{name} was never refused: {tally}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of the embedded database")
    parser.add_argument("--examples", type=int, default=100, help="calls of each kind and operation")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    cluster = Cluster() if arguments.postgres else None
    try:
        with tempfile.TemporaryDirectory(prefix="otklik-api-") as folder:
            server = Server(f"{folder}/data", database=cluster.url if cluster else None).start()
            try:
                ran = run_commands(server)
                tally = try_calls(server, folder, arguments.examples, arguments.seed)
                check_reach(server, tally)
                log = (server.data / f"server-{server.port}.log").read_text(errors="replace")
                failed = [line for line in log.splitlines() if " error " in line]
                assert not failed, "\n".join(failed[:5])
                print(json.dumps({"commands": ran, "calls": sum(tally.values()), "answers": tally}, indent=1))
            finally:
                server.stop()
    finally:
        if cluster:
            cluster.remove()


if __name__ == "__main__":
    main()
