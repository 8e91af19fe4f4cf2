"""The id by which a room's people are named to others: a person of that room alone.

The person's own UUID stays with the server: it names the same browser in every room. One block of AES, with a key of
the room's, turns it into another of the same size and back, so that nothing is stored and every person has an id, those
who only listen too.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.conf import settings

LENGTH = 22
"""Letters, digits, ``-`` and ``_``."""


def public_id(room_id: int, person: UUID) -> str:
    """The id of a person in that room."""
    return _public_id(settings.SECRET_KEY, room_id, person)


def person_of(room_id: int, public: str) -> UUID | None:
    """The person whom an id of that room names; None for what is no id. Of another room's id nobody comes of it."""
    if len(public) != LENGTH or not public.isascii() or not public.replace("-", "a").replace("_", "a").isalnum():
        return None
    return UUID(bytes=_cipher(room_id).decryptor().update(urlsafe_b64decode(f"{public}==")))


@lru_cache(maxsize=4096)  # a queue names the same few people in each of its rows
def _public_id(secret_key: str, room_id: int, person: UUID) -> str:
    return urlsafe_b64encode(_cipher_of(secret_key, room_id).encryptor().update(person.bytes)).decode().rstrip("=")


def _cipher(room_id: int) -> Cipher[ECB]:
    return _cipher_of(settings.SECRET_KEY, room_id)


@lru_cache(maxsize=1024)
def _cipher_of(secret_key: str, room_id: int) -> Cipher[ECB]:
    # One block under a key that encrypts nothing else: there is no second block for ECB to show as equal.
    key = hashlib.sha256(f"rooms.person-id\0{secret_key}\0{room_id}".encode()).digest()
    return Cipher(AES(key), ECB())  # noqa: S305
