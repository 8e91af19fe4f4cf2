"""Whether the secret key is the one that this database has known so far.

With another one every cookie, link and stored answer is worthless. A second machine without the first one's key, or a
lost ``secret.key``, would make two halves of one site that do not know each other's people.
"""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.crypto import salted_hmac

from musicrooms.models import KeyFingerprint
from rooms.models import Room


def check_key() -> None:
    """Note the key in a database that has none; raises CommandError with a sentence if it has another."""
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
    """Take the present key for the right one from now on."""
    KeyFingerprint.objects.update_or_create(pk=1, defaults={"fingerprint": _fingerprint()})


def _fingerprint() -> str:
    return salted_hmac("musicrooms.key-fingerprint", "", algorithm="sha256").hexdigest()
