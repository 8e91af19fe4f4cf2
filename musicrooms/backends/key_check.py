"""Check that the secret key is the one that this database was used with, by a fingerprint in the database.

A different key invalidates every cookie, signed link and stored answer, as on a second machine without the first one's
key, or after ``secret.key`` was lost.
"""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.crypto import salted_hmac

from musicrooms.models import KeyFingerprint
from rooms.models import Room


def check_key() -> None:
    """Store the key's fingerprint, or raise CommandError if a database with rooms has another one."""
    known, _ = KeyFingerprint.objects.get_or_create(pk=1, defaults={"fingerprint": _fingerprint()})
    if known.fingerprint == _fingerprint():
        return
    if Room.objects.exists():
        raise CommandError(
            "The secret key is not the one that this database was used with, so that nobody's cookie or link would "
            f"be valid. Set SECRET_KEY, or put {settings.DATA_DIR / 'secret.key'} back, from the other machine or "
            "from a backup. If it is lost, begin with the new one, which signs everybody out: bin/manage newkey"
        )
    accept_key()


def accept_key() -> None:
    """Store the present key's fingerprint in the place of the former one."""
    KeyFingerprint.objects.update_or_create(pk=1, defaults={"fingerprint": _fingerprint()})


def _fingerprint() -> str:
    return salted_hmac("musicrooms.key-fingerprint", "", algorithm="sha256").hexdigest()
