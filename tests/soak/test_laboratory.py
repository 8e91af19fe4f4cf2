"""The laboratory that measures how closely browsers keep in step runs, and says what it measured."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bench.output.result import Result
from bench.servers.side import ALONE
from tests.soak.noise import unless_noisy
from tools.browser import chromium
from tools.server import ROOT, Server


@pytest.mark.skipif(chromium() is None, reason="no Chromium is installed; set CHROMIUM or run bin/test")
@unless_noisy()
def test_two_browsers_are_measured(tmp_path: Path) -> None:
    """The laboratory measures two browsers in step: less than a second apart, by a clock known within 20 ms."""
    data = tmp_path / "data"
    data.mkdir()
    Server(data, **ALONE).prepare()
    command = [sys.executable, "-m", "bench.sync", "--case", "direct", "--browsers", "2", "--seconds", "6"]
    keeping = ["--settle", "4", "--prepared", str(data), "--out", str(tmp_path / "out")]
    done = subprocess.run([*command, *keeping], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    printed = json.loads(done.stdout.splitlines()[-1])
    assert [row["case"] for row in printed["rows"]] == ["direct"]
    assert printed["rows"][0]["browsers"] == 2
    assert 0 < printed["rows"][0]["spread p50 ms"] < 1_000
    assert printed["rows"][0]["clock error ms"] < 20
    kept = Result.read(tmp_path / "out" / "direct.json")
    assert [bar.what for bar in kept.bars] == [bar["what"] for bar in printed["bars"]]
    assert ET.fromstring((tmp_path / "out" / "sync-direct.svg").read_text()).tag.endswith("svg")
