"""Claims that take real time, real outages or a quiet machine to prove. At the end each is told in one line.

A test here cannot fail because the machine is busy: it compares, waits for what must come, or measures how much it was
itself disturbed (``noise``) and says that it cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.soak.noise import TOO_NOISY
from tools.server import Server

OUTCOMES = {"passed": "proved", "failed": "NOT TRUE", "skipped": "not tried"}


@pytest.fixture(scope="session", autouse=True)
def _servers_start_from_nothing() -> Iterator[None]:
    """What is measured here shares no memory with another process."""
    Server.forks = False
    yield
    Server.forks = True


def pytest_itemcollected(item: pytest.Item) -> None:
    doc = getattr(getattr(item, "obj", None), "__doc__", None) or ""
    name = item.name.partition("[")[0].removeprefix("test_").replace("_", " ")
    case = item.name.partition("[")[2].rstrip("]")
    item.user_properties.append(("claim", (doc.strip().split("\n")[0] or name) + (f" [{case}]" if case else "")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        f"{outcome}: {claim}"
        for word, outcome in OUTCOMES.items()
        for report in terminalreporter.getreports(word)
        if word != "passed" or report.when == "call"
        for name, claim in report.user_properties
        if name == "claim"
        for outcome in [TOO_NOISY if TOO_NOISY in str(report.longrepr) else outcome]
    ]
    if lines:
        terminalreporter.section("What was proved")
        for line in lines:
            terminalreporter.write_line(line)
