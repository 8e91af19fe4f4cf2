"""Static files of other releases, during a rolling upgrade of several workers or machines.

A page refers to its files by content hash, and its requests may reach a process of another release: an older worker,
whose index of files dates from its start, or another machine. A file missing from the index is looked up on disk,
where another worker may have collected it since, and in the database, to which each machine uploads what it serves.
"""

from __future__ import annotations

import json
import logging
import mimetypes
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from musicrooms.models import StaticFile

logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""Retention after the last release with a file; few pages stay open for longer."""

CACHED_FOR = "max-age=315360000, public, immutable"
"""Ten years, as servestatic sends for hashed names: their content never changes."""


def share_static_files() -> None:
    """Upload the collected files for other machines: not with SQLite, which serves one. Database errors are logged."""
    if connection.vendor == "sqlite" or settings.DEBUG:
        return
    try:
        keep_static_files()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("The static files could not be kept for other machines: %s", " ".join(str(error).split()))


def keep_static_files() -> None:
    """Upload the collected files to the database, and delete those that no release had for ``KEPT``."""
    names = set(_collected())
    known = set(StaticFile.objects.filter(name__in=names).values_list("name", flat=True))
    StaticFile.objects.filter(name__in=names).update(served_at=timezone.now())
    new = [StaticFile(name=name, content=content) for name in names - known if (content := _on_disk(name)) is not None]
    StaticFile.objects.bulk_create(new, batch_size=20, ignore_conflicts=True)  # another machine may do the same
    StaticFile.objects.filter(served_at__lt=timezone.now() - KEPT).delete()


@require_safe
def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """View: a static file that is missing from this process' index; Http404 if neither disk nor database has it."""
    if "\0" in name:  # which PostgreSQL refuses to even look for
        raise Http404
    content = _on_disk(name)
    if content is None:
        kept = StaticFile.objects.filter(name=name).first()
        if kept is None:
            raise Http404
        content = bytes(kept.content)
    response = HttpResponse(content, content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response["Cache-Control"] = CACHED_FOR
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _collected() -> list[str]:
    """The hashed names of this release's files, from the manifest."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    return list(json.loads(manifest.read_text())["paths"].values()) if manifest.exists() else []


def _on_disk(name: str) -> bytes | None:
    """The content of a collected file; None for one without a hash in its name, whose content may change."""
    if not _is_hashed(name):
        return None
    try:
        return Path(safe_join(settings.STATIC_ROOT, name)).read_bytes()
    except (SuspiciousFileOperation, OSError, ValueError):
        return None


def _is_hashed(name: str) -> bool:
    """Whether ``name`` contains a content hash, as ``room.0123456789ab.js`` does."""
    parts = Path(name).name.split(".")
    return len(parts) >= 3 and len(parts[-2]) == 12 and set(parts[-2]) <= set("0123456789abcdef")
