"""The pages' pure modules, tested by Node: a file of ``js/`` is one test here, in virtual time and without a browser.

``node --test tests/unit/js/`` runs the same by hand.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "js"
FILES = sorted(FOLDER.glob("*.test.mjs"))


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        message = "there is no Node: the tests of pure JavaScript do not run; install Node 18 or run bin/test"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.mark.parametrize("file", FILES, ids=[file.name.removesuffix(".test.mjs") for file in FILES])
def test_the_pages_modules_keep_their_claims(node: str, file: Path) -> None:
    done = run(node, file)
    passed, failed = claims(done.stdout)
    assert done.returncode == 0, "\n".join([*failed, done.stdout[-4_000:], done.stderr[-2_000:]])
    assert failed == []
    assert passed, f"{file.name} claims nothing"


def test_a_claim_that_does_not_hold_is_named(node: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.test.mjs"
    file.write_text("import { test } from 'node:test'; test('fine', () => {}); test('no', () => { throw 1 })")
    done = run(node, file)
    assert done.returncode != 0
    assert claims(done.stdout) == (["fine"], ["no"])


def run(node: str, file: Path) -> subprocess.CompletedProcess[str]:
    command = [node, "--test", "--test-reporter=tap", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


def claims(tap: str) -> tuple[list[str], list[str]]:
    """Those that hold, and those that do not. Some versions of Node wrap the tests of a file in one of its name."""
    lines = re.findall(r"^ *(not ok|ok) \d+ - (.+)$", tap, re.MULTILINE)
    named = [(state, name) for state, name in lines if not name.endswith(".test.mjs")]
    return [name for state, name in named if state == "ok"], [name for state, name in named if state != "ok"]
