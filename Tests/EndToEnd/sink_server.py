# SPDX-License-Identifier: Apache-2.0
"""An SMTP server in a process of its own, to be killed: it writes down whom it took a message for before it says so.

Run by itself: `sink_server.py PORT FILE [--delay SECONDS]`.
"""
import argparse
import asyncio
import collections
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time


class Conversation(asyncio.Protocol):
    """As much SMTP as a client with PIPELINING needs."""

    def __init__(self, log, delay):
        self.log, self.delay = log, delay
        self.waiting, self.in_data, self.recipient = b"", False, None

    def connection_made(self, transport):
        self.transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data):
        self.waiting += data
        while True:
            if self.in_data:
                end = self.waiting.find(b"\r\n.\r\n")
                if end < 0:
                    return
                self.waiting, self.in_data = self.waiting[end + 5:], False
                os.write(self.log, f"{self.recipient}\n".encode())
                if self.delay:
                    asyncio.get_running_loop().call_later(self.delay, self.transport.write, b"250 2.0.0 kept\r\n")
                else:
                    self.transport.write(b"250 2.0.0 kept\r\n")
                continue
            line, mark, rest = self.waiting.partition(b"\r\n")
            if not mark:
                return
            self.waiting = rest
            self.command(line)

    def command(self, line):
        verb = line[:4].upper()
        if verb == b"EHLO":
            self.transport.write(b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            self.transport.write(b"250 2.1.5 ok\r\n")
        elif verb == b"DATA":
            self.in_data = True
            self.transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self.transport.write(b"221 2.0.0 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 2.0.0 ok\r\n")


class Sink:
    """The server as a test sees it."""

    def __init__(self, folder, port, delay=0.0):
        self.port, self.delay = port, delay
        self.file = pathlib.Path(folder) / f"sink-{port}.txt"
        self.file.touch()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(self.port), str(self.file), "--delay", str(self.delay)])
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the mail server did not begin to listen")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def count(self):
        """How many messages it took so far."""
        return self.file.read_bytes().count(b"\n")

    def received(self):
        """How often it took a message for each recipient."""
        return collections.Counter(self.file.read_text().splitlines())


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("file")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before a message is said to be taken")
    options = parser.parse_args()
    log = os.open(options.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(log, options.delay), "127.0.0.1", options.port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
