"""Style sheets, each joined with what it imports."""

from __future__ import annotations

import re

from musicrooms.bundling.bundles import Bundles

_IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)


class Styles(Bundles):
    """Those which import others by ``@import "./other.css";``, a line for each."""

    suffix = ".css"

    def imported(self, text: str) -> list[str]:
        return _IMPORT.findall(text)

    def joined(self, root: str) -> str:
        return "".join(_IMPORT.sub("", self._texts[path]) for path in self.in_order(root))
