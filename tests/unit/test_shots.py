"""The pictures of the documentation are taken by a script, and say what they show."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tools.browser import chromium
from tools.server import ROOT
from tools.shots.__main__ import SCENES

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def taken(folder: Path, scene: str) -> None:
    """Take these pictures alone."""
    if chromium() is None:
        pytest.skip("no Chromium is installed; set CHROMIUM or run bin/test, which installs one")
    command = [sys.executable, "-m", "tools.shots", "--only", scene, "--out", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]


def test_the_home_page_is_pictured_in_light_and_in_dark(tmp_path: Path) -> None:
    taken(tmp_path, "home")
    light, dark = (Image.open(tmp_path / f"home-{scheme}.webp").convert("L") for scheme in ("light", "dark"))
    assert light.size == dark.size == (2560, 1600)
    corners = [picture.resize((8, 8)).getpixel((7, 7)) for picture in (light, dark)]
    assert corners[0] > 170 > 85 > corners[1]  # type: ignore[operator]  # of one band each


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
