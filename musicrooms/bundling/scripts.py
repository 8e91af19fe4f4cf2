"""Linker and minifier of ES modules."""

from __future__ import annotations

import re

from rjsmin import jsmin

from musicrooms.bundling.bundles import Bundles

ALLOWED = "allowed are named imports, and the export of a function, a class or a constant where it is declared"

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:(?:async )?function|class|const) ([\w$]+))", re.MULTILINE)
_NO_EXPORT = re.compile(r"^export \{\};\n", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export|await)\b.*|\bimport\b\s*[.(].*", re.MULTILINE)


class Scripts(Bundles):
    """Bundles of modules with named imports, and exports of functions, classes and constants only.

    Each module becomes an IIFE that returns its exports, and imports become destructuring constants at its start. So
    scopes stay separate, and dependencies run first. Anything else raises ValueError: exported bindings are copied,
    not live.
    """

    suffix = ".js"

    def imported(self, text: str) -> list[str]:
        return [path for _names, path in _IMPORT.findall(text)]

    def joined(self, root: str) -> str:
        numbers = {path: number for number, path in enumerate(self.in_order(root))}
        return str(jsmin("\n".join(self._linked(path, numbers) for path in numbers)))

    def _linked(self, path: str, numbers: dict[str, int]) -> str:
        text = self._texts[path]
        exported = _EXPORT.findall(text)
        constants = [
            f"const {{{names.replace(' as ', ': ')}}} = m{numbers[self._resolved(path, name)]};\n"
            for names, name in _IMPORT.findall(text)
        ]
        body = _NO_EXPORT.sub("", _EXPORT.sub("", _IMPORT.sub("", text)))
        if other := _OTHER.search(_without_comments(body)):
            raise ValueError(f"{path}: {other[0]!r} cannot be linked; {ALLOWED}.")
        body = "".join([*constants, body, f"\nreturn {{{', '.join(exported)}}};"])
        return f"const m{numbers[path]} = (() => {{\n{body}\n}})();"


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
