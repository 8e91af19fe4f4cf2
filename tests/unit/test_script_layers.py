"""Scripts import downwards only, and never in a circle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.script_layers import LAYERS, broken, folder_of

ROOT = Path(__file__).resolve().parents[2]
ALONE = {"rooms/service_worker.js"}
"""Served as a file of its own, which can import nothing."""


def scripts() -> dict[str, str]:
    found: dict[str, str] = {}
    for app in ("players", "rooms"):
        static = ROOT / app / "static"
        found |= {str(path.relative_to(static)): path.read_text() for path in (static / app).rglob("*.js")}
    return {path: text for path, text in found.items() if path not in ALONE}


def test_scripts_import_downwards_only() -> None:
    assert broken(scripts()) == []


def test_every_layer_has_scripts() -> None:
    assert {folder_of(path) for path in scripts()} == {folder for layer in LAYERS for folder in layer}


def test_at_most_eight_scripts_lie_directly_in_the_page() -> None:
    entries = {path for path in scripts() if folder_of(path) == "rooms/page/"}
    assert 6 <= len(entries) <= 8


@pytest.mark.parametrize(
    ("path", "line", "why"),
    [
        ("rooms/page/lib/dom.js", 'import { a } from "../queue/a.js";', "rooms/page/lib/ is not above"),
        ("rooms/stream/state.js", 'import { t } from "../page/words.js";', "rooms/stream/ is not above rooms/page/"),
        ("rooms/page/queue/row.js", 'import { a } from "../player/a.js";', "queue/ is not above"),
        ("rooms/page/room/host.js", 'import { a } from "../../../players/a.js";', "only rooms/page/playback/ imports"),
        ("players/follow/start.js", 'import { a } from "../../rooms/stream/a.js";', "import of rooms only"),
        ("players/media/html5.js", '/** @typedef {import("../follow/a.js").A} A */', "players/media/ is not above"),
    ],
)
def test_an_import_that_climbs_or_crosses_is_found(path: str, line: str, why: str) -> None:
    texts = scripts()
    assert path in texts
    (sentence,) = broken({**texts, path: f"{line}\n"})
    assert sentence.startswith(f"{path} imports ")
    assert why in sentence


def test_a_circle_within_a_folder_is_found() -> None:
    files = {
        "rooms/clock/a.js": 'import { b } from "./b.js";\n',
        "rooms/clock/b.js": ' * @param {import("./a.js").A} a\n',
    }
    (sentence,) = broken(files)
    assert sentence.startswith("A circle of imports: rooms/clock/")


def test_a_script_in_no_layer_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rooms/page/attic/a\.js lies in no layer"):
        folder_of("rooms/page/attic/a.js")
