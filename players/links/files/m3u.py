"""M3U and M3U8: an address on each line, with what is known of it in remarks before."""

from __future__ import annotations

import re

from django.utils.translation import gettext

from players.links.characters import one_line
from players.links.files.item import Item, artist_and_title
from players.links.link import LinkError

_LINES = re.compile(r"\r\n|\r|\n")
_INF = re.compile(r"#EXTINF:\s*(?:-?[0-9]+(?:\.[0-9]+)?)?", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s*([\w-]+)=(?:"([^"]*)"|([^\s,"]+))""")
_HLS = ("#EXT-X-TARGETDURATION", "#EXT-X-STREAM-INF", "#EXT-X-MEDIA-SEQUENCE")
# "http://…|User-Agent=…": headers that some players send, behind the address. An address may have a bar of its own.
_HEADERS = re.compile(
    r"\|(?:[a-z]+-[a-z-]+|accept|authorization|cookie|host|origin|range|referr?er|seekable|verifypeer)=.*",
    re.IGNORECASE,
)
_ARTISTS, _PICTURES = "#EXTART:", ("#EXTALBUMARTURL:", "#EXTIMG:")


def items(text: str) -> list[Item]:
    """The entries of the list; LinkError for the list of a stream's pieces, which nobody means to add one by one."""
    found: list[Item] = []
    said: dict[str, str] = {}
    for line in map(str.strip, _LINES.split(text)):
        upper = line[:40].upper()
        if upper.startswith(_HLS):
            raise LinkError(gettext("This file is one stream in pieces (HLS); paste the address that it came from."))
        if upper.startswith("#EXTINF:"):
            said |= _remark(line)
        elif upper.startswith(_ARTISTS):
            said["artist of its own"] = one_line(line.partition(":")[2])
        elif upper.startswith(_PICTURES):
            said["artwork_url"] = line.partition(":")[2].strip()
        elif line and not line.startswith("#"):
            found.append(_item(_HEADERS.sub("", line), said))
            said = {}
    return found


def _item(address: str, said: dict[str, str]) -> Item:
    artist = said.get("artist of its own")
    if artist is None:
        return Item(address, said.get("title", ""), said.get("artist", ""), said.get("artwork_url", ""))
    title = f"{one_line(said.get('line', ''))} ".removeprefix(f"{artist} - " if artist else "").strip()
    return Item(address, title, artist, said.get("artwork_url", ""))


def _remark(line: str) -> dict[str, str]:
    """What stands in ``#EXTINF:213 tvg-logo="…",Artist - Title``."""
    match = _INF.match(line)
    at = match.end() if match else len(line)
    attributes: dict[str, str] = {}
    while attribute := _ATTRIBUTE.match(line, at):
        attributes[attribute[1].lower()] = attribute[2] or attribute[3] or ""
        at = attribute.end()
    rest = line[at:].lstrip()
    name = rest[1:] if rest.startswith(",") else rest.partition(",")[2] if "," in rest else rest
    # What has attributes is a station's name, in which a dash parts nothing.
    artist, title = ("", one_line(name)) if attributes else artist_and_title(name)
    title = title or one_line(attributes.get("tvg-name", ""))
    return {"line": name, "artist": artist, "title": title, "artwork_url": attributes.get("tvg-logo", "")}
