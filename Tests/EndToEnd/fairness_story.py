# SPDX-License-Identifier: Apache-2.0
"""How long another centre's single message waits while one centre has very many queued for a slow mail server.

It is measured before and while they wait; both figures are printed. `--queued 100000` with a release build is what is
promised for.
"""
import argparse
import json
import pathlib
import sys
import tempfile
import time

from kill_story import completion, states
from otklik_server import Server, free_port
from second_centre import SecondCentre
from sink_server import Sink
from storm_story import use_sink, widen


def one(server, centre, sink, number):
    """How long one message of the second centre takes, in seconds."""
    before, began = sink.count(), time.monotonic()
    centre.complete(completion(server.demo(), number))
    while sink.count() == before:
        assert time.monotonic() < began + 60, "it does not arrive"
        time.sleep(0.005)
    return time.monotonic() - began


def queued(server):
    return sum(1 for _, state, _ in states(server.data)[0] if state in ("queued", "sending", "retrying"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queued", type=int, default=1000)
    parser.add_argument("--singles", type=int, default=10)
    parser.add_argument("--delay", type=float, default=1.0, help="seconds that the slow server takes for a message")
    parser.add_argument("--seconds", type=float, default=5, help="how much later a message may come at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="otklik-fair-") as name:
        folder = pathlib.Path(name)
        slow, quick = Sink(folder, free_port(), delay=options.delay).start(), Sink(folder, free_port()).start()
        server = Server(folder / "data").start()
        try:
            use_sink(server, slow)
            widen(server, folder, is_prompt=True)
            centre = SecondCentre(server, folder, "quick", quick.port)
            idle = [one(server, centre, quick, 9_000_000 + n) for n in range(options.singles)]
            demo = server.demo()
            for first in range(0, options.queued, 100):
                batch = [completion(demo, n) for n in range(first, min(first + 100, options.queued))]
                status, reply = server.call("POST", "/api/v1/completions", batch, timeout_seconds=60)
                assert status < 400, reply
            waiting = queued(server)
            busy = [one(server, centre, quick, 8_000_000 + n) for n in range(options.singles)]
            left = queued(server)
        finally:
            server.stop()
            slow.kill()
            quick.kill()
    print(json.dumps({
        "queued": waiting, "left behind them": left, "idle seconds": [round(s, 3) for s in idle],
        "busy seconds": [round(s, 3) for s in busy], "most later": round(max(busy) - min(idle), 3)}))
    if left < options.queued // 2:
        sys.exit("too few were queued to tell anything")
    if max(busy) - min(idle) > options.seconds:
        sys.exit("somebody's single message was delayed by another centre's")


if __name__ == "__main__":
    main()
