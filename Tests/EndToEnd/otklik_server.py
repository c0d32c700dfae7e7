# SPDX-License-Identifier: Apache-2.0
"""A server under test: started, stopped, killed, and spoken to as its users do."""
import html.parser
import http.client
import http.cookiejar
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("BINARY_UNDER_TEST", str(ROOT / ".build" / "debug" / "otklik"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, condition, seconds=60):
    """The first value of a condition that is not empty."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"{what}: did not happen within {seconds} s")


class Server:
    """One `otklik serve --demo` on a data folder; it can be killed and started again on the same one."""

    def __init__(self, data, port=None, database=None, extra=(), base_url=None, environment=None):
        self.data = pathlib.Path(data)
        self.port = port or free_port()
        self.database = database
        self.extra = list(extra)
        self.environment = environment or {}
        self.base_url = base_url or f"http://127.0.0.1:{self.port}"
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.log = None

    def start(self, timeout_seconds=60):
        arguments = [BINARY, "serve", "--demo", "--data", str(self.data), "--host", "127.0.0.1",
                     "--port", str(self.port), "--base-url", self.base_url, *self.extra]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTKLIK_")}
        environment.update(self.environment)
        if self.database:
            environment["OTKLIK_DATABASE"] = self.database
        self.data.mkdir(parents=True, exist_ok=True)
        self.log = open(self.data / f"server-{self.port}.log", "ab")
        self.process = subprocess.Popen(arguments, stdout=self.log, stderr=self.log, env=environment)
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.tail()}")
            try:
                with urllib.request.urlopen(f"{self.address}/health/ready", timeout=2):
                    return self
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
        raise RuntimeError(f"the server did not become ready:\n{self.tail()}")

    def tail(self):
        text = (self.data / f"server-{self.port}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-30:])

    def kill(self):
        """kill -9, as a crash or a lost machine would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout_seconds=30):
        """The graceful stop; fails when the server does not end by itself."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout_seconds)

    def demo(self):
        return json.loads((self.data / "demo.json").read_text())

    def call(self, method, path, body=None, key=None, timeout_seconds=20):
        """One call of the API; returns status and decoded JSON."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.address + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {key or self.demo()['apiKey']}")
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=timeout_seconds) as reply:
                return reply.status, json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


class Form:
    """A form of a page, with what a browser would send for it untouched."""

    def __init__(self, action, method):
        self.action, self.method = action, method
        self.values = []
        self.choices = {}
        self.buttons = []


class _Forms(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms = []
        self._select = None
        self._area = None

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self.forms.append(Form(a.get("action"), a.get("method", "get").lower()))
        if not self.forms:
            return
        form, name = self.forms[-1], a.get("name")
        if tag == "input" and name:
            kind = a.get("type", "text")
            if kind in ("radio", "checkbox"):
                form.choices.setdefault(name, []).append(a.get("value", "on"))
                if "checked" in a:
                    form.values.append((name, a.get("value", "on")))
            elif kind not in ("submit", "button"):
                form.values.append((name, a.get("value", "")))
        elif tag == "button" and name:
            form.buttons.append((name, a.get("value", "")))
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(a.get("value", ""))
            if "selected" in a:
                form.values.append((self._select, a.get("value", "")))
        elif tag == "textarea" and name:
            self._area = name
            form.values.append((name, ""))

    def handle_data(self, data):
        if self._area and self.forms:
            name, text = self.forms[-1].values[-1]
            self.forms[-1].values[-1] = (name, text + data)

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None


def forms(page):
    parser = _Forms()
    parser.feed(page)
    return parser.forms


class Browser:
    """A browser without scripts: keeps cookies, follows redirects, sends forms."""

    def __init__(self, base):
        self.base = base
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.page, self.url, self.status = "", base, 0

    def open(self, address, data=None, timeout_seconds=20):
        target = urllib.parse.urljoin(self.url, address)
        request = urllib.request.Request(target, data=data)
        request.add_header("Sec-Fetch-Site", "same-origin")
        request.add_header("Accept-Language", "en")
        try:
            with self.opener.open(request, timeout=timeout_seconds) as reply:
                self.status, self.url, self.page = reply.status, reply.url, reply.read().decode()
        except urllib.error.HTTPError as error:
            self.status, self.url, self.page = error.code, error.url, error.read().decode()
        return self

    def form(self, having):
        """The page's form that has a field of this name."""
        for form in forms(self.page):
            if any(name == having for name, _ in form.values) or having in form.choices:
                return form
        raise AssertionError(f"no form with {having} at {self.url} ({self.status}):\n{self.page[:2000]}")

    def send(self, form, changes, button=None):
        """Sends a form with some values changed; a value of None leaves the field out."""
        values = [(name, value) for name, value in form.values if name not in changes]
        values += [(name, value) for name, value in changes.items() if value is not None]
        if button:
            values.append(button)
        return self.open(form.action or self.url, data=urllib.parse.urlencode(values).encode())

    def sign_in(self, server, role="administrator"):
        person = next(person for person in server.demo()["people"] if person["role"] == role)
        self.open(f"/{server.demo()['tenant']}/login")
        self.send(self.form("password"), {"login": person["login"], "password": person["password"]})
        assert self.status == 200 and 'name="password"' not in self.page, f"sign-in failed: {self.status} {self.page[:800]}"
        return self
