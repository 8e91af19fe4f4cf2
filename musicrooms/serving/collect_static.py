"""Cached ``collectstatic``: skipped while its inputs are unchanged, since it takes longer than the rest of a start."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from musicrooms.backends.start_lock import data_lock


def collect_static_files() -> None:
    """Run ``collectstatic`` unless ``STATIC_ROOT`` was collected from these same files.

    Files of former versions stay: pages that were served before refer to them.
    """
    stamp = _stamp()
    fingerprint = _fingerprint()
    if not stamp.exists() or stamp.read_text() != fingerprint:
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(fingerprint)


def collect_changed_files() -> None:
    """The same in a worker, which may be the first process of a new version after a reload.

    Does nothing where the operator collects by hand: only ``up`` leaves the stamp.
    """
    if _stamp().exists():
        with data_lock():
            collect_static_files()


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def _fingerprint() -> str:
    """SHA-256 over the storage backend's name and each source file's name, size and modification time."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
