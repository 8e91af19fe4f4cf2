"""The pictures of the documentation are taken by a script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tools.browser import chromium
from tools.server import ROOT


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
