"""``http://`` media on a site that is itself on ``https://``, which browsers call mixed content.

Chrome and Firefox ask for such media by ``https://`` on their own and never fall back; Safari blocks them. So an
address that works by ``https://`` too, as nearly every host on the default port does, is written so when it is added
and plays in all three. A number in place of a name has no certificate and is not upgraded by any browser, and a port of
its own (a radio's ``:8000``) speaks plain HTTP alone: those would be silent for everybody and are refused instead.
A listener's own machine (``localhost``) counts as safe and stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from django.utils.translation import gettext

from players.links.address import Address
from players.links.link import refusal

_PLAIN = re.compile(r"http://(?P<host>\[[^\]]*\]|[^:]+)(?P<port>:[0-9]+)?")
_NUMBERS = re.compile(r"\[.*\]|[0-9.]+")
_OWN_MACHINE = re.compile(r"(?:.+\.)?localhost|127\.[0-9.]+|\[::1\]")


def secured(address: Address) -> Address:
    """``address`` as it plays on an ``https://`` site; LinkError if it cannot."""
    plain = _PLAIN.fullmatch(address.origin)
    if plain is None or _OWN_MACHINE.fullmatch(plain["host"]):
        return address
    if plain["port"] or _NUMBERS.fullmatch(plain["host"]):
        sentence = gettext(
            "%(value)s is an http:// address, which browsers refuse to play on this https:// site; paste one that "
            "begins with https://."
        )
        raise refusal(address.url, sentence)
    return replace(address, origin=address.origin.replace("http://", "https://", 1))
