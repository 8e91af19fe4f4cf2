"""The browser's modules import each other one way."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path

from tests.support.server import ROOT

IMPORT = re.compile(r"""(?:from|import)[\s(]*["'](\.{1,2}/[^"']+)["']""")


def test_no_module_imports_itself_in_a_circle_not_even_in_a_comment() -> None:
    """The names of the collected files hold hashes of their contents, imports included; in a circle none is the first.

    Comments count, since Django takes an import of a type for one.
    """
    served = {
        f"/static/{app}/{path.relative_to(folder)}": path
        for app, folder in _folders().items()
        for path in folder.rglob("*.js")
    }
    assert len(served) > 50
    imports = {
        name: {_resolved(name, found) for found in IMPORT.findall(path.read_text())} for name, path in served.items()
    }
    assert set().union(*imports.values()) <= set(served)
    tuple(TopologicalSorter(imports).static_order())  # raises CycleError, which names the modules


def _folders() -> dict[str, Path]:
    return {app: ROOT / app / "static" / app for app in ("players", "rooms")}


def _resolved(name: str, found: str) -> str:
    parts = name.split("/")[:-1]
    for part in found.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
