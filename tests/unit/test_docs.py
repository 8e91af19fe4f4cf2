"""The documentation says what the code does, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib import admin

from musicrooms.api import api
from tools.server import ROOT

DOCS = sorted((ROOT / "docs").glob("*.md"))
README = ROOT / "README.md"
README_KO = ROOT / "README.ko.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS])
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
LINK = re.compile(r"\]\(([^)\s]+)|^\[[^]]+\]: (\S+)|<(https?://[^>]+)>|<img src=\"([^\"]+)", re.MULTILINE)


def targets(text: str) -> list[str]:
    """Where the links and pictures of a page lead: written in place, by reference, in angle brackets, or as HTML."""
    return ["".join(found) for found in LINK.findall(text)]


def commands(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def headings(text: str) -> list[str]:
    return re.findall(r"^#+", text, re.MULTILINE)


def columns(text: str) -> list[int]:
    """How many cells each row of a table has."""
    return [len(row.strip("|").split("|")) for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)]


def items(text: str) -> list[str]:
    return re.findall(r"^-", text, re.MULTILINE)


def in_code(text: str) -> list[str]:
    return sorted(re.findall(r"`([^`\n]+)`", text))


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    named = [target.partition("#")[0] for target in targets(page.read_text())]
    files = [name for name in named if name and not name.startswith(("http://", "https://"))]
    assert [name for name in files if not (page.parent / name).exists()] == []


def test_every_page_is_on_the_map_of_the_readme() -> None:
    assert DOCS
    linked = targets(README.read_text())
    assert [page.name for page in DOCS if f"docs/{page.name}" not in linked] == []
    assert {page.name for page in ROOT.glob("[A-Z]*.md")} - {README.name} <= set(linked)


@pytest.mark.parametrize("readme", [README, README_KO], ids=lambda page: page.name)
def test_a_readme_is_short(readme: Path) -> None:
    assert len(readme.read_text().splitlines()) <= 84


@pytest.mark.parametrize("readme", [README, README_KO], ids=lambda page: page.name)
def test_a_readme_starts_everything_with_two_commands(readme: Path) -> None:
    assert commands(readme.read_text()) == ["git clone <this repository> musicrooms && cd musicrooms\nbin/run\n"]


@pytest.mark.parametrize("part", [headings, commands, columns, items, in_code], ids=lambda part: part.__name__)
def test_both_readmes_have_the_same(part: Callable[[str], list[object]]) -> None:
    english = part(README.read_text())
    assert english
    assert english == part(README_KO.read_text())


def test_both_readmes_have_the_same_links_and_lead_to_each_other() -> None:
    english, korean = targets(README.read_text()), targets(README_KO.read_text())
    assert english[0] == README_KO.name
    assert korean[0] == README.name
    assert english[1:] == korean[1:]


def test_the_version_is_told_by_the_changelog_the_contract_and_the_admin() -> None:
    released = re.findall(r"^## \[([\d.]+)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert released[0] == VERSION
    assert api.get_openapi_schema()["info"]["version"] == VERSION
    assert VERSION in admin.site.site_header


def test_the_image_contains_the_file_that_says_the_version() -> None:
    assert "!pyproject.toml" in (ROOT / ".dockerignore").read_text().splitlines()


def test_every_path_that_the_architecture_names_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    paths = [path for path in re.findall(r"`([a-z_]+(?:/[a-z_.]+)+)`", text) if (ROOT / path.split("/")[0]).is_dir()]
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", ["compose.yaml", "compose.scale.yaml"])
def test_a_container_is_passed_every_setting(name: str) -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), flags=re.MULTILINE))
    service = (ROOT / name).read_text().partition("restart:")[0]
    passed = set(re.findall(r"^      - ([A-Z_]+)(?:=.*)?$", service, flags=re.MULTILINE))
    assert passed == told - {"DATA_DIR", "HOST", "LANGUAGES_DIR"}, "the image says where these are"
