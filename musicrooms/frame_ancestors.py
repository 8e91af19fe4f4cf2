"""Who may show a room's player inside a page of their own, as the Content-Security-Policy writes it."""

from __future__ import annotations

import re

from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured

_SOURCE = re.compile(
    r"\*|https?:|(?:https?://)?(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?:\d{1,5}|\*))?", re.IGNORECASE
)


def frame_ancestors(name: str, texts: list[str]) -> list[str]:
    """The sources that the setting ``name`` lists; raises ImproperlyConfigured with a sentence if one cannot be."""
    return [_source(name, text.strip()) for text in texts if text.strip()]


def _source(name: str, text: str) -> str:
    if text.strip("'").lower() == "self":
        return SELF
    if not _SOURCE.fullmatch(text):
        raise ImproperlyConfigured(
            f"{name} holds “{text[:80]}”; allowed are origins such as https://blog.example.org, "
            "https://*.example.org, “self”, and “*” for every site."
        )
    return text
