"""Django's SECRET_KEY: from the environment, or generated once and stored in the data directory."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

LEAST_CHARACTERS = 32
"""Random letters: about 180 bits. Django warns below 50 characters."""


def secret_key(given: str, path: Path) -> str:
    """The key ``given``, or the one stored at ``path``; raises ImproperlyConfigured if it is short or unreadable."""
    if given:
        return _long_enough("SECRET_KEY", given, "make one with: openssl rand -base64 48")
    try:
        kept = kept_secret(path)
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read or made: {error.strerror}.") from None
    return _long_enough(str(path), kept, "restore it from a backup, or delete it, which signs everybody out")


def _long_enough(name: str, key: str, remedy: str) -> str:
    if len(key) < LEAST_CHARACTERS:
        raise ImproperlyConfigured(
            f"{name} has {len(key)} characters; a key that nobody can guess has {LEAST_CHARACTERS} at least: {remedy}."
        )
    return key


def kept_secret(path: Path) -> str:
    """The key stored at ``path``, generated if there is none; its mode is 0600. Raises OSError.

    Written to a draft that is then hard-linked, which is atomic: of several processes at once the first wins.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
