"""What one measurement found: rows of a table, and bars that are met or not."""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
import platform
import re
import statistics
import time
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PACKAGES = ("django", "daphne", "uvicorn", "uvloop", "httptools", "channels", "channels-redis", "django-eventstream")

Row = dict[str, Any]


@dataclass
class Bar:
    """What was asked for, in words, and what was found."""

    what: str
    found: float
    most: float

    @property
    def is_met(self) -> bool:
        return 0 <= self.found <= self.most  # what is no number, or less than nothing, was measured badly


@dataclass
class Result:
    """One measurement; ``options`` are those that repeat it, ``notes`` sentences that its table needs."""

    bench: str
    server: str
    options: list[str]
    rows: list[Row] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        told = asdict(self)
        for bar, row in zip(self.bars, told["bars"], strict=True):
            row["met"] = bar.is_met
        return json.dumps(told)

    @classmethod
    def read(cls, path: Path) -> Result:
        told = json.loads(path.read_text())
        told["bars"] = [Bar(bar["what"], bar["found"], bar["most"]) for bar in told["bars"]]
        return cls(**told)

    def text(self) -> str:
        lines = [f"{self.bench} on {self.server}", *table(self.rows), *self.notes]
        lines += [f"{'PASS' if bar.is_met else 'FAIL'}  {bar.what}: {number(bar.found)}" for bar in self.bars]
        return "\n".join(lines)


def merged(rounds: list[Row], measured: Collection[str]) -> Row:
    """One row of several: the medians of what was ``measured``, the most of all else, which was counted."""
    return {
        name: statistics.median(row[name] for row in rounds) if name in measured else max(row[name] for row in rounds)
        for name in rounds[0]
    }


def table(rows: list[Row]) -> list[str]:
    """The rows as lines of text in columns."""
    cells = [list(rows[0]), *([number(value) for value in row.values()] for row in rows)] if rows else []
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    aligned = [
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
    return [line.rstrip() for line in aligned]


def number(value: Any) -> str:
    """A value as a table shows it: three digits that count."""
    if isinstance(value, float):
        if math.isnan(value):
            return "–"
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        return f"{value:,.{digits}f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def machine() -> dict[str, Any]:
    """Where and with what this was measured."""
    cpu = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.+)$", cpu, flags=re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "day": time.strftime("%Y-%m-%d", time.gmtime()),
    }
