"""docs/performance.md from what was measured: ``bin/bench report DIR [--page FILE]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.output.page import page
from bench.output.result import Result
from tools.server import ROOT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where bin/bench all wrote its JSON")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "performance.md", help="the page to write")
    options = parser.parse_args()
    results = [Result.read(path) for path in sorted(options.folder.glob("*.json"))]
    if not results:
        raise SystemExit(f"{options.folder} holds no results; bin/bench all --out {options.folder} makes them.")
    options.page.write_text(page(results))
    print(f"{options.page} tells of {len(results)} measurements.")


if __name__ == "__main__":
    main()
