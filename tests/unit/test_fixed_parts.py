"""Parts of pages that are kept are given what they look at: what is left out would be taken for a no."""

from __future__ import annotations

import re

import pytest

from tools.server import ROOT

TEMPLATES = ROOT / "templates"
CALL = re.compile(r'{% fixed_part "([^"]+)"([^%]*)%}')
CALLS = [call for path in sorted(TEMPLATES.rglob("*.html")) for call in CALL.findall(path.read_text())]


def asked_in(name: str) -> set[str]:
    """The actions that a template and those within it ask for."""
    text = (TEMPLATES / name).read_text()
    within = re.findall(r'{% include "([^"]+)"', text)
    return set(re.findall(r"\bcan\.(\w+)", text)).union(*map(asked_in, within))


@pytest.mark.parametrize(("name", "given"), CALLS, ids=[name for name, _given in CALLS])
def test_a_fixed_part_is_given_the_actions_that_it_looks_at_and_no_others(name: str, given: str) -> None:
    assert set(re.findall(r'"(\w+)"', given)) == asked_in(name)
