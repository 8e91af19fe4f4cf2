"""The pictures of README.md and docs/: ``bin/shots [--only room] [--out DIR]``.

A demo is started on data of its own, in a browser that reaches nothing else; what it shows is pictured, so that the
pictures can be taken anew whenever the pages look different.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tools.server import ROOT
from tools.shots.film import two_windows
from tools.shots.stage import stage
from tools.shots.stills import STILLS

SCENES = {**STILLS, "film": two_windows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(SCENES), action="append", help="this alone; may be repeated")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures", help="default: docs/pictures")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with stage() as opened:
        for name in options.only or SCENES:
            print(name, flush=True)
            SCENES[name](opened, options.out)


if __name__ == "__main__":
    main()
