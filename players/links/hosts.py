"""The host of an address, in the one form that browsers give it."""

from __future__ import annotations

import ipaddress
import re

import idna

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")
# Browsers read a name whose last label is a number as an IPv4 address, even in forms such as 0x7f.1.
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_MAX_NAME_LENGTH = 253


def normalised(host: str) -> str | None:
    """``host`` in lower case, IDNA names in their ``xn--`` form, IPv6 in brackets; None if it is no host."""
    try:
        if host.startswith("["):
            return _ipv6(host)
        name = _ascii(host).lower().removesuffix(".")
        if _ENDS_IN_NUMBER.fullmatch(name):
            return str(ipaddress.IPv4Address(name))
    except ValueError:  # idna's and ipaddress' own errors are ValueErrors
        return None
    return name if len(name) <= _MAX_NAME_LENGTH and _NAME.fullmatch(name) else None


def _ipv6(host: str) -> str:
    # A zone such as %eth0 means something to one machine only, and not one browser takes it.
    if not host.endswith("]") or "%" in host:
        raise ValueError
    return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"


def _ascii(host: str) -> str:
    # Names in ASCII are not put through IDNA: it refuses the underscores that real hosts have.
    if host.isascii() or len(host) > _MAX_NAME_LENGTH:
        return host
    return idna.encode(host, uts46=True).decode("ascii")
