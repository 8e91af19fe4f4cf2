"""Search for a room by what was typed or pasted: a link, a slug, or a name with slips."""

from __future__ import annotations

import re
from difflib import get_close_matches
from urllib.parse import unquote

from django.db.models import Value
from django.db.models.functions import Replace
from django.utils.text import slugify
from django.utils.translation import gettext

from rooms.core.caller import Caller
from rooms.core.find_room import find_room
from rooms.core.place import Place
from rooms.models import Invitation, Room, Visibility, one_line
from rooms.models.roles import Role

MOST_COMPARED = 500
"""Public rooms, the newest, whose names are compared with a mistyped one."""
MOST_LIKE = 3
LIKENESS = 0.6
"""Of two texts, from 0 to 1: one letter wrong in three is still taken for a slip."""
MOST_NAMED_ALIKE = 20
LONGEST_CODE = 300
"""Characters; a link that gives a role has about two hundred."""

_LINK = re.compile(r"/r/([^/?#\s]+)(?:/as/([^/?#\s]+))?")


def way_to(code: str, caller: Caller) -> str | None:
    """The path of the room that ``code`` names, by a link, its slug or its name; None if the caller may know of none.

    A link that gives a role leads to itself, as if it had been opened.
    """
    code = code[:LONGEST_CODE]
    if in_link := _LINK.search(code):
        return _by_link(unquote(in_link[1]), in_link[2], caller)
    room = _by_name(code, caller)
    return room.get_absolute_url() if room else None


def rooms_like(code: str) -> list[Room]:
    """Public rooms whose names are close to ``code``."""
    wanted = squashed(code[:LONGEST_CODE])
    if not wanted:
        return []
    names: dict[str, Room] = {}
    for room in Room.objects.public().order_by("-pk")[:MOST_COMPARED]:
        names.setdefault(squashed(room.name), room)
    close = get_close_matches(wanted, names, MOST_LIKE, LIKENESS)
    within = [name for name in names if len(wanted) > 2 and wanted in name and name not in close]
    return [names[name] for name in [*close, *within][:MOST_LIKE]]


def why_not(code: str) -> str:
    """The error message for ``code``, which leads to no room."""
    if not code:
        return gettext("Type the name of a room, or paste its link.")
    if "://" in code and not _LINK.search(code):
        return gettext("That link leads to no room here. If it is music, start a room and paste it there.")
    return gettext("There is no room “%(code)s”, or it is private and you need an invitation.") % {
        "code": one_line(code)[:80]
    }


def squashed(text: str) -> str:
    """``text`` without capitals, spaces and punctuation, to compare names regardless of how they were typed."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _by_link(slug: str, ticket: str | None, caller: Caller) -> str | None:
    found = Room.objects.find(slug) if ticket else None
    if ticket and found is not None and Invitation.of_ticket(found, unquote(ticket)) is not None:
        return f"{found.get_absolute_url()}/as/{ticket}"
    room = find_room(slug, caller)
    return room.get_absolute_url() if room else None


def _by_name(code: str, caller: Caller) -> Room | None:
    """The room of a slug or a name, as it was typed: others than public ones only by a slug that nobody guesses."""
    for slug in dict.fromkeys([code.strip("/"), slugify(code, allow_unicode=True)]):
        room = find_room(slug, caller)
        if room is not None and _may_be_named(caller.place_in(room)):
            return room
    named = Room.objects.public().filter(name__iexact=one_line(code)).first()
    return named or _by_squashed_slug(squashed(code), caller)


def _by_squashed_slug(wanted: str, caller: Caller) -> Room | None:
    bare = Replace(Replace("slug", Value("-"), Value("")), Value("_"), Value(""))
    alike = Room.objects.open().annotate(bare=bare).filter(bare=wanted).order_by("pk")
    places = (caller.place_in(room) for room in alike[:MOST_NAMED_ALIKE])
    return next((place.room for place in places if place.may_know and _may_be_named(place)), None)


def _may_be_named(place: Place) -> bool:
    """Whether the room's slug may lead to it without its link: it was public once, and has the slug of its name."""
    is_listed = place.room.visibility == Visibility.PUBLIC
    return is_listed or not place.room.has_guessable_slug or place.role >= Role.MEMBER
