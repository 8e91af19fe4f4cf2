"""Files that import others, and what is left to fetch when each is joined with what it imports."""

from __future__ import annotations

import posixpath
from abc import ABC, abstractmethod
from collections.abc import Mapping


class Bundles(ABC):
    """The files of one kind in ``files``, which has their text by path, and what they import."""

    suffix: str

    def __init__(self, files: Mapping[str, str]) -> None:
        self._texts = {path: text for path, text in files.items() if path.endswith(self.suffix)}
        self._imports = {
            path: [self._resolved(path, name) for name in self.imported(text)] for path, text in self._texts.items()
        }

    @abstractmethod
    def imported(self, text: str) -> list[str]:
        """What a file imports, in its order, as it is written there."""

    @abstractmethod
    def joined(self, root: str) -> str:
        """One text that does what ``root`` and all that it imports do."""

    @property
    def parts(self) -> set[str]:
        """What another file imports, so that no browser has to fetch it."""
        return {path for imports in self._imports.values() for path in imports}

    @property
    def roots(self) -> list[str]:
        """What no other file imports: what pages name."""
        return sorted(self._texts.keys() - self.parts)

    def in_order(self, root: str) -> list[str]:
        """``root`` and all that it imports, each once, after what it imports itself and in the order of the imports.

        Raises ValueError if a file imports itself, by whatever way.
        """
        found: dict[str, None] = {}
        self._collect(root, found, ())
        return list(found)

    def _collect(self, path: str, found: dict[str, None], above: tuple[str, ...]) -> None:
        if path in above:
            raise ValueError(f"{path} imports itself: {' → '.join([*above, path])}.")
        if path in found:
            return
        for imported in self._imports[path]:
            self._collect(imported, found, (*above, path))
        found[path] = None

    def _resolved(self, path: str, name: str) -> str:
        if not name.startswith("."):
            raise ValueError(f"{path} imports {name!r}; only paths that begin with a dot are allowed.")
        found = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if found not in self._texts:
            raise ValueError(f"{path} imports {name!r}, which does not exist.")
        return found
