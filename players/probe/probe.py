"""One probe of a direct link: what its file is, or why nobody can play it."""

from __future__ import annotations

from dataclasses import dataclass

from players.media_files.cover_image import scaled
from players.probe import station, tags
from players.probe.media_type import NEEDED_BYTES, media_type
from players.probe.remote_file import RemoteFile
from players.probe.request import opened
from rooms.outgoing.budget import Budget, Unanswered
from rooms.outgoing.resolver import Resolve

MISSING, NOT_MEDIA = "missing", "not-media"

_GONE = frozenset({404, 410})
_HERE = frozenset({200, 206})


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe found. With a ``problem`` nothing else is known but the media type."""

    media_type: str = ""
    title: str = ""
    artist: str = ""
    album: str = ""
    cover: bytes | None = None
    length_ms: int | None = None
    is_station: bool = False

    problem: str = ""
    """``""``, ``"missing"`` (there is no file) or ``"not-media"`` (a page, a picture or a text)."""


def probe(url: str, budget: Budget | None = None, resolver: Resolve | None = None) -> Found:
    """What ``url`` leads to. Raises Unanswered if that cannot be told.

    Only what is certain is a problem: a server that refuses this one, is slow or ill may serve browsers well.
    """
    budget = budget or Budget()
    with opened(url, budget, {"Range": "bytes=0-", **station.ASKING}, resolver) as answer:
        if answer.status in _GONE:
            return Found(problem=MISSING)
        if answer.status not in _HERE:
            raise Unanswered(f"{url} answered with the status {answer.status}.")
        declared = answer.headers.get("content-type", "")
        if station.is_station(answer) and not declared.startswith("text/"):
            kind, _is_nothing = media_type(b"", declared)
            return Found(kind, station.name_of(answer), is_station=True)
        return _file(RemoteFile(answer, budget, resolver), declared)


def _file(file: RemoteFile, declared: str) -> Found:
    head = file.read(NEEDED_BYTES)
    kind, is_nothing = media_type(head, declared)
    if is_nothing:
        return Found(kind, problem=NOT_MEDIA)
    said = tags.read(file, kind)
    cover = scaled(said.cover) if said.cover else None
    return Found(kind, said.title, said.artist, said.album, cover, said.length_ms)
