"""What a pasted link turned out to be."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from players.links.characters import FORBIDDEN, shown

MAX_LENGTH = 2_000
"""Characters of a link, as pasted and as normalised: what browsers, proxies and databases all carry."""


class LinkError(ValueError):
    """The text is no link that can be played. The message is a sentence for the person who pasted it."""


def refusal(value: str, sentence: str, **details: object) -> LinkError:
    """The error whose message is ``sentence`` with ``value``, shortened, and the ``details`` in it."""
    return LinkError(sentence % {"value": shown(value), **details})


def too_long(value: str) -> LinkError:
    message = gettext("%(value)s has %(length)s characters; allowed are %(most)s.")
    return refusal(value, message, length=f"{len(value):,}", most=f"{MAX_LENGTH:,}")


def not_a_link(value: str) -> LinkError:
    message = gettext(
        "%(value)s is not a link; allowed is a YouTube link, or an http:// or https:// address of an audio or video "
        "file."
    )
    return refusal(value, message)


def refuse_unreadable(text: str) -> None:
    """Raise LinkError if ``text`` is no address, whatever it is the address of."""
    if not text:
        raise not_a_link(text)
    if len(text) > MAX_LENGTH:
        raise too_long(text)
    if FORBIDDEN.search(text):
        raise refusal(text, gettext("%(value)s has a space or an invisible character inside; a link may have none."))


@dataclass(frozen=True, slots=True)
class Listed:
    """What a file of links says of one of them. It is somebody's word, and so never shown in other rooms."""

    title: str = ""
    artist: str = ""
    artwork_url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Something playable. Its provider and media id are its identity; two links to one thing share them."""

    provider: str
    """``"youtube"``, ``"direct"`` or ``"library"``."""

    media_id: str
    """YouTube: the id of the video. Direct: the normalised absolute URL without its fragment. Library: a number."""

    url: str
    """The canonical public link."""

    start_ms: int | None
    end_ms: int | None

    kind: str
    """``"audio"``, ``"video"`` or ``"unknown"``: direct links by the file's ending, YouTube always video."""

    title: str
    """A guess from the name of the file; empty for YouTube, which has to be asked."""

    listed: Listed = Listed()


@dataclass(frozen=True, slots=True)
class PlaylistLink:
    """A YouTube playlist: what is on it has to be asked."""

    playlist_id: str
    url: str
