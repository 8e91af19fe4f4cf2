"""Static files storage that bundles as it collects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from servestatic.storage import CompressedManifestStaticFilesStorage

from musicrooms.bundling.scripts import Scripts
from musicrooms.bundling.styles import Styles

OWN = ("rooms/", "players/")
"""Prefixes of the files that are bundled; other applications' are left as they are."""


class BundledFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # servestatic is not typed
    """Compressed files with hashed names; each entry point becomes its bundle, and the modules in that are removed.

    Unbundled, a page would wait one round trip for each level of imports, with six requests at a time.
    """

    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        ours = [path for path in paths if path.startswith(OWN) and path.endswith((".js", ".css"))]
        texts = {path: _text(*paths[path]) for path in ours}
        for bundles in (Scripts(texts), Styles(texts)):
            for root in bundles.roots:
                if not dry_run:
                    self.delete(root)
                    self._save(root, ContentFile(bundles.joined(root)))
                paths[root] = (self, root)
            for path in bundles.parts:
                del paths[path]
                if not dry_run:
                    self.delete(path)
        yield from super().post_process(paths, dry_run, **options)


def _text(storage: Any, path: str) -> str:
    with storage.open(path) as file:
        return str(file.read().decode())
