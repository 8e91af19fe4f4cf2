"""The documentation says what the code does, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.server import ROOT

DOCS = sorted((ROOT / "docs").glob("*.md"))
README = ROOT / "README.md"


def test_every_setting_of_the_code_is_in_the_table_and_no_other() -> None:
    code = (ROOT / "musicrooms" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), flags=re.MULTILINE))
    assert read
    assert read == told


def test_every_code_of_an_error_is_explained() -> None:
    statuses = set(re.findall(r"status, code = (\d+)|status = (\d+)", (ROOT / "rooms" / "errors.py").read_text()))
    text = (ROOT / "docs" / "api.md").read_text()
    assert len(statuses) > 4
    for pair in statuses:
        assert re.search(rf"\b{''.join(pair)}\b", text), f"{pair} is not explained"


@pytest.mark.parametrize("page", [README, *DOCS], ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_every_page_is_on_the_map_of_the_readme() -> None:
    text = README.read_text()
    assert DOCS
    assert [page.name for page in DOCS if f"docs/{page.name}" not in text] == []


def test_the_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) <= 80


def test_the_paths_that_the_docs_name_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = re.findall(r"^\| `([\w/.]+)`", text, flags=re.MULTILINE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
