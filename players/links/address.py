"""An absolute http or https address, taken apart and normalised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext

from players.links import hosts
from players.links.link import MAX_LENGTH, refusal, too_long

# The grammar of RFC 3986, appendix B. The split of urllib raises on some texts and drops parts of others.
_PARTS = re.compile(
    r"(?:([a-z][a-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL
)
_PORT = re.compile(r":([0-9]*)\Z")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# "%" is kept: what is encoded already stays so.
_SAFE = "%/:@!$&'()*+,;=~-._"


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
    scheme, authority, path, query, fragment = split(text)
    if scheme not in _DEFAULT_PORTS or not authority:
        raise refusal(
            text,
            gettext(
                "%(value)s cannot be played; allowed is a YouTube link, or an http:// or https:// address of an audio "
                "or video file."
            ),
        )
    if "@" in authority:
        # The password is not said again: messages are logged and shown to others.
        bare = text.replace(authority, "…@" + authority.rpartition("@")[2], 1)
        raise refusal(
            bare, gettext("%(value)s carries a user name or password; only addresses without one are allowed.")
        )
    host, port = _host_and_port(authority, scheme)
    return composed(f"{scheme}://{host}{port}", host, path or "/", query, fragment)


def composed(origin: str, host: str, path: str, query: str, fragment: str) -> Address:
    """The address of these parts, percent-encoded; LinkError if it grows too long by that."""
    address = Address(origin, host, quote(path, safe=_SAFE), quote(query, safe=_SAFE + "?[]"), fragment)
    if len(address.url) > MAX_LENGTH:
        raise too_long(address.url)
    return address


def split(text: str) -> tuple[str, str, str, str, str]:
    """Scheme in lower case, authority, path, query and fragment; empty where there is none."""
    # Every part is optional and together they take any character, so that the first match is the whole text.
    scheme, authority, path, query, fragment = _PARTS.findall(text)[0]
    return scheme.lower(), authority, path, query, fragment


def _host_and_port(authority: str, scheme: str) -> tuple[str, str]:
    """The normalised host, and ``:port`` unless it is the scheme's default."""
    name, digits, *_ = (*_PORT.split(authority), "")
    host = hosts.normalised(name)
    if host is None:
        raise refusal(
            authority, gettext("%(value)s is not a valid host; allowed is a name like example.org or an IP address.")
        )
    digits = digits or str(_DEFAULT_PORTS[scheme])
    if len(digits) > 5 or not 1 <= int(digits) <= 65_535:
        raise refusal(digits, gettext("%(value)s is not a valid port; allowed is 1 to 65535."))
    return host, "" if int(digits) == _DEFAULT_PORTS[scheme] else f":{int(digits)}"
