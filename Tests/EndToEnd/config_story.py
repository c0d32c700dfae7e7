# SPDX-License-Identifier: Apache-2.0
"""A centre's configuration as a file: exported beside a running server, broken, changed and imported by commands."""
import argparse
import json
import os
import subprocess
import tempfile

from otklik_server import BINARY, Server


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/data")
        server.start()
        try:
            walk(folder)
        finally:
            server.stop()


def config(folder, *arguments, given=None, **environment):
    """Runs `otklik config`, and gives its exit code, output and complaints."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OTKLIK_", "LC_", "LANG"))}
    process = subprocess.run(
        [BINARY, "config", *arguments], env=inherited | environment, input=given, text=True, capture_output=True,
        cwd=folder, timeout=60)
    return process.returncode, process.stdout, process.stderr


def walk(folder):
    centre = ["--tenant", "demo", "--data", "data"]
    code, text, _ = config(folder, "export", *centre)
    assert code == 0 and text.startswith("otklik: 1\n"), text
    assert config(folder, "export", *centre, "centre.yaml")[0] == 0
    assert open(folder + "/centre.yaml", encoding="utf-8").read() == text
    code, said, _ = config(folder, "import", *centre, "centre.yaml")
    assert (code, said) == (0, "There are no differences.\n"), said

    broken = text.replace("minimum: 0\n            maximum: 10", "minimum: 1\n            maximum: 9", 1)
    line = next(i for i, (a, b) in enumerate(zip(broken.split("\n"), text.split("\n")), 1) if a != b)
    write(folder, broken + "passwords: []\n")
    code, _, told = config(folder, "import", *centre, "changed.yaml", "--yes", "--language", "ru")
    assert code == 3 and f"changed.yaml:{line}:" in told and "[secret_in_clear]" in told, told
    assert "2 ошибки, ничего не применено" in told, told
    code, said, _ = config(folder, "import", *centre, "changed.yaml", "--json")
    assert code == 3 and [error["line"] for error in json.loads(said)["errors"]][0] == line, said

    changed = text.replace("title: How did we do?", "title: How was it?", 1)
    write(folder, changed)
    code, said, _ = config(folder, "import", *centre, "changed.yaml", "--dry-run", LANG="ru_RU.UTF-8")
    assert code == 4 and "How did we do?" in said and "1 различие" in said, said
    code, _, told = config(folder, "import", *centre, "changed.yaml")
    assert code != 0 and "--yes" in told, told
    code, said, _ = config(folder, "import", *centre, "-", "--yes", "--json", given=changed)
    report = json.loads(said)
    assert code == 0 and report["applied"] and len(report["differences"]) == 1, said
    assert config(folder, "import", *centre, "changed.yaml", "--json")[0] == 0
    assert config(folder, "export", *centre)[1] == changed

    assert config(folder, "export", "--tenant", "nobody", "--data", "data")[0] != 0
    assert config(folder, "import", *centre, "nowhere.yaml")[0] != 0
    schema = json.loads(config(folder, "schema")[1])
    assert schema["additionalProperties"] is False, schema


def write(folder, text):
    with open(folder + "/changed.yaml", "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
