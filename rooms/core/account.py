"""Joining a browser's person to an account, and parting from it: what a guest had, and what was taken, goes along."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from rooms.clock import now_ms
from rooms.core.change import change
from rooms.core.person import Person
from rooms.errors import Unknown
from rooms.models import Member, Room
from rooms.models.roles import Role

logger = logging.getLogger(__name__)


def join_account(browser: Person, user: AbstractBaseUser) -> None:
    """Give every place of that browser's person to the account: rooms, rights and name, mutes and bans.

    The cookie that was used until now gives no right to any of them from then on. Whoever copied it, or put it into
    this browser, has nothing of the account.
    """
    account = Person.of_account(user, browser)
    for place in Member.objects.filter(person=browser.id, user=None).select_related("room"):
        _do_in(place.room, account.name, partial(_join, place.pk, account, user))


def leave_account(user: AbstractBaseUser, browser: Person) -> None:
    """Leave to the browser's own person, whom it is after signing out, what was taken from the account."""
    # A place that was made by a moderator, for who only listened, names the account's person and no account.
    of_account = Q(user__pk=user.pk) | Q(person=Person.of_account(user).id)
    taken = Member.objects.filter(of_account, Q(banned_at__isnull=False) | Q(muted_at__isnull=False))
    for place in taken.select_related("room"):
        _do_in(place.room, place.nickname, partial(_leave, taken.filter(pk=place.pk), browser))


def _do_in(room: Room, by: str, deed: Callable[[Room], None]) -> None:
    """Do ``deed`` in ``room``, whose places it reads under the lock: who was banned or lowered meanwhile stays so."""
    if room.closed_at is None:
        try:
            with change(room, now_ms(), by=by) as lent:
                deed(lent)
            return
        except Unknown:
            logger.debug("The room “%s” was closed meanwhile.", room.slug)
    with transaction.atomic():
        if (closed := Room.objects.locked(room.pk)) is not None:
            closed.notes = []  # it can be opened again, and has nobody to tell until then
            deed(closed)


def _leave(taken: QuerySet[Member], browser: Person, room: Room) -> None:
    place = taken.first()
    if place is None:  # what was taken was given back
        return
    facts = {"nickname": browser.name, "role": Role.GUEST}
    own, _made = Member.objects.get_or_create(room=room, person=browser.id, defaults=facts)
    own.room = room
    own.take_over(place)


def _join(place_id: int, account: Person, user: AbstractBaseUser, room: Room) -> None:
    """Make that place the account's, or merge it into the one that the account has in ``room``."""
    place = Member.objects.filter(pk=place_id, user=None).first()
    if place is None:  # another sign-in has joined it
        return
    room.note("snapshot")
    others = Member.objects.filter(room_id=room.pk).exclude(pk=place.pk)
    held = others.filter(Q(user__pk=user.pk) | Q(person=account.id)).first()
    if held is None:
        Member.objects.filter(pk=place.pk).update(user=user, person=account.id)
        return
    held.room = room
    held.take_over(place)
    if place.role > held.role:
        held.give_role(Role(place.role))
    if place.knows_password and not held.knows_password:
        held.knows_password = True
        held.save(update_fields=["knows_password"])
    _hand_on(place, held)
    place.delete()


def _hand_on(place: Member, held: Member) -> None:
    """Have all that names ``place``, such as entries and tokens, name ``held``; what it has already is left out."""
    Member.objects.filter(given_by=place).update(given_by=held)  # a hidden relation, and so none of those below
    for relation in Member._meta.related_objects:
        named = {relation.field.name: place}
        rows = relation.related_model._default_manager
        try:
            with transaction.atomic():
                rows.filter(**named).update(**{relation.field.name: held})
        except IntegrityError:  # one of each for a member, such as a vote: those that both have stay with ``held``
            for row in rows.filter(**named):
                with suppress(IntegrityError), transaction.atomic():
                    rows.filter(pk=row.pk).update(**{relation.field.name: held})
