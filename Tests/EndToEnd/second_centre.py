# SPDX-License-Identifier: Apache-2.0
"""A second centre beside the demo's: configured as that is, with a mail server of its own."""
import pathlib
import re

from command_story import Terminal
from otklik_server import Browser


class SecondCentre:
    """Made by the command line; `port` is its mail server's, which takes mail as the demo centre's does."""

    def __init__(self, server, folder, name, port):
        self.server, self.name = server, name
        self.terminal = Terminal(server, {})
        self.terminal.run("tenant", "create", name, name, "--surveys", "on", "--administrator", "chief")
        text = self.terminal.run("config", "export", "--tenant", "demo")
        text, found = re.subn(r"(?m)^( +port: )\d+$", rf"\g<1>{port}", text)
        assert found == 1, "the demo has no mail server yet"
        file = pathlib.Path(folder) / f"{name}.yaml"
        file.write_text(text)
        self.terminal.run("config", "import", "--tenant", name, str(file), "--yes")
        self.key = self.terminal.json("api-key", "create", "PBX", "--source", "pbx", "--tenant", name)["key"]

    def complete(self, body):
        status, reply = self.server.call("POST", "/api/v1/completions", body, key=self.key)
        assert status == 201 and reply["runs"], reply

    def sign_in(self, login):
        """A browser of one of its people, who chooses a password by a link."""
        link = self.terminal.run("user", "reset-link", login, "--tenant", self.name).strip()
        browser = Browser(self.server.address).open(link)
        password = "long enough to be taken"
        browser.send(browser.form("password"), {"password": password, "again": password})
        assert browser.status == 200, browser.page[:2000]
        return browser
