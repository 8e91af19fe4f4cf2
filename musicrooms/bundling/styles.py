"""Bundles of style sheets."""

from __future__ import annotations

import re

from musicrooms.bundling.bundles import Bundles

_IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)


class Styles(Bundles):
    """Inlines each line ``@import "./other.css";``."""

    suffix = ".css"

    def imported(self, text: str) -> list[str]:
        return _IMPORT.findall(text)

    def joined(self, root: str) -> str:
        return "".join(_IMPORT.sub("", self._texts[path]) for path in self.in_order(root))
