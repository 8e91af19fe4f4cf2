"""Layers of the scripts, held as import-linter holds those of Python: imports lead downwards only."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

LAYERS = (
    ("rooms/page/",),
    ("rooms/page/keys/",),
    tuple(
        f"rooms/page/{folder}/"
        for folder in ("adding", "chat", "chrome", "home", "people", "player", "queue", "screens", "sheets")
    ),
    ("rooms/page/room/",),
    ("rooms/page/playback/",),
    ("players/follow/",),
    ("players/media/",),
    ("players/",),
    ("rooms/stream/",),
    ("rooms/sharing/",),
    ("rooms/page/lib/",),
    ("rooms/clock/", "rooms/i18n/"),
)
"""The highest first. Folders of one layer do not import each other."""

SEAM = "rooms/page/playback/"
"""All of the page that imports scripts of the other application."""

FOR_PLAYERS = ("rooms/clock/", "rooms/i18n/", "rooms/page/lib/")
"""What scripts of players may import of rooms."""

_IMPORT = re.compile(r"""(?:^import .*? from |^export .*? from |\bimport\()\s*["'](\.[^"']+)["']""", re.MULTILINE)


def broken(files: Mapping[str, str]) -> list[str]:
    """A sentence for each import that climbs, crosses, or closes a circle; ``files`` has texts by path below static/.

    Imports of types in comments count too: a module whose types are named is known.
    """
    imports = {path: sorted(set(_imported(path, text))) for path, text in files.items()}
    found = [
        f"{path} imports {other}: {why}." for path in imports for other in imports[path] if (why := _why(path, other))
    ]
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as circle:
        found.append(f"A circle of imports: {' → '.join(circle.args[1])}.")
    return found


def _imported(path: str, text: str) -> Iterator[str]:
    for name in _IMPORT.findall(text):
        other = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if other != path:
            yield other


def _why(path: str, other: str) -> str:
    """Why ``path`` may not import ``other``; empty if it may."""
    above, below = folder_of(path), folder_of(other)
    if above == below:
        return ""
    if _height(above) >= _height(below):
        return f"{above} is not above {below}"
    if path.startswith("rooms/") and other.startswith("players/") and above != SEAM:
        return f"only {SEAM} imports scripts of players"
    if path.startswith("players/") and other.startswith("rooms/") and below not in FOR_PLAYERS:
        return f"scripts of players import of rooms only {', '.join(FOR_PLAYERS)}"
    return ""


def _height(folder: str) -> int:
    return next(height for height, layer in enumerate(LAYERS) if folder in layer)


def folder_of(path: str) -> str:
    """The folder of LAYERS in which a script lies. Raises ValueError if it lies in none."""
    folder = f"{posixpath.dirname(path)}/"
    if not any(folder in layer for layer in LAYERS):
        raise ValueError(f"{path} lies in no layer; allowed are {', '.join(sorted(sum(LAYERS, ())))}.")
    return folder
