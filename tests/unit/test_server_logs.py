"""The log of a server under test is a witness: of this test, and of no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import servers
from tests.support.servers import no_traceback

pytestmark = pytest.mark.traceback  # those that are written here
FAULT = "Traceback (most recent call last):\n  …\nKeyError: 'lounge'\n"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only log there is, with a fault of a test before."""
    log = tmp_path / "server.log"
    log.write_text(FAULT)
    monkeypatch.setattr(servers, "LOGS", {log})
    return log


def test_a_traceback_fails_the_test_that_ran_meanwhile(log: Path) -> None:
    with pytest.raises(AssertionError, match="lounge"), no_traceback(), log.open("a") as file:
        file.write(FAULT)


def test_a_traceback_of_a_server_that_was_started_meanwhile_counts_too(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "new.log"
    new.write_text(FAULT)
    with pytest.raises(AssertionError, match="lounge"), no_traceback():
        monkeypatch.setattr(servers, "LOGS", {log, new})


def test_what_was_logged_before_fails_no_later_test(log: Path) -> None:
    with no_traceback(), log.open("a") as file:
        file.write("Serving on http://127.0.0.1:8000\n")
