"""Addresses that only lead to another one: search engines and messengers wrap links in them to count clicks.

What is inside is written in the address itself; short links are not among them, since only their owners know.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from urllib.parse import unquote

from players.links import address as addresses
from players.links import youtube
from players.links.address import Address
from players.links.characters import FORBIDDEN
from players.links.moments import parameters

_MOST_LAYERS = 4
_WRAPS = (
    # Hosts, the start of the path, the parameters of which one holds the target.
    (r"(?:.+\.)?google\.[a-z.]{2,6}", "/url", ("q", "url")),
    (r"(?:www\.|m\.)?youtube\.com", "/redirect", ("q",)),
    (r"consent\.(?:youtube|google)\.com", "/", ("continue",)),
    (r"(?:l|lm)\.(?:facebook|messenger)\.com", "/l.php", ("u",)),
    (r"(?:www\.)?facebook\.com", "/l.php", ("u",)),
    (r"l\.(?:instagram|threads)\.(?:com|net)", "/", ("u",)),
    (r"(?:www\.)?bing\.com", "/ck/a", ("u",)),
    (r"(?:html\.)?duckduckgo\.com", "/l/", ("uddg",)),
    (r"link\.naver\.com", "/bridge", ("url",)),
    (r"cr\d?\.naver\.com", "/", ("u",)),
    (r"(?:m\.)?search\.naver\.com", "/p/cr", ("u",)),
    (r"link\.zhihu\.com", "/", ("target",)),
    (r"weibo\.cn", "/sinaurl", ("u",)),
    (r"(?:www\.)?pixiv\.net", "/jump.php", ("url",)),
    (r"slack-redir\.net", "/link", ("url",)),
    (r"(?:.+\.)?safelinks\.protection\.outlook\.com", "/", ("url",)),
    (r"statics\.teams\.cdn\.office\.net", "/evergreen-assets/safelinks", ("url",)),
    (r"(?:www\.)?linkedin\.com", "/redir/redirect", ("url",)),
    (r"(?:www\.)?linkedin\.com", "/safety/go", ("url",)),
    (r"vk\.com", "/away.php", ("to",)),
    (r"t\.umblr\.com", "/redirect", ("z",)),
    (r"out\.reddit\.com", "/", ("url",)),
    (r"steamcommunity\.com", "/linkfilter", ("url", "u")),
    (r"exit\.sc", "/", ("url",)),
)
_COMPILED = tuple((re.compile(host), path, names) for host, path, names in _WRAPS)
_IN_PATH = (
    (re.compile(r"(?:.+\.)?search\.yahoo\.com"), re.compile(r"/RU=([^/]+)/")),
    (re.compile(r"urldefense\.com"), re.compile(r"/v3/__(.+?)__;")),
)


def unwrapped(address: Address) -> Address:
    """The address at the heart of ``address``, itself if it is no wrap; LinkError if what it wraps is no address."""
    for _ in range(_MOST_LAYERS):
        target = _target(address)
        if not target:
            break
        address = addresses.read(youtube.with_scheme(target))
    return address


def _target(address: Address) -> str:
    """What a wrap leads to; empty if it is none."""
    for hosts, path, names in _COMPILED:
        if hosts.fullmatch(address.host) and address.path.startswith(path):
            given = parameters(address.query)
            found = next((given[name] for name in names if given.get(name)), "")
            return _whole(_decoded(found) if "bing" in address.host else found)
    for hosts, place in _IN_PATH:
        whole = f"{address.path}?{address.query}" if address.query else address.path
        if hosts.fullmatch(address.host) and (match := place.search(whole)):
            return _whole(unquote(match[1]))
    return ""


def _decoded(text: str) -> str:
    """The address in a click of Bing: ``a1`` and Base64 without its padding."""
    try:
        return urlsafe_b64decode(text[2:] + "=" * (-len(text[2:]) % 4)).decode() if text.startswith("a1") else text
    except (binascii.Error, ValueError):
        return ""


def _whole(text: str) -> str:
    """``text`` if it is an address: a search engine's ``q`` can be anything."""
    is_address = re.match(r"https?:/{1,2}[^/]", text, re.IGNORECASE) or youtube.WITHOUT_SCHEME.match(text)
    # Filters on the way fold two slashes into one.
    return re.sub(r"^(https?):/(?=[^/])", r"\1://", text) if is_address and not FORBIDDEN.search(text) else ""
