"""Rate limits, by person and by address, shared by all processes and kept through their restarts.

They are leaky buckets in the database: a limit of sixty in half a minute allows sixty at once, and two a second after.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from math import ceil

from django.db import DatabaseError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext

from rooms.clock import monotonic_s
from rooms.core.caller import Caller
from rooms.core.client_address import counted_as, site_of
from rooms.errors import TooMany
from rooms.models import Bucket, Room
from rooms.models.bucket import Portion
from rooms.models.roles import Role

logger = logging.getLogger(__name__)

HOUR_MS = 3_600_000

CHANGES_MS = 30_000
CHANGES_A_PERSON = 60
"""Of one person in one room within CHANGES_MS: more than hands do with votes and moves, and little for a room."""
CHANGES_AN_ADDRESS = 300
"""Of all people behind one address, in one room: a household, a class room, or one person with many cookies."""

LONG_QUEUE = 200
REARRANGED_MS, REARRANGED = 60_000, 30
"""How often a long queue is cleared, restored or brought into another order, by hosts too: on SQLite all rooms wait."""

MESSAGES_MS, MESSAGES = 20_000, 20
"""Of what one person writes, corrects and removes in one room."""
MODERATED_MS, MODERATED = 5_000, 100
"""Of those who moderate and of their bots, which may carry a chat over from elsewhere."""
REACTIONS_MS, REACTIONS = 4_000, 20
VOICES_AN_ADDRESS = 5
"""So many people behind one address may write and react as fast as they can."""

NAMES_MS, NAMES = 60_000, 20
"""Each renames a person in all of their rooms."""

SEARCHES_MS, SEARCHES = 30_000, 60
"""Of one person's searches: one for each rest in their typing."""
SEARCHES_AN_ADDRESS = 300

DAY_MS = 24 * HOUR_MS

PASSWORDS_MS = 600_000
PASSWORDS = 10
"""Wrong ones of one person, and of one address, at the door of one room."""
PASSWORDS_A_ROOM = 100
"""Of all together: each costs a tenth of a second of the processor, and a new cookie costs nothing."""

ANSWERS_KIB = 64 * 1_024
"""Of what is kept within a day to answer one caller's repeats: the answer to a shuffle is as long as its queue."""
ANSWER_KIB = 4 * 1_024
"""What one answer counts as until it is there."""

NETWORKS_A_SITE = 4
"""A provider gives a customer up to a /48 of IPv6, which holds 65,536 networks: all of them together may do what four
networks may."""

ROOMS_AN_OWNED = 2
"""Within an hour a person may make so many rooms for each that they may own: some are closed again."""
ROOMS_A_FIRST = 4
"""And an address so many more of people who own one already for each first room that is allowed."""

DISCARD_EVERY_S = 60.0
KEPT_EMPTY_MS = 600_000
"""Buckets that are discarded were empty for longer than any transaction takes that pours into them."""

_discarded_at_s = monotonic_s()


def check_change(caller: Caller, lent: Room, now_ms: int) -> None:
    """Count a change of a lent room by somebody who does not host it; raise TooMany if there were too many."""
    if caller.place_in(lent).role >= Role.HOST:
        return
    most = _by_address(f"change of {lent.pk}", caller, CHANGES_AN_ADDRESS)
    most[f"change of {lent.pk} by {caller.key}"] = CHANGES_A_PERSON
    if wait_s := _poured(most, CHANGES_MS, now_ms):
        message = gettext("You changed “%(room)s” too often within a short time; try again in %(seconds)s s.")
        raise TooMany(message % {"room": lent.name, "seconds": wait_s}, retry_after_s=wait_s)


def check_rearranging(caller: Caller, lent: Room, now_ms: int) -> None:
    """Count a change of the whole queue of a lent room, before it is made; raise TooMany if there were too many."""
    if (length := lent.queue.length()) < LONG_QUEUE:
        return
    most = _by_address("rearranging", caller, REARRANGED * VOICES_AN_ADDRESS)
    most |= {f"rearranging of {lent.pk}": REARRANGED, f"rearranging by {caller.key}": REARRANGED}
    if wait_s := _poured(most, REARRANGED_MS, now_ms):
        message = gettext("A queue of %(length)s entries was changed as a whole too often; try again in %(seconds)s s.")
        raise TooMany(message % {"length": length, "seconds": wait_s}, retry_after_s=wait_s)


def check_message(caller: Caller, lent: Room, now_ms: int, *, moderates: bool) -> None:
    """Count what the caller does in the chat of a lent room; raise TooMany if it was too much."""
    window_ms, most = (MODERATED_MS, MODERATED) if moderates else (MESSAGES_MS, MESSAGES)
    if wait_s := _poured(_voices(f"message in {lent.pk}", caller, most), window_ms, now_ms):
        told = ngettext(
            "You write too fast; wait %(wait)s second.", "You write too fast; wait %(wait)s seconds.", wait_s
        )
        raise TooMany(told % {"wait": wait_s}, retry_after_s=wait_s)


def check_reaction(caller: Caller, room: Room, now_ms: int) -> None:
    """Count a reaction; raise TooMany if there were too many."""
    with transaction.atomic():
        if wait_s := _poured(_voices(f"reaction in {room.pk}", caller, REACTIONS), REACTIONS_MS, now_ms):
            raise TooMany(gettext("You react too fast; wait a moment."), retry_after_s=wait_s)


def check_rename(caller: Caller, now_ms: int) -> None:
    """Count a change of the caller's nickname; raise TooMany if there were too many."""
    with transaction.atomic():
        most = _by_address("name", caller, NAMES * ROOMS_A_FIRST)
        most[f"name of {caller.key}"] = NAMES
        if wait_s := _poured(most, NAMES_MS, now_ms):
            message = gettext("You changed your name too often; try again in %(seconds)s s.")
            raise TooMany(message % {"seconds": wait_s}, retry_after_s=wait_s)


def check_search(caller: Caller, now_ms: int) -> None:
    """Count a search among what this server knows; raise TooMany if there were too many."""
    with transaction.atomic():
        most = _by_address("search", caller, SEARCHES_AN_ADDRESS) | {f"search of {caller.key}": SEARCHES}
        if wait_s := _poured(most, SEARCHES_MS, now_ms):
            message = gettext("You search too fast; try again in %(seconds)s s.")
            raise TooMany(message % {"seconds": wait_s}, retry_after_s=wait_s)


def check_question(caller: Caller, most_a_day: int, now_ms: int) -> None:
    """Count a question to YouTube, of which the server has ``most_a_day``; raise TooMany if the caller asked enough.

    A person has a quarter of the day's, and an address half: nobody searches until nothing is left for the others.
    """
    with transaction.atomic():
        most = _by_address("question", caller, max(1, most_a_day // 2))
        most[f"question of {caller.key}"] = max(1, most_a_day // 4)
        if wait_s := _poured(most, DAY_MS, now_ms):
            message = gettext("You searched YouTube as often as one person may; try again in %(minutes)s min.")
            raise TooMany(message % {"minutes": ceil(wait_s / 60)}, retry_after_s=wait_s)


def check_password(caller: Caller, room: Room, now_ms: int) -> None:
    """Count a password tried at the door of ``room``, before it is compared; raise TooMany if there were too many."""
    if wait_s := _poured(_passwords(caller, room), PASSWORDS_MS, now_ms):
        message = gettext("Too many passwords were tried here; try again in %(minutes)s min.")
        raise TooMany(message % {"minutes": ceil(wait_s / 60)}, retry_after_s=wait_s)


def forget_password(caller: Caller, room: Room) -> None:
    """Take back what ``check_password`` counted: the right one."""
    Bucket.objects.take_back(_portions(_passwords(caller, room), PASSWORDS_MS))


def _passwords(caller: Caller, room: Room) -> dict[str, int]:
    kind = f"password of {room.pk}"
    return _by_address(kind, caller, PASSWORDS) | {f"{kind} by {caller.key}": PASSWORDS, kind: PASSWORDS_A_ROOM}


def check_new_room_of(caller: Caller, most: int, now_ms: int) -> None:
    """Count a room that ``caller`` is about to make, who may own ``most``; raise TooMany if there were too many.

    Called in a transaction, until whose end others of this caller wait.
    """
    if caller.key and (wait_s := _poured({f"room of {caller.key}": ROOMS_AN_OWNED * most}, HOUR_MS, now_ms)):
        message = gettext(
            "You made %(most)s rooms within the hour, and no more are allowed; try again in %(minutes)s min."
        )
        found = {"most": ROOMS_AN_OWNED * most, "minutes": ceil(wait_s / 60)}
        raise TooMany(message % found, retry_after_s=wait_s)


def check_new_room_from(caller: Caller, most: int, *, is_first: bool, now_ms: int) -> None:
    """Count the same room among those from the caller's address.

    ``is_first`` is whether the caller owns none, and so may come with a new cookie at each call: an address is the
    only identity of a guest without a cookie. Called in a transaction.
    """
    if caller.has_account:
        return
    kind, most = ("first room", most) if is_first else ("room", ROOMS_A_FIRST * most)
    for name, allowed in _by_address(kind, caller, most).items():
        if not (wait_s := _poured({name: allowed}, HOUR_MS, now_ms)):
            continue
        message = (
            gettext(
                "%(most)s first rooms were made from %(address)s within the hour, and no more are allowed; try again "
                "in %(minutes)s min."
            )
            if is_first
            else gettext(
                "%(most)s rooms were made from %(address)s within the hour, and no more are allowed; try again in "
                "%(minutes)s min."
            )
        )
        of_address = {"most": allowed, "address": name.removeprefix(f"{kind} from "), "minutes": ceil(wait_s / 60)}
        raise TooMany(message % of_address, retry_after_s=wait_s)


def check_answer(scope: str, caller: Caller, now_ms: int) -> None:
    """Count an answer that is about to be kept for repeats; raise TooMany if too much is kept already."""
    with transaction.atomic():
        if wait_ms := Bucket.objects.pour(_answers(scope, caller, ANSWER_KIB), DAY_MS, now_ms):
            message = gettext("Too many answers are kept for repeats of your calls; try again in %(minutes)s min.")
            wait_s = ceil(wait_ms / 1_000)
            raise TooMany(message % {"minutes": ceil(wait_s / 60)}, retry_after_s=wait_s)
        _discard_now_and_then(now_ms)


def forget_answer(scope: str, caller: Caller, kept_kib: int) -> None:
    """Take back what ``check_answer`` counted beyond what was kept."""
    if kept_kib < ANSWER_KIB:
        Bucket.objects.take_back(_answers(scope, caller, ANSWER_KIB - kept_kib))


def _answers(scope: str, caller: Caller, kib: int) -> list[Portion]:
    most = _by_address("answers", caller, ANSWERS_KIB * VOICES_AN_ADDRESS) | {f"answers of {scope}": ANSWERS_KIB}
    return [Portion(_hidden(name), DAY_MS * kib // allowed) for name, allowed in most.items()]


def _voices(kind: str, caller: Caller, most: int) -> dict[str, int]:
    return _by_address(kind, caller, most * VOICES_AN_ADDRESS) | {f"{kind} by {caller.key}": most}


def _by_address(kind: str, caller: Caller, most: int) -> dict[str, int]:
    """How many are allowed by the caller's address, by the names of their buckets: none for one that is not counted."""
    address = counted_as(caller.address)
    site = site_of(address)
    allowed = {f"{kind} from {address}": most} if address else {}
    return allowed | ({f"{kind} from {site}": most * NETWORKS_A_SITE} if site else {})


def _poured(most: Mapping[str, int], window_ms: int, now_ms: int) -> int:
    """Count one in each bucket, of which each allows so many in the window; 0, or the seconds to wait."""
    wait_ms = Bucket.objects.pour(_portions(most, window_ms), window_ms, now_ms)
    if not wait_ms:
        _discard_now_and_then(now_ms)
    return ceil(wait_ms / 1_000)


def _portions(most: Mapping[str, int], window_ms: int) -> list[Portion]:
    return [Portion(_hidden(name), max(1, window_ms // allowed)) for name, allowed in most.items()]


def _hidden(name: str) -> str:
    """The key of a bucket: whoever reads the database finds no addresses there."""
    return salted_hmac("rooms.rate_limit", name, algorithm="sha256").hexdigest()


def _discard_now_and_then(now_ms: int) -> None:
    global _discarded_at_s
    if monotonic_s() - _discarded_at_s < DISCARD_EVERY_S:
        return
    _discarded_at_s = monotonic_s()
    transaction.on_commit(lambda: _discard(now_ms - KEPT_EMPTY_MS))


def _discard(before_ms: int) -> None:
    try:
        Bucket.objects.discard_empty(before_ms)
    except DatabaseError as error:  # the next minute will do
        logger.warning("Old rate limits could not be discarded: %s", " ".join(str(error).split()))
