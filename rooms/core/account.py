"""Joining a browser's person to an account, and parting from it: what a guest had, and what was taken, goes along."""

from __future__ import annotations

import logging
from contextlib import suppress

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q

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
        if place.room.closed_at is None:
            try:
                with change(place.room, now_ms(), by=account.name) as lent:
                    if _join(lent, place.pk, account, user):
                        lent.note("snapshot")
                continue
            except Unknown:  # closed meanwhile, and then as those that were
                logger.debug("The room “%s” was closed meanwhile.", place.room.slug)
        with transaction.atomic():
            if (closed := Room.objects.locked(place.room_id)) is not None:
                closed.notes = []  # it can be opened again, and has nobody to tell until then
                _join(closed, place.pk, account, user)


def leave_account(user: AbstractBaseUser, browser: Person) -> None:
    """Leave to the browser's own person, whom it is after signing out, what was taken from the account."""
    taken = Member.objects.filter(Q(banned_at__isnull=False) | Q(muted_at__isnull=False), user__pk=user.pk)
    for found in taken.select_related("room"):
        with suppress(Unknown), change(found.room, now_ms(), by=found.nickname) as lent:
            place = taken.filter(pk=found.pk).first()
            if place is None:  # what was taken was given back while this waited for the room
                continue
            facts = {"nickname": browser.name, "role": Role.GUEST}
            own, _made = Member.objects.get_or_create(room=lent, person=browser.id, defaults=facts)
            own.room = lent
            own.take_over(place)


def _join(room: Room, place_id: int, account: Person, user: AbstractBaseUser) -> bool:
    """Make that place the account's, or merge it into the one that the account has in ``room``, which is locked.

    Read under the lock: who was banned or lowered meanwhile takes that along, and not what they were. Returns whether
    the place was still to be joined.
    """
    place = Member.objects.filter(pk=place_id, user=None).first()
    if place is None:
        return False
    others = Member.objects.filter(room_id=room.pk).exclude(pk=place.pk)
    held = others.filter(Q(user__pk=user.pk) | Q(person=account.id)).first()
    if held is None:
        Member.objects.filter(pk=place.pk).update(user=user, person=account.id)
        return True
    held.room = room
    held.take_over(place)
    if place.role > held.role:
        held.give_role(Role(place.role))
    _hand_on(place, held)
    place.delete()
    return True


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
