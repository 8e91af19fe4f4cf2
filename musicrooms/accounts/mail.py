"""The mail server from ``EMAIL_URL``; without one, mail is written to the server's own output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 587, "smtps": 465}
"""Each scheme with its usual port: ``smtp`` begins plainly and asks for TLS, ``smtps`` is TLS from the first byte."""

ALLOWED = "it is written as smtp://user:password@mail.example.org:587, or smtps:// for TLS from the first byte"


@dataclass(frozen=True)
class Mail:
    """Django's settings for mail."""

    backend: str = "django.core.mail.backends.console.EmailBackend"
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    is_tls: bool = False


def mail(url: str) -> Mail:
    """How mail is sent by that URL; raises ImproperlyConfigured with a sentence, which repeats no password."""
    if not url:
        return Mail()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _refusal(url) from None
    if parts.scheme not in PORTS or not host or parts.path.strip("/") or parts.query not in ("", "tls=0"):
        raise _refusal(url)
    return Mail(
        "django.core.mail.backends.smtp.EmailBackend",
        host,
        port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        # A relay on the same machine may know no TLS; anything else without it has to be asked for by name.
        starts_tls=parts.scheme == "smtp" and parts.query != "tls=0",
        is_tls=parts.scheme == "smtps",
    )


def sender(name: str, text: str) -> str:
    """The address that mail comes from; raises ImproperlyConfigured with a sentence if it is none."""
    if "\n" in text or not re.fullmatch(r"[^<>@]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", text):
        raise ImproperlyConfigured(f"{name} is “{text[:80]}”; it is written as Musicrooms <rooms@example.org>.")
    return text


def verifies(name: str, wanted: bool, url: str) -> bool:
    """Whether new accounts have to confirm their address; raises ImproperlyConfigured with a sentence if none could."""
    if wanted and not url:
        raise ImproperlyConfigured(f"{name} is set, but no EMAIL_URL: nobody would get the link to confirm by.")
    return wanted


def linked(hosts: list[str], url: str) -> list[str]:
    """The names ``hosts`` that the server answers to; raises ImproperlyConfigured if mail is sent and it is any.

    A link by mail leads to the name by which it was asked for: whoever asked in a stranger's place would choose where
    that stranger sends the key to their account.
    """
    if url and "*" in hosts:
        raise ImproperlyConfigured(
            "EMAIL_URL is set, but the links in mails could lead anywhere: set ALLOWED_HOSTS to the names that people "
            "type, as in rooms.example.org."
        )
    return hosts


def _refusal(url: str) -> ImproperlyConfigured:
    shown = url[:80] if "@" not in url else "a URL with a password"
    return ImproperlyConfigured(f"EMAIL_URL is “{shown}”; {ALLOWED}. “?tls=0” at its end sends without TLS.")
