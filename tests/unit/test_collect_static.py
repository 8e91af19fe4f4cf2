"""Static files are collected when they changed, by whoever starts first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from musicrooms.serving import collect_static


@pytest.fixture
def collected(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were run."""
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    commands: list[str] = []
    monkeypatch.setattr(collect_static, "call_command", lambda name, **options: commands.append(name))
    return commands


def test_a_worker_of_a_new_version_collects_its_files_once(collected: list[str], tmp_path: Path) -> None:
    collect_static.collect_static_files()
    (tmp_path / "static" / ".collected").write_text("those of the former version")
    for _ in range(3):
        collect_static.collect_changed_files()
    assert collected == ["collectstatic"] * 2


def test_a_worker_leaves_alone_what_the_operator_collects(collected: list[str]) -> None:
    collect_static.collect_changed_files()
    assert collected == []
