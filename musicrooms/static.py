"""How static files are named: by their content, so that browsers may keep them for ever."""

from __future__ import annotations

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedModules(ManifestStaticFilesStorage):
    """Hashed names, also inside the ``import`` statements of ES modules."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20
    """Each pass settles one level of imports; this is deeper than any module here."""
