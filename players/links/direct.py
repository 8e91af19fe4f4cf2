"""Links to audio and video files."""

from __future__ import annotations

import re
from urllib.parse import unquote

from django.utils.translation import gettext

from players.links import address as addresses
from players.links.address import Address
from players.links.characters import one_line
from players.links.link import Link, refusal
from players.links.moments import fragment_span, moment_ms, ordered

_AUDIO = frozenset({"aac", "flac", "m4a", "m4b", "mka", "mp3", "oga", "ogg", "opus", "wav", "weba"})
_VIDEO = frozenset({"m4v", "mkv", "mov", "mp4", "ogv", "webm"})
_STREAM = frozenset({"m3u8"})
FILES = _AUDIO | _VIDEO
ENDINGS = FILES | _STREAM
"""The endings of files that browsers play, and of HLS streams, which are one track each whatever is in them."""

_UNNAMED = frozenset(
    {"chunklist", "hls", "index", "live", "main", "manifest", "master", "playlist", "prog_index", "stream"}
)
"""What every other stream is called: the folder that it lies in says more."""

# An ending has a letter, so that "Take 1.5" keeps its number.
_ENDING = re.compile(r"(?P<name>.+)\.(?P<ending>(?=[0-9]*[a-z])[a-z0-9]{1,5})", re.IGNORECASE | re.DOTALL)

_BEFORE_QUERY = re.compile(r"[^?#]*")


def read(address: Address) -> Link:
    """The link to the file at ``address``, on any host, private ones too, which only browsers ever ask."""
    start, end = fragment_span(address.fragment)
    start_ms, end_ms = ordered(moment_ms(start), moment_ms(end))
    name, ending = _file(address.path)
    if ending in _STREAM and name.lower() in _UNNAMED:
        name = unquote(address.path.rstrip("/").split("/")[-2])
    return Link(
        provider="direct",
        media_id=address.url,
        url=address.url,
        start_ms=start_ms,
        end_ms=end_ms,
        kind=_kind(ending),
        title=one_line(name.replace("_", " ")) or address.host,
    )


def own(text: str) -> Link:
    """The link to a file of this server, given as an absolute path such as ``/media/demo/dusk.mp3``."""
    # As written: dots and backslashes are resolved when it is read.
    path = unquote(_BEFORE_QUERY.findall(text)[0])
    if "\\" in path or {"", ".", ".."} & set(path.split("/")[1:]):
        raise refusal(
            text, gettext("%(value)s is not the path of a file; allowed is one such as /media/demo/dusk.mp3.")
        )
    return read(addresses.on_this_server(text))


def _file(path: str) -> tuple[str, str]:
    """The name of the file at the end of ``path`` without its ending, and the ending in lower case."""
    segment = unquote(path.rstrip("/").rpartition("/")[2])
    match = _ENDING.fullmatch(segment)
    return (match["name"], match["ending"].lower()) if match else (segment, "")


def _kind(ending: str) -> str:
    return "audio" if ending in _AUDIO else "video" if ending in _VIDEO else "unknown"
