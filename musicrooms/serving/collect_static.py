"""Collecting the static files, only when there is something new: it takes longer than all the rest of a start."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from musicrooms.backends.start_lock import data_lock


def collect_static_files() -> None:
    """Bring ``STATIC_ROOT`` up to date, unless it holds what was collected from these same files.

    Files of former versions stay: pages that were served before name them.
    """
    stamp = _stamp()
    fingerprint = _fingerprint()
    if not stamp.exists() or stamp.read_text() != fingerprint:
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(fingerprint)


def collect_changed_files() -> None:
    """The same in a worker, which may be the first one of a new version; only what ``up`` collected before."""
    if _stamp().exists():
        with data_lock():
            collect_static_files()


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def _fingerprint() -> str:
    """Names, sizes and times of all that would be collected, and how it would be named."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
