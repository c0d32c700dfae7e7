# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that keeps what it accepted: aiosmtpd with STARTTLS and AUTH, in a thread of the test."""
import email
import email.policy
import pathlib
import ssl
import subprocess
import threading
import warnings

warnings.filterwarnings("ignore", module="aiosmtpd")

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def certificate(folder):
    """A certificate for `localhost`, signed by a test authority; returns (authority, certificate, key)."""
    folder = pathlib.Path(folder)
    authority, authority_key = folder / "ca.pem", folder / "ca.key"
    cert, key, request = folder / "server.pem", folder / "server.key", folder / "server.csr"
    extensions = folder / "extensions"
    extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    run = lambda *arguments: subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority",
        "-keyout", authority_key, "-out", authority)
    run("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", request)
    run("x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial", "-days", "2",
        "-extfile", extensions, "-out", cert)
    return authority, cert, key


class MailServer:
    """Accepts mail from one account and keeps it, by recipient."""

    def __init__(self, folder, user="centre", password="right password", port=0):
        self.user, self.password = user, password
        self.lock = threading.Lock()
        self.mails = []
        self.transports = []
        self.refused_logins = 0
        self.authority, cert, key = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)

        def authenticate(server, session, envelope, mechanism, data):
            right = isinstance(data, LoginPassword) and data.login == self.user.encode() \
                and data.password == self.password.encode()
            if not right:
                self.refused_logins += 1
            return AuthResult(success=right, handled=False)

        mail_server = self

        class Counted(SMTP):
            def connection_made(self, transport):
                super().connection_made(transport)
                mail_server.transports.append(transport)

        class Listening(Controller):
            def factory(self):
                return Counted(mail_server, hostname="localhost", tls_context=context, require_starttls=True,
                            auth_required=True, authenticator=authenticate, enable_SMTPUTF8=True)

        self.controller = Listening(None, hostname="127.0.0.1", port=port, ready_timeout=20)

    def start(self):
        import otklik_server
        if self.controller.port == 0:
            self.controller.port = otklik_server.free_port()
        self.controller.start()
        self.port = self.controller.port
        return self

    def drop_connections(self):
        """Ends what is open, so that the next mail has to sign in again."""
        for transport in self.transports:
            self.controller.loop.call_soon_threadsafe(transport.abort)
        self.transports.clear()

    def stop(self):
        self.drop_connections()
        self.controller.stop()

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            for recipient in envelope.rcpt_tos:
                self.mails.append((recipient, envelope.content))
        return "250 2.0.0 kept"

    def received(self):
        """All mails so far: (recipient, parsed message)."""
        with self.lock:
            kept = list(self.mails)
        return [(recipient, email.message_from_bytes(content, policy=email.policy.default))
                for recipient, content in kept]


def links(message, start):
    """The addresses in a mail's plain text that begin with a text."""
    text = message.get_body(("plain",)).get_content()
    return [word.strip("()<>.,") for word in text.split() if word.strip("()<>").startswith(start)]
