"""Rooms know of players only what the protocols of ``rooms.core.playback`` say."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from players.models import Player, Playlist
from rooms.core.playback import Playback, Queue
from tools.server import ROOT

PROTOCOLS = {"player": Playback, "queue": Queue}


def test_players_models_are_what_rooms_need() -> None:
    playback: Playback = Player()  # by the type checker
    queue: Queue = Playlist()
    for made, protocol in ((playback, Playback), (queue, Queue)):
        assert {name for name in members(protocol) if not hasattr(type(made), name)} == set()


def test_rooms_use_nothing_else_of_them() -> None:
    used = set(names_used())
    assert {("player", "settle"), ("queue", "as_json")} <= used
    assert {(part, name) for part, name in used if name not in members(PROTOCOLS[part])} == set()


def members(protocol: type) -> set[str]:
    return {name for name in vars(protocol) if not name.startswith("_")}


def names_used() -> Iterator[tuple[str, str]]:
    """Each name that a module of rooms takes from ``….player`` or ``….queue``."""
    for path in (ROOT / "rooms").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                owner, name = node.value.attr, node.attr
                if owner in PROTOCOLS:
                    yield owner, name
