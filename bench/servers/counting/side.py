"""This project as a side whose SQL statements are counted."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.servers.side import Data, Ours


class Counting(Ours):
    """Says how many SQL statements it has sent."""

    settings = "counted_settings"

    def __init__(self, data: Data, program: str) -> None:
        super().__init__(data, program, PYTHONPATH=str(Path(__file__).parent))

    def statements(self) -> int:
        return int.from_bytes((self.folder / "statements").read_bytes(), sys.byteorder)
