"""The server, the demo room, and the host who acts in it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from bench.laboratory import tones
from bench.laboratory.reference import server_zero_s
from bench.laboratory.told import Told
from bench.servers.side import ALONE, LIMITS
from tools.server import Server

ROOM = "/rooms/lounge"
LONG_S = 600
SHORT_S = 12
MANY_SHORT = 12

PREPARE = """
import json
from players.links import parse
from players.models import Track
from rooms.core.change import change
from rooms.clock import now_ms
from rooms.models import Room, Token

room = Room.objects.get(slug="lounge")
links = []
for track in json.loads({tracks!r}):
    links.append(parse(track["url"], own_media=True))
    Track.objects.update_or_create(provider=links[-1].provider, media_id=links[-1].media_id,
        defaults={{"title": track["name"], "length_ms": track["length_ms"]}})
with change(room, now_ms()) as lent:
    entries = lent.queue.add(links, now_ms(), after=None, at_end=True, member=None)
    ids = [entry.pk for entry in lent.queue.listed()][-len(links):]
print(json.dumps({{"token": Token.issue(room.members.first()), "ids": ids}}))
"""


@dataclass(frozen=True)
class Track:
    name: str
    url: str
    seconds: float
    hz: int = 0
    """0 if it is no file of this server."""


TRACKS = [
    Track("long", "/static/laboratory/long.wav", LONG_S, 220),
    Track("other", "/static/laboratory/other.wav", LONG_S, 330),
    *(Track(f"short {n}", f"/static/laboratory/short-{n}.wav", SHORT_S, 220 + 20 * n) for n in range(MANY_SHORT)),
    Track("video", "https://www.youtube.com/watch?v=laboratory1", LONG_S),
    Track("other video", "https://www.youtube.com/watch?v=laboratory2", LONG_S),
]
"""What is added to the demo room: what lasts as long as a measurement, and what ends soon."""

DURATIONS_S = {f"laboratory{n}": LONG_S for n in (1, 2)}


class Studio:
    """A server with the demo room; use it in a ``with`` block. It keeps what the room's player was told."""

    def __init__(self, folder: Path, program: str) -> None:
        self.server = Server(folder, server=program, **(ALONE | {f"MAX_{what}": "0" for what in LIMITS}))
        self.states: list[Told] = []
        self._version = 0

    def __enter__(self) -> Studio:
        self.server.manage("demo")
        for track in TRACKS:
            if track.hz:
                tones.write(self.server.data_dir / track.url.lstrip("/"), track.seconds, track.hz)
        tracks = [{"name": track.name, "url": track.url, "length_ms": round(track.seconds * 1000)} for track in TRACKS]
        told = json.loads(self.server.shell(PREPARE.format(tracks=json.dumps(tracks))).strip().splitlines()[-1])
        self._ids = dict(zip((track.name for track in TRACKS), told["ids"], strict=True))
        self.token = str(told["token"])
        self.server.start()
        self._host = self.server.client(self.token)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.server.stop()

    def play(self, track: str, position_ms: int = 5_000) -> Told:
        """Have the room play a track of the laboratory, and forget what was before."""
        self.states.clear()
        return self.act(f"play {track}", entry_id=self.entry_id(track), position_ms=position_ms, rate=1, playing=True)

    def act(self, name: str, **fields: Any) -> Told:
        """What a host does: a change of the room's player."""
        called_at = time.perf_counter()
        changed = self._host.patch(f"{ROOM}/player", json=fields)
        assert changed.status_code == 200, changed.text
        return self._note(name, called_at, changed.json())

    def look(self) -> Told:
        """Note it if the room went on by itself."""
        player = self.player
        before = self.states[-1]
        now = Told.of("", before.since_s, player, server_zero_s(), before)
        if now.source == before.source and player["version"] == self._version:
            return before
        return self._note("went on", now.effective_at_s, player)

    @property
    def player(self) -> dict[str, Any]:
        return dict(self._host.get(f"{ROOM}/player").json())

    def entry_id(self, track: str) -> int:
        return int(self._ids[track])

    @property
    def host(self) -> httpx.Client:
        return self._host

    def _note(self, name: str, since_s: float, player: dict[str, Any]) -> Told:
        self._version = player["version"]
        before = self.states[-1] if self.states else None
        self.states.append(Told.of(name, since_s, player, server_zero_s(), before))
        return self.states[-1]
