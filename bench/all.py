"""Everything that docs/performance.md shows: ``bin/bench all --out DIR``, then ``bin/bench report DIR``.

Takes about an hour of a machine that does nothing else. ``--quick`` measures on a small scale, to see whether it runs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tools.server import ROOT, Server

PLAN = [
    ("fanout", "uvicorn"),
    ("fanout", "daphne"),
    ("memory", "uvicorn"),
    ("memory", "daphne"),
    ("room", "uvicorn"),
    ("chat", "uvicorn"),
    ("chat", "daphne"),
    ("storm", "uvicorn"),
    ("storm", "daphne"),
    ("calls", "uvicorn"),
    ("compare", "daphne"),
    ("fleet", "uvicorn"),
    ("page", "daphne"),
]
"""Measurements and the server programs that they run on, in the order of the page."""

# daphne's stock view never gets an event to 2,000, the next number of listeners, and each is waited for.
FULL = {("fanout", "daphne"): ["--listeners", "1000"]}
QUICK = {
    "fanout": ["--listeners", "100", "--events", "5", "--rounds", "1"],
    "memory": ["--listeners", "200"],
    "room": ["--listeners", "200", "--seconds", "3", "--rounds", "1"],
    "chat": ["--listeners", "200", "--events", "5", "--rounds", "1", "--seconds", "3"],
    "storm": ["--listeners", "200", "--rounds", "1"],
    "calls": ["--entries", "0", "10", "--calls", "5", "--joins", "20", "--rounds", "1"],
    "compare": ["--rooms", "5", "--listeners", "5", "--seconds", "6", "--act-every", "2", "--rounds", "1"],
    "fleet": ["--rooms", "5", "--listeners", "5", "--seconds", "5", "--workers", "2", "--rounds", "1"],
    "page": ["--rounds", "1"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the folder for the JSON of each measurement")
    parser.add_argument(
        "--only", choices=sorted({name for name, _ in PLAN}), action="append", help="measure these alone"
    )
    parser.add_argument("--quick", action="store_true", help="on a small scale")
    options = parser.parse_args()
    out: Path = options.out.resolve()
    prepared = out / "prepared"
    if not prepared.exists():
        prepared.mkdir(parents=True)
        Server(prepared, DATABASE_URL="", REDIS_URL="").prepare()
    failed = [
        f"{name} on {server}"
        for name, server in PLAN
        if name in (options.only or name) and not _measured(name, server, out, quick=options.quick)
    ]
    print(f"Failed: {', '.join(failed)}." if failed else f"Now: bin/bench report {options.out}")
    return 1 if failed else 0


def _measured(name: str, server: str, out: Path, *, quick: bool) -> bool:
    options = ["--server", server, *(QUICK[name] if quick else FULL.get((name, server), []))]
    keeping = ["--json", str(out / f"{name}-{server}.json"), "--prepared", str(out / "prepared")]
    print(f"\nbin/bench {name} {' '.join(options)}", flush=True)
    return (
        subprocess.run([sys.executable, "-m", f"bench.{name}", *options, *keeping], cwd=ROOT, check=False).returncode
        == 0
    )


if __name__ == "__main__":
    sys.exit(main())
