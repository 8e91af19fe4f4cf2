"""The page that tells what was measured: a text with places for the tables."""

from __future__ import annotations

from pathlib import Path
from string import Template

from bench.output.result import Bar, Result, Row, number

TEXT = Path(__file__).with_name("performance.md")

NAMES = ("fanout", "memory", "room", "chat", "storm", "calls", "compare", "fleet", "page")


def page(results: list[Result]) -> str:
    """The whole page; of a measurement that is missing it says so."""
    places = {name: _section([result for result in results if result.bench == name]) for name in NAMES}
    return Template(TEXT.read_text()).substitute(places, machine=_machine(results), bars=_summary(results))


def _section(results: list[Result]) -> str:
    """What one measurement found, on each server program, the quicker one first."""
    if not results:
        return "Not measured in this run."
    sections = []
    for result in sorted(results, key=lambda result: result.server, reverse=True):
        sections += [
            f"On {result.server}: `{_command(result)}`",
            _table(result.rows),
            *result.notes,
            _bars(result.bars),
        ]
    return "\n\n".join(sections)


def _command(result: Result) -> str:
    options = result.options if "--server" in result.options else ["--server", result.server, *result.options]
    return " ".join(["bin/bench", result.bench, *options])


def _table(rows: list[Row]) -> str:
    names = list(rows[0])
    # Words stand left, numbers right.
    rules = ["---" if isinstance(rows[0][name], str) else "---:" for name in names]
    lines = [names, rules, *([number(row[name]) for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _bars(bars: list[Bar]) -> str:
    return "\n".join(f"- {_verdict(bar)}: {bar.what}: {number(bar.found)}, at most {number(bar.most)}" for bar in bars)


def _summary(results: list[Result]) -> str:
    bars = [bar for result in results for bar in result.bars]
    missed = [f"{result.bench} on {result.server}, {bar.what}" for result in results for bar in _missed(result)]
    told = f"{len(bars) - len(missed)} of {len(bars)} bars are met."
    return f"{told} Not met: {'; '.join(missed)}." if missed else told


def _missed(result: Result) -> list[Bar]:
    return [bar for bar in result.bars if not bar.is_met]


def _verdict(bar: Bar) -> str:
    return "met" if bar.is_met else "**not met**"


def _machine(results: list[Result]) -> str:
    machine = results[0].machine
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    days = sorted({result.machine["day"] for result in results})
    return (
        f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, Python {machine['python']}; "
        f"{packages}. Measured on {' to '.join(dict.fromkeys((days[0], days[-1])))}."
    )
