"""Creation of a room, with its limits: the one way, for the API, the home page, the admin and the demo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from rooms.clock import now_ms
from rooms.core import publish, rate_limit
from rooms.core.caller import Caller
from rooms.errors import Forbidden, TooMany, Unidentified
from rooms.models import Invitation, Member, Room, UsedSlug, Visibility, clean_name
from rooms.models.roles import Role
from rooms.models.rules import complete

RETRY_AFTER_S = 60
"""A guess: another room is allowed as soon as one is closed."""

SLUG_ATTEMPTS = 5
"""Each after the first draws random letters; there is no sixth."""


def check_may_make(caller: Caller) -> None:
    """Raise unless ``caller`` may make rooms on this server, and one more, which is counted.

    Called in the transaction that makes it: what comes to nothing counts for nothing.
    """
    if not (settings.ANYONE_MAY_MAKE_ROOMS or caller.has_account):
        message = gettext("On this server only people with an account make rooms; sign in at %(url)s first.")
        raise (Forbidden if caller.is_identified else Unidentified)(message % {"url": settings.LOGIN_URL})
    most = settings.MAX_ROOMS_PER_PERSON
    if not most or caller.is_operator:
        return
    now = now_ms()
    # First: of several calls of one person, each waits here for the one before, and counts the room that it made.
    rate_limit.check_new_room_of(caller, most, now)
    owned = check_number(caller)
    rate_limit.check_new_room_from(caller, most, is_first=not owned, now_ms=now)


def check_number(caller: Caller) -> int:
    """How many open rooms ``caller`` owns; raises TooMany if these are all that are allowed."""
    most, owned = settings.MAX_ROOMS_PER_PERSON, caller.owned_rooms()
    if most and owned >= most and not caller.is_operator:
        message = gettext("You have %(owned)s open rooms, and %(most)s are allowed; close one of them first.")
        raise TooMany(message % {"owned": owned, "most": most}, retry_after_s=RETRY_AFTER_S)
    return owned


def make_room(
    name: str,
    owner: Caller,
    visibility: str = Visibility.UNLISTED,
    rules: Mapping[str, Any] | None = None,
    *,
    password: str | None = None,
    is_permanent: bool = True,
) -> tuple[Room, Member]:
    """A new room with its equipment and a link to each role, and its owner's place in it.

    ``rules`` go before the default ones; ``password`` is hashed.
    """
    name = clean_name(name)
    with transaction.atomic():
        room = _with_free_slug(name, visibility, rules or {}, password or "", is_permanent)
        equip(room)
        if visibility == Visibility.PUBLIC:
            transaction.on_commit(publish.hint_lobby)
        member = owner.join(room, Role.OWNER)
        room.queue.check_rules(room.rules)
        Invitation.objects.bulk_create(
            [Invitation(room=room, role=role, made_by=member) for role in (Role.MEMBER, Role.HOST)]
        )
        return room, member


def _with_free_slug(name: str, visibility: str, rules: Mapping[str, Any], password: str, is_permanent: bool) -> Room:
    """A new room, also when others of that name are made at the same instant."""
    for attempts_left in reversed(range(SLUG_ATTEMPTS)):
        slug = Room.objects.free_slug(name, visibility)
        try:
            with transaction.atomic():
                return Room.objects.create(
                    name=name,
                    slug=slug,
                    version=UsedSlug.objects.first_version(slug),
                    visibility=visibility,
                    rules=complete(rules),
                    password=password,
                    is_permanent=is_permanent,
                )
        except IntegrityError:
            # Another room took the slug since it was found free.
            if not attempts_left:
                raise
    raise AssertionError("the last attempt returns or raises")


def equip(room: Room) -> None:
    """Create one of each model that is tied to a room one to one, such as its player and its queue."""
    for relation in Room._meta.related_objects:
        if relation.one_to_one:
            relation.related_model._default_manager.get_or_create(room=room)
