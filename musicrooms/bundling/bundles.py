"""Import graph of source files: entry points, dependencies, and their order in a bundle."""

from __future__ import annotations

import posixpath
from abc import ABC, abstractmethod
from collections.abc import Mapping


class Bundles(ABC):
    """The files of one kind among ``files``, which maps paths to texts.

    Raises ValueError for an import that is not a relative path, or whose file does not exist.
    """

    suffix: str

    def __init__(self, files: Mapping[str, str]) -> None:
        self._texts = {path: text for path, text in files.items() if path.endswith(self.suffix)}
        self._imports = {
            path: [self._resolved(path, name) for name in self.imported(text)] for path, text in self._texts.items()
        }

    @abstractmethod
    def imported(self, text: str) -> list[str]:
        """The specifiers that a file imports, as written and in their order."""

    @abstractmethod
    def joined(self, root: str) -> str:
        """The bundle of ``root`` with all its dependencies."""

    @property
    def parts(self) -> set[str]:
        """Paths that another file imports, which no browser fetches."""
        return {path for imports in self._imports.values() for path in imports}

    @property
    def roots(self) -> list[str]:
        """Entry points: paths that no other file imports, sorted."""
        return sorted(self._texts.keys() - self.parts)

    def in_order(self, root: str) -> list[str]:
        """``root`` and its dependencies in topological order, depth first: each once, after what it imports.

        Raises ValueError for an import cycle.
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
