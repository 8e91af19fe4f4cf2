"""docs/sync.md: a text with places for what was measured, and the plots beside it."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path
from string import Template

from bench.laboratory.cases import CASES
from bench.output.result import Bar, Result, Row, number
from tools.server import ROOT

TEXT = Path(__file__).with_name("sync.md")
DOCS = ROOT / "docs"
PICTURE = re.compile(r"!\[[^]]*\]\(pictures/(sync-[^)]+)\)\n\n?")


def write_page(folder: Path) -> None:
    """Make the page of the cases whose results are in ``folder``."""
    results = [Result.read(path) for name in CASES if (path := folder / f"{name}.json").exists()]
    if not results:
        raise SystemExit(f"{folder} holds no measurement; bin/bench sync --out {folder} makes them.")
    pictures = sorted(folder.glob("sync-*.svg"))
    for picture in pictures:
        shutil.copy(picture, DOCS / "pictures" / picture.name)
    (DOCS / "sync.md").write_text(text(results, {picture.name for picture in pictures}))
    print(f"{DOCS / 'sync.md'} tells of {len(results)} cases.")


def text(results: list[Result], pictures: set[str]) -> str:
    """The page with these results; a plot that was not made is left out."""
    bars = [bar for result in results for bar in result.bars]
    missed = [bar for bar in bars if not bar.is_met]
    summary = f"{len(bars) - len(missed)} of {len(bars)} bars are met."
    if missed:
        summary += f" Not met: {'; '.join(bar.what for bar in missed)}."
    measured = {str(row["case"]).split(",")[0] for result in results for row in result.rows}
    if left := [name for name in CASES if name not in measured]:
        summary += f" Not measured in this run: {', '.join(left)}."
    whole = Template(TEXT.read_text()).substitute(
        table=_table([row for result in results for row in result.rows]),
        bars="\n".join(_told(bar) for bar in bars),
        summary=summary,
        machine=_machine(results),
        load=_load(results),
        noise=number(_noise_ms(results)) + " ms",
    )
    return PICTURE.sub(lambda found: found[0] if found[1] in pictures else "", whole)


def _noise_ms(results: list[Result]) -> float:
    """The largest error of a sample of direct media."""
    rows = [row for result in results for row in result.rows if row["case"] in ("direct", "asymmetric", "lossy")]
    return max((row["sample error ms"] for row in rows if "sample error ms" in row), default=float("nan"))


def _table(rows: list[Row]) -> str:
    lines = [list(rows[0]), ["---", *["---:"] * (len(rows[0]) - 1)]]
    lines += [[_shown(value) for value in row.values()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _told(bar: Bar) -> str:
    return f"- {'met' if bar.is_met else '**not met**'}: {bar.what}: {_shown(bar.found)}, at most {number(bar.most)}"


def _load(results: list[Result]) -> str:
    """Every browser needs its processor in time: on a machine that does other things as well, figures are worse."""
    loads = [result.machine["load"] for result in results if "load" in result.machine]
    if not loads:
        return ""
    cores = results[0].machine["cores"]
    return (
        f"When the cases began, {min(loads):.1f} to {max(loads):.1f} processes wanted to run on the {cores} cores, "
        "browsers not yet counted. Each above the number of cores makes the figures worse than they need be."
    )


def _shown(value: object) -> str:
    return "∞" if value == math.inf else number(value)


def _machine(results: list[Result]) -> str:
    machine = results[0].machine
    days = sorted({result.machine["day"] for result in results})
    when = " to ".join(dict.fromkeys((days[0], days[-1])))
    return f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}; measured on {when}."
