"""The static files of other versions, while one version follows another on several workers or machines.

A page names its files by their content, and its requests for them may reach a process that started with another
version: an older worker, whose list of files is from its start, or another machine. What a process does not know is
looked for on the disk, where another worker may have collected it since, and in the database, where each machine keeps
what it serves.
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
"""Pages that were opened longer ago than this, and are still open, are few."""

CACHED_FOR = "max-age=315360000, public, immutable"
"""As long as the server itself has it: the name tells the content."""


def share_static_files() -> None:
    """Keep the collected files for other machines, where there can be any: not with SQLite."""
    if connection.vendor == "sqlite" or settings.DEBUG:
        return
    try:
        keep_static_files()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("The static files could not be kept for other machines: %s", " ".join(str(error).split()))


def keep_static_files() -> None:
    """Keep the collected files in the database, and forget those of versions that are long gone."""
    names = set(_collected())
    known = set(StaticFile.objects.filter(name__in=names).values_list("name", flat=True))
    StaticFile.objects.filter(name__in=names).update(served_at=timezone.now())
    new = [StaticFile(name=name, content=content) for name in names - known if (content := _on_disk(name)) is not None]
    StaticFile.objects.bulk_create(new, batch_size=20, ignore_conflicts=True)  # another machine may do the same
    StaticFile.objects.filter(served_at__lt=timezone.now() - KEPT).delete()


@require_safe
def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """A static file that this process did not know when it started."""
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
    """The names by which pages of this version ask for files."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    return list(json.loads(manifest.read_text())["paths"].values()) if manifest.exists() else []


def _on_disk(name: str) -> bytes | None:
    """The content of a collected file; only of one whose name tells its content, as it changes under any other."""
    if not _is_hashed(name):
        return None
    try:
        return Path(safe_join(settings.STATIC_ROOT, name)).read_bytes()
    except (SuspiciousFileOperation, OSError, ValueError):
        return None


def _is_hashed(name: str) -> bool:
    """Whether ``name`` is as in ``room.0123456789ab.js``."""
    parts = Path(name).name.split(".")
    return len(parts) >= 3 and len(parts[-2]) == 12 and set(parts[-2]) <= set("0123456789abcdef")
