"""How much of a queue one person may fill, and all guests together: there is always room for a host."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext

from rooms.errors import Invalid
from rooms.models import Member, Room

PERSONS_PART, LEAST_A_PERSON = 10, 50
"""One person who does not host fills a tenth of the queue, but this many entries of a short one."""
HOSTS_PART = 4
"""A quarter is kept for hosts."""


def check_room_for(room: Room, count: int, member: Member, *, is_host: bool) -> None:
    """Raise Invalid if ``count`` entries more from ``member`` would be too many for the queue of a lent room."""
    most = settings.MAX_QUEUE
    length, own = room.queue.shares(member)
    if length + count > most:
        message = gettext("%(count)s more would be too many: a queue holds at most %(most)s entries.")
        raise Invalid(message % {"count": count, "most": most})
    if is_host:
        return
    own_most = max(LEAST_A_PERSON, most // PERSONS_PART)
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
