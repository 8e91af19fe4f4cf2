"""The pictures of the documentation are taken by a script, and say what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.server import ROOT
from tools.shots.__main__ import SCENES

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_scene_is_pictured_somewhere() -> None:
    text = "".join(page.read_text() for page in PAGES)
    for name in ("room-dark", "room-light", "phone-dark", "phone-light", "home-dark", "home-light", "admin"):
        assert f"pictures/{name}.webp" in text
    assert "pictures/two-windows.webp" in text
    assert set(SCENES) == {"room", "home", "admin", "film"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_is_there_and_says_what_it_shows(page: Path) -> None:
    text = page.read_text()
    pictures = re.findall(r"!\[([^]]*)\]\(([^)]+)\)", text)
    pictures += [(words, path) for path, words in re.findall(r'<img src="([^"]+)"[^>]* alt="([^"]*)"', text)]
    assert len(pictures) == text.count("![") + text.count("<img")
    for words, path in pictures:
        assert len(words.split()) >= 2, path
        assert (page.parent / path).exists(), path
