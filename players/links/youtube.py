"""YouTube's many ways to write the address of a video or a playlist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from django.utils.translation import gettext

from players.links import address as addresses
from players.links.address import Address
from players.links.characters import FORBIDDEN
from players.links.link import Link, LinkError, PlaylistLink, refusal
from players.links.moments import first_moment_ms, fragment_span, ordered, parameters

_DOMAINS = ("youtube.com", "youtu.be", "youtube-nocookie.com")
WITHOUT_SCHEME = re.compile(
    r"(?://)?(?:[a-z0-9-]+\.)*(?:youtube(?:-nocookie)?\.com|youtu\.be)\.?(?::[0-9]*)?(?=[/?#]|$)",
    re.IGNORECASE,
)
"""The start of a YouTube address as people type it."""

_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_PLAYLIST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PAGES_WITH_ID_IN_PATH = frozenset({"shorts", "live", "embed", "v", "e", "watch"})
_PAGES_WITH_ID_IN_QUERY = frozenset({"watch", "watch_popup"})
_PAGES_OF_LISTS = frozenset({"playlist", "watch", "embed"})
# Pages under /embed/ whose names happen to have the form of a video id.
_NO_VIDEOS = frozenset({"videoseries", "live_stream"})
_PERSONAL_LISTS = frozenset({"WL", "LL", "LM"})


def is_video_id(text: str) -> bool:
    """Whether ``text`` has the form of the id of a video."""
    return _VIDEO_ID.fullmatch(text) is not None


def is_playlist_id(text: str) -> bool:
    """Whether ``text`` has the form of the id of a playlist."""
    return _PLAYLIST_ID.fullmatch(text) is not None


def video(media_id: str, start_ms: int | None = None, end_ms: int | None = None) -> Link:
    """The link to the video of this id."""
    url = f"https://www.youtube.com/watch?v={media_id}"
    return Link("youtube", media_id, url, start_ms, end_ms, kind="video", title="")


def is_host(host: str) -> bool:
    """Whether ``host`` is YouTube's own; a look-alike is not."""
    return any(host == domain or host.endswith(f".{domain}") for domain in _DOMAINS)


def with_scheme(text: str) -> str:
    """``text``, made absolute if it is a YouTube address without its scheme."""
    return "https://" + text.removeprefix("//") if WITHOUT_SCHEME.match(text) else text


def read(address: Address) -> Link | PlaylistLink:
    """The video or the playlist that a YouTube address names; LinkError if it names neither."""
    if _page(address).name == "attribution_link":
        address = _attributed(address)
    page = _page(address)
    media_id = page.named_video(address.host)
    if media_id:
        return _video(media_id, page.given, address.fragment)
    if page.name in _PAGES_OF_LISTS and page.given.get("list"):
        return _playlist(page.given["list"])
    raise _no_video(address)


@dataclass(frozen=True, slots=True)
class _Page:
    """The segments of a path and the parameters given to it."""

    segments: list[str]
    given: dict[str, str]

    @property
    def name(self) -> str:
        return self.segments[0].lower() if self.segments else ""

    def named_video(self, host: str) -> str:
        """What stands where the id of a video should; empty if nothing does."""
        named = ""
        if self.name in _PAGES_WITH_ID_IN_PATH and len(self.segments) > 1:
            named = self.segments[1]
        elif self.name in _PAGES_WITH_ID_IN_QUERY:
            named = self.given.get("v", "")
        elif host.endswith("youtu.be") and self.segments:
            named = self.segments[0]
        return "" if named in _NO_VIDEOS else named


def _page(address: Address) -> _Page:
    """The page of this address, with the parameters wherever sharing has put them.

    People paste ``/watch%3Fv=…``, ``/v/ID&start=9``, ``?v=ID?t=90`` and ``?v=ID&amp;t=90`` too.
    """
    path, _, misplaced = unquote(address.path).replace("?", "&").partition("&")
    query = f"{misplaced}&{address.query}".replace("&amp;", "&").replace("?", "&")
    return _Page([segment for segment in path.split("/") if segment], parameters(query))


def _attributed(around: Address) -> Address:
    """The YouTube address that an attribution link leads to."""
    target = _page(around).given.get("u", "")
    if not target or FORBIDDEN.search(target):
        raise _no_video(around)
    address = addresses.read(f"https://www.youtube.com{target}" if target.startswith("/") else target)
    if not is_host(address.host):
        raise _no_video(around)
    return address


def _video(media_id: str, given: dict[str, str], fragment: str) -> Link:
    if not is_video_id(media_id):
        raise refusal(
            media_id,
            gettext('%(value)s is not the id of a YouTube video; one has 11 letters, digits, "-" or "_".'),
        )
    start, end = fragment_span(fragment)
    start_ms = first_moment_ms(*(given.get(name, "") for name in ("t", "start", "time_continue")), start)
    return video(media_id, *ordered(start_ms, first_moment_ms(given.get("end", ""), end)))


def _playlist(playlist_id: str) -> PlaylistLink:
    if playlist_id.startswith("RD"):
        raise refusal(
            playlist_id, gettext("%(value)s is a mix, which YouTube makes up for each viewer; use a playlist.")
        )
    if playlist_id in _PERSONAL_LISTS:
        raise refusal(playlist_id, gettext("%(value)s is a list that only its owner sees; use a public playlist."))
    if not is_playlist_id(playlist_id):
        raise refusal(
            playlist_id,
            gettext('%(value)s is not the id of a playlist; one has up to 64 letters, digits, "-" or "_".'),
        )
    return PlaylistLink(playlist_id, f"https://www.youtube.com/playlist?list={playlist_id}")


def _no_video(address: Address) -> LinkError:
    return refusal(
        address.url,
        gettext("%(value)s is on YouTube but names no video; use a link to one video or to a playlist."),
    )
