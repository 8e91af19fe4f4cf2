"""The check of the layers: green on our tree, red on a copy of it with an import that climbs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.server import ROOT

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of our modules and of the contracts between them."""
    for package in ("musicrooms", "players", "rooms"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=100, check=False)


def test_our_layers_import_downwards_only(tree: Path) -> None:
    checked = lint(tree)
    assert checked.returncode == 0, checked.stdout


def test_each_import_that_climbs_is_named(tree: Path) -> None:
    climbing = {
        "rooms/core/change.py": "import rooms.live.hub",
        "rooms/models/roles.py": "from rooms.core import change",
        "rooms/core/publish.py": "if __debug__:\n    import players.timeline",
        "players/timeline.py": "def late() -> None:\n    import musicrooms.settings",
    }
    for module, line in climbing.items():
        with (tree / module).open("a") as file:
            file.write(f"{line}\n")
    checked = lint(tree)
    assert checked.returncode == 1
    for module in climbing:
        assert f"- {module.removesuffix('.py').replace('/', '.')} -> " in checked.stdout, module


def test_two_modules_that_import_each_other_are_named_though_it_is_for_their_types_alone(tree: Path) -> None:
    with (tree / "players/models/moves.py").open("a") as file:
        file.write(
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from players.models.playlist import Playlist\n"
        )
    checked = lint(tree)
    assert checked.returncode == 1
    assert "No cycles are allowed in players.models" in checked.stdout
