"""A crowd that talks: ``bin/bench chat [--server uvicorn] [--listeners 1000] [--messages 1000] [--seconds 60]``.

First the price of a delivery: messages and player events of the same size are told to as many listeners, in rounds that
take turns, and what as many cost in a room with one listener is taken away, as in ``bin/bench fanout``. Then the room
talks for a minute beside a host who acts each second, and every listener has to be told all of it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import ExitStack

from bench.fanout import Measured
from bench.load.crowd import Crowd
from bench.load.tally import Tally
from bench.output import cli, figures
from bench.output.result import Bar, Result, Row
from bench.servers.machine import client_cores
from bench.servers.side import LARGE, Data, Ours
from bench.servers.sizes import event_bytes

MOST_OF_PLAYER = 1.2
MOST_MS = 250
HOST_EVERY_S = 1.0
PATIENCE_S = 30

PLAYER, CHAT = "player events", "messages"


class Talking(Ours):
    """The same server, in whose rooms somebody says something."""

    text = "!"

    def prepare(self) -> None:
        super().prepare()
        self._versions = {name: room.version for name, room in self.rooms.items()}

    def act(self, room: str = LARGE) -> int:
        self.rooms[room].say(self.api, self.text)
        self._versions[room] += 1
        return self._versions[room]

    def act_as_host(self) -> int:
        """The host seeks in the large room."""
        self._versions[LARGE] = super().act(LARGE)
        return self._versions[LARGE]

    def fill_up_to(self, size: int) -> None:
        """Say as much from now on as makes an event of so many bytes."""
        self.text = "!" * max(1, size - event_bytes(self, "chat") + len(self.text))


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--listeners", type=int, default=1_000)
    parser.add_argument("--events", type=int, default=20, help="of each kind in each round (default: 20)")
    parser.add_argument("--every-ms", type=int, default=250, help="between two of these, at least (default: 250)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=1_000, help="a minute, beside the host (default: 1000)")
    parser.add_argument("--seconds", type=float, default=60, help="in which the room talks (default: 60)")
    cli.finish("chat", run, parser.parse_args())


def run(options: argparse.Namespace) -> Result:
    result = Result("chat", options.server, cli.given())
    with Data(options.prepared, options.root) as data:
        player, chat = _compared(data, options)
        with Talking(data, options.server) as side:
            talk = _talk(side, options)
    ratio = chat["CPU µs a delivery"] / player["CPU µs a delivery"]
    result.rows = [player, chat | {"× player": ratio}, talk]
    result.rows = [{name: row.get(name, "–") for name in result.rows[1] | talk} for row in result.rows]
    missing, gaps = (sum(row[name] for row in (player, chat, talk)) for name in ("missing", "gaps"))
    result.bars = [
        Bar("CPU of a player event of the same size, ×", ratio, MOST_OF_PLAYER),
        Bar("deliveries missing", missing, 0),
        Bar("gaps", gaps, 0),
        Bar("messages and acts that were late", talk["late"], 0),
    ]
    if options.server == "uvicorn":
        result.bars.append(Bar("last listener after commit, p99, ms", talk["p99 ms"], MOST_MS))
    return result


def _compared(data: Data, options: argparse.Namespace) -> list[Row]:
    """What a delivery costs of either kind."""
    sides = {PLAYER: Ours(data, options.server), CHAT: Talking(data, options.server)}
    with ExitStack() as opened:
        measured = []
        for name, side in sides.items():
            opened.enter_context(side)
            large = opened.enter_context(Crowd(side.address, processes=options.processes, cores=client_cores()))
            small = opened.enter_context(Crowd(side.address, processes=1, cores=client_cores()))
            measured.append(Measured(name, side, options.listeners, (large, small), options))
        talking = sides[CHAT]
        assert isinstance(talking, Talking)
        talking.fill_up_to(event_bytes(sides[PLAYER]))
        for each in measured:
            each.fill()
        time.sleep(options.settle)  # joining is not what is measured
        for each in measured:
            each.warm_up()
        for _ in range(options.rounds):
            for each in measured:
                each.round()
        return [each.row() for each in measured]


def _talk(side: Talking, options: argparse.Namespace) -> Row:
    """The room talks, and its host acts."""
    side.text = "!" * 60
    with Crowd(side.address, processes=options.processes, cores=client_cores()) as crowd:
        crowd.join([side.listener()] * options.listeners)
        side.act()
        time.sleep(options.settle)  # as above
        crowd.take()
        cpu_s = side.usage.cpu_s()
        versions, late = _act(side, options)
        crowd.reach(versions[-1], PATIENCE_S)
        cpu_s = side.usage.cpu_s() - cpu_s
        return _row(crowd.take(), versions, late, options) | {"CPU, share of a core": cpu_s / options.seconds}


def _act(side: Talking, options: argparse.Namespace) -> tuple[list[int], int]:
    """All messages and acts, each at its time; their versions, and how many were more than a second late."""
    count = max(1, round(options.messages * options.seconds / 60))
    due: list[tuple[float, Callable[[], int]]] = [(options.seconds * n / count, side.act) for n in range(count)]
    due += [(n * HOST_EVERY_S, side.act_as_host) for n in range(max(1, int(options.seconds / HOST_EVERY_S)))]
    began_at, versions, late = time.monotonic(), [], 0
    for at_s, act in sorted(due, key=lambda each: each[0]):
        wait_s = began_at + at_s - time.monotonic()
        time.sleep(max(0.0, wait_s))  # people write at an even pace, whatever the server does
        late += wait_s < -1
        versions.append(act())
    return versions, late


def _row(tally: Tally, versions: list[int], late: int, options: argparse.Namespace) -> Row:
    last_ms = figures.last_after_commit_ms(tally)
    return {
        "listeners": options.listeners,
        "side": f"{options.messages:,} messages a minute and a host",
        "last listener p50 ms": figures.percentile(last_ms, 0.5),
        "p99 ms": figures.percentile(last_ms, 0.99),
        "missing": figures.missing(tally, [(0, version) for version in versions], options.listeners),
        "gaps": tally.gaps,
        "bytes an event": round(tally.delivered_bytes / max(1, tally.deliveries)),
        "late": late,
    }


if __name__ == "__main__":
    main()
