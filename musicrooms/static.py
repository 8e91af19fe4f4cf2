"""How static files are named and kept: by their content, so that browsers may keep them for ever, and compressed."""

from __future__ import annotations

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # servestatic is not typed
    """Hashed names, also inside the ``import`` statements of ES modules."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20
    """Each pass settles one level of imports; this is deeper than any module here."""
