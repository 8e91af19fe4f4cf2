"""Limits on what people add to a room: those of its rules, and how much of a queue one person and all guests may fill.

Hosts are bound by the length of the queue alone, in which there is always room for them.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext, ngettext

from players.links import Link
from players.models import LibraryTrack, Played, Provider, Track
from rooms.errors import Invalid
from rooms.models import Member, Room
from rooms.models.rules import complete
from rooms.shapes.queue import RefusedJson

PERSONS_PART, LEAST_A_PERSON = 10, 50
"""One person who does not host fills a tenth of the queue, but this many entries of a short one."""
HOSTS_PART = 4
"""A quarter is kept for hosts."""


def kept(
    room: Room, links: list[Link], member: Member, refused: list[RefusedJson] | None, *, is_host: bool
) -> list[Link]:
    """Those of ``links`` that ``member`` may add to a lent room; what its rules take out goes to ``refused``.

    Raises Invalid, with the sentence that says why, if none is left, or if the queue has no room for the others.
    """
    if not is_host:
        links = _ruled(room, links, member, refused)
    _check_room_for(room, len(links), member, is_host=is_host)
    return links


def check_returned(room: Room, count: int, member: Member) -> None:
    """Raise Invalid if ``count`` entries that ``member`` took out and put back just now are too many."""
    most, own = complete(room.rules)["max_entries_a_person"], room.queue.still_to_play().filter(member=member).count()
    if most is not None and own > most:
        raise Invalid(_too_many(own, most))
    _check_room_for(room, count, member, is_host=False, are_there=True)


def _ruled(room: Room, links: list[Link], member: Member, refused: list[RefusedJson] | None) -> list[Link]:
    """Those that the rules of the room let ``member`` add."""
    rules = complete(room.rules)
    most_ms, apart = rules["max_length_ms"], rules["no_repeat_within"]
    left, out = list(links), list[RefusedJson]()
    if most_ms is not None:
        left = _short_enough(left, most_ms, out)
    if apart is not None:
        left = _not_heard_lately(room, left, apart, out)
    if rules["max_entries_a_person"] is not None:
        left = _not_too_many(room, left, member, rules["max_entries_a_person"], out)
    if links and not left:
        message = " ".join(dict.fromkeys(one["reason"] for one in out[:3]))
        raise Invalid(message, fields={"url": message})
    if refused is not None:
        refused += out
    return left


def _short_enough(links: list[Link], most_ms: int, out: list[RefusedJson]) -> list[Link]:
    """Without those that are known to be longer; of others it turns out while they play."""
    first = links[:2_000]
    known = Track.objects.filter(
        provider__in={link.provider for link in first}, media_id__in=[link.media_id for link in first]
    )
    lengths = {(track.provider, track.media_id): track.length_ms for track in known}
    own = LibraryTrack.known(link.media_id for link in links if link.provider == Provider.LIBRARY)
    lengths |= {(Provider.LIBRARY.value, media_id): track.length_ms for media_id, track in own.items()}
    left = []
    for link in links:
        ends = [end for end in (link.end_ms, lengths.get((link.provider, link.media_id))) if end is not None]
        length_ms = min(ends, default=0) - (link.start_ms or 0)
        if length_ms <= most_ms:
            left.append(link)
            continue
        message = gettext("%(link)s plays for %(length)s; here a track has %(most)s at most.")
        out.append(_told(link, message % {"link": link.url, "length": _clock(length_ms), "most": _clock(most_ms)}))
    return left


def _not_heard_lately(room: Room, links: list[Link], apart: int, out: list[RefusedJson]) -> list[Link]:
    """Without those that are among the last ``apart`` tracks of the queue or, where it is shorter, of the history."""
    entries = room.queue.entries.order_by("-order").values_list("track__provider", "track__media_id")[:apart]
    lately = list(entries)
    if len(lately) < apart:
        rows = Played.objects.filter(room=room).order_by("-pk")
        lately += rows.values_list("track__provider", "track__media_id")[: apart - len(lately)]
    lately.reverse()
    left = []
    for link in links:
        media = (link.provider, link.media_id)
        if media not in lately[-apart:]:
            left.append(link)
            lately.append(media)
            continue
        message = gettext("%(link)s is among the last %(count)s tracks here; it may come again after so many others.")
        out.append(_told(link, message % {"link": link.url, "count": apart}))
    return left


def _not_too_many(room: Room, links: list[Link], member: Member, most: int, out: list[RefusedJson]) -> list[Link]:
    """Without those by which ``member`` would have more than ``most`` entries that play or wait."""
    own = room.queue.still_to_play().filter(member=member).count()
    out += [_told(link, _too_many(own, most)) for link in links[max(0, most - own) :]]
    return links[: max(0, most - own)]


def _too_many(own: int, most: int) -> str:
    message = ngettext(
        "You have %(own)s entry to play; here a person has %(most)s at a time.",
        "You have %(own)s entries to play; here a person has %(most)s at a time.",
        own,
    )
    return message % {"own": own, "most": most}


def _check_room_for(room: Room, count: int, member: Member, *, is_host: bool, are_there: bool = False) -> None:
    """Raise Invalid if ``count`` entries more from ``member`` would be too many for the queue of a lent room.

    ``are_there`` is whether they stand in it already.
    """
    most = settings.MAX_QUEUE
    there = count if are_there else 0
    length = room.queue.length() - there
    if length + count > most:
        message = gettext("%(count)s more would be too many: a queue holds at most %(most)s entries.")
        raise Invalid(message % {"count": count, "most": most})
    if is_host:
        return
    own, own_most = room.queue.length_of(member) - there, max(LEAST_A_PERSON, most // PERSONS_PART)
    if own + count > own_most:
        message = gettext(
            "%(count)s more would be too many: %(own)s entries in this queue are yours, and one person may have "
            "%(most)s unless they host the room."
        )
        raise Invalid(message % {"count": count, "own": own, "most": own_most})
    shared = most - most // HOSTS_PART
    if length + count > shared:
        message = gettext(
            "%(count)s more would be too many: the queue has %(length)s entries, and what is beyond %(most)s is kept "
            "for hosts."
        )
        raise Invalid(message % {"count": count, "length": length, "most": shared})


def _told(link: Link, reason: str) -> RefusedJson:
    return {"text": link.url, "reason": reason}


def _clock(length_ms: int) -> str:
    minutes, seconds = divmod(-(-length_ms // 1_000), 60)
    return f"{minutes}:{seconds:02}"
