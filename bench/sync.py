"""How tightly browsers stay in step: ``bin/bench sync [--case direct] [--seconds 60] [--out DIR]``.

Real browsers in a demo room, each behind a proxy of its own that makes its network slow. Where their players really
are is sampled in the pages and compared by one clock outside of them all. ``--out`` keeps the figures and the plots of
each case; ``--page`` makes docs/sync.md and its pictures of what is kept there, and measures nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.laboratory.cases import CASES
from bench.laboratory.lab import Finding, Lab
from bench.laboratory.page import write_page
from bench.laboratory.proxy import Network
from bench.laboratory.studio import Studio
from bench.output import cli
from bench.output.result import Result, machine
from bench.servers.side import ALONE
from tools.browser import chromium
from tools.server import Server


def main() -> None:
    parser = cli.parser(__doc__)
    parser.set_defaults(settle=10.0)
    parser.add_argument("--case", choices=sorted(CASES), action="append", help="this alone; may be repeated")
    parser.add_argument("--seconds", type=float, help="of the measuring part of each case, instead of its own")
    parser.add_argument("--browsers", type=int, help="in each case, instead of its own number")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn (default: 1)")
    parser.add_argument("--out", type=Path, help="a folder for the figures and plots of each case")
    parser.add_argument("--page", action="store_true", help="write docs/sync.md from what is in the folder")
    options = parser.parse_args()
    if options.page:
        if options.out is None:
            parser.error("--page needs --out DIR, the folder that holds the measurements.")
        write_page(options.out)
        return
    if chromium() is None:
        raise SystemExit("There is no Chromium: install one, or name it in CHROMIUM.")
    cli.finish("sync", run, options)


def run(options: argparse.Namespace) -> Result:
    result = Result("sync", options.server, cli.given())
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, sync_playwright() as playwright, Network() as network:
        folder = Path(scratch) / "data"
        if options.prepared:
            shutil.copytree(options.prepared, folder)
        else:
            folder.mkdir()
            Server(folder, **ALONE).prepare()
        with Studio(folder, options.server) as studio:
            lab = Lab(
                playwright, studio, network,
                seconds=options.seconds, browsers=options.browsers, settle_s=options.settle, seed=options.seed,
            )  # fmt: skip
            for name in options.case or CASES:
                # Whatever else the machine has to do shows in the figures.
                load = os.getloadavg()[0]
                print(f"{name} … (load of the machine: {load:.1f})", flush=True)
                found = CASES[name](lab)
                result.rows += found.rows
                result.bars += found.bars
                if options.out:
                    _keep(options, name, found, load)
    return result


def _keep(options: argparse.Namespace, name: str, found: Finding, load: float) -> None:
    """One file of JSON for each case, so that one of them can be measured anew, and its plots."""
    options.out.mkdir(parents=True, exist_ok=True)
    result = Result("sync", options.server, ["--case", name], found.rows, found.bars, {**machine(), "load": load})
    (options.out / f"{name}.json").write_text(result.as_json() + "\n")
    for picture, text in found.pictures.items():
        (options.out / f"sync-{picture}.svg").write_text(text)


if __name__ == "__main__":
    main()
