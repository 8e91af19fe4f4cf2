"""An absolute http or https address, read and normalised as browsers do it: by the URL standard of WHATWG."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ada_url import normalize_url
from django.utils.translation import gettext

from players.links.link import MAX_LENGTH, refusal, too_long

# Browsers also take "https:/example.org" and "https:///example.org"; as a pasted text that is a slip.
_START = re.compile(r"https?://([^/?#]+)", re.IGNORECASE)
_DIGITS = re.compile("[0-9]+")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# The standard also allows hosts that no name server can have, such as "a..b" or one with quotes.
_HOST = rf"\[[0-9a-f:]+\]|(?=[^:/]{{1,253}}\.?[:/])(?:{_LABEL}\.)*{_LABEL}"
# What the library gives is in one form, so that this takes it apart rightly; its own parts come at twice the time.
_PARTS = re.compile(rf"(https?://)({_HOST})\.?(:[0-9]+)?(/[^?#]*)(?:\?([^#]*))?(?:#(.*))?")


@dataclass(frozen=True, slots=True)
class Address:
    """``origin`` is scheme, host and any port but the default one; empty for a path on this server."""

    origin: str
    host: str
    path: str
    query: str
    fragment: str

    @property
    def url(self) -> str:
        """The address without its fragment, in ASCII."""
        return self.origin + self.path + (f"?{self.query}" if self.query else "")


def read(text: str) -> Address:
    """The address that ``text`` writes; LinkError if it is not a well-formed absolute http or https one."""
    start = _START.match(text)
    if start is None:
        raise refusal(
            text,
            gettext(
                "%(value)s cannot be played; allowed is a YouTube link, or an http:// or https:// address of an audio "
                "or video file."
            ),
        )
    authority = start[1]
    _refuse_password(text, authority)
    _refuse_port(authority)
    scheme, host, port, path, query, fragment = _parts(text, authority)
    return _no_longer_than_allowed(Address(f"{scheme}{host}{port}", host, path, query, fragment))


def on_this_server(path: str) -> Address:
    """The address of an absolute path, which has no origin; LinkError if it is too long."""
    _, _, _, path, query, fragment = _parts(f"http://localhost{path}", "")
    return _no_longer_than_allowed(Address("", "", path, query, fragment))


def _parts(text: str, authority: str) -> tuple[str, ...]:
    """Scheme, host, port, path, query and fragment of ``text``; empty where there is none."""
    # For browsers a backslash ends the host and for others it does not: it could be shown as one and lead to another.
    if "\\" not in authority:
        try:
            parts = _PARTS.fullmatch(normalize_url(text))
        except ValueError:
            parts = None
        if parts is not None:
            return parts.groups("")
    raise refusal(
        authority, gettext("%(value)s is not a valid host; allowed is a name like example.org or an IP address.")
    )


def _no_longer_than_allowed(address: Address) -> Address:
    if len(address.url) > MAX_LENGTH:
        raise too_long(address.url)
    return address


def _refuse_password(text: str, authority: str) -> None:
    if "@" in authority:
        # The password is not said again: messages are logged and shown to others.
        bare = text.replace(authority, "…@" + authority.rpartition("@")[2], 1)
        raise refusal(
            bare, gettext("%(value)s carries a user name or password; only addresses without one are allowed.")
        )


def _refuse_port(authority: str) -> None:
    _, colon, port = authority.rpartition(":")
    if not colon or not _DIGITS.fullmatch(port):
        return
    number = port.lstrip("0")  # of thousands of digits Python makes no number, and raises
    if len(number) > 5 or not 1 <= int(number or 0) <= 65_535:
        raise refusal(port, gettext("%(value)s is not a valid port; allowed is 1 to 65535."))
