"""What the command lines of all measurements share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.output.result import Result, machine
from tools.server import ROOT


def parser(doc: str | None, servers: Sequence[str] = ("uvicorn", "daphne")) -> argparse.ArgumentParser:
    """A parser with the options that every measurement has; the first server is the default."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--server", choices=sorted(servers), default=servers[0], help="the server program")
    made.add_argument("--processes", type=int, default=2, help="processes of clients (default: 2)")
    made.add_argument(
        "--settle", type=float, default=3.0, help="seconds from a crowd's arrival to the count (default: 3)"
    )
    made.add_argument("--json", type=Path, help="write the result to this file, too")
    made.add_argument(
        "--root", type=Path, default=ROOT, help="the checkout whose server is measured (default: this one)"
    )
    made.add_argument("--prepared", type=Path, help="a data folder, migrated and with static files, to copy")
    return made


def finish(name: str, run: Callable[[argparse.Namespace], Result], options: argparse.Namespace) -> None:
    """Measure, print the table and one line of JSON."""
    result = run(options)
    result.machine = machine()
    print(result.text())
    print(result.as_json())
    if options.json:
        options.json.write_text(result.as_json() + "\n")


def given() -> list[str]:
    """The options of this command line that repeat the measurement."""
    args, kept = sys.argv[1:], []
    while args:
        name = args.pop(0)
        if name in ("--json", "--prepared"):
            args.pop(0)
        elif not name.startswith(("--json=", "--prepared=")):
            kept.append(name)
    return kept
