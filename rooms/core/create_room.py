"""Creation of a room, with its limits: the one way, for the API, the home page, the admin and the demo."""

from __future__ import annotations

from math import ceil

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from rooms.core import publish
from rooms.core.caller import Caller
from rooms.core.client_address import counted_as
from rooms.core.creation_limit import creation_limit
from rooms.errors import Forbidden, TooMany, Unidentified
from rooms.models import Member, Room, Visibility, clean_name
from rooms.models.roles import Role

RETRY_AFTER_S = 60
"""A guess: another room is allowed as soon as one is closed."""

SLUG_ATTEMPTS = 5
"""Each after the first draws random letters; there is no sixth."""


def check_may_make(caller: Caller) -> None:
    """Raise unless ``caller`` may make rooms on this server, and one more; asking counts as trying."""
    if not (settings.ANYONE_MAY_MAKE_ROOMS or caller.has_account):
        message = gettext("On this server only people with an account make rooms; sign in at %(url)s first.")
        raise (Forbidden if caller.is_identified else Unidentified)(message % {"url": settings.LOGIN_URL})
    most = settings.MAX_ROOMS_PER_PERSON
    if most and not caller.is_operator:
        _check_number(caller, most)


def _check_number(caller: Caller, most: int) -> None:
    """Raise TooMany if ``caller`` owns ``most`` open rooms.

    A caller who owns none may come with a new cookie at each call, and so counts by address and hour.
    """
    owned = caller.owned_rooms()
    if owned >= most:
        message = gettext("You have %(owned)s open rooms, and %(most)s are allowed; close one of them first.")
        raise TooMany(message % {"owned": owned, "most": most}, retry_after_s=RETRY_AFTER_S)
    address = counted_as(caller.address)
    if owned or caller.has_account or not address:
        return
    if wait_s := creation_limit.admit(address, most):
        message = gettext(
            "%(most)s first rooms were made from %(address)s within the hour, and no more are allowed; try again in "
            "%(minutes)s min."
        )
        found = {"most": most, "address": address, "minutes": ceil(wait_s / 60)}
        raise TooMany(message % found, retry_after_s=wait_s)


def make_room(name: str, owner: Caller, visibility: str = Visibility.UNLISTED) -> tuple[Room, Member]:
    """A new room with its equipment, and its owner's place in it."""
    name = clean_name(name)
    with transaction.atomic():
        room = _with_free_slug(name, visibility)
        equip(room)
        if visibility == Visibility.PUBLIC:
            transaction.on_commit(publish.hint_lobby)
        return room, owner.join(room, Role.OWNER)


def _with_free_slug(name: str, visibility: str) -> Room:
    """A new room, also when others of that name are made at the same instant."""
    for attempts_left in reversed(range(SLUG_ATTEMPTS)):
        try:
            with transaction.atomic():
                return Room.objects.create(name=name, slug=Room.objects.free_slug(name), visibility=visibility)
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
