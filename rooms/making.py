"""Making a room: the one place, for the API, the home page, the admin and the demo."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from rooms.callers import Caller
from rooms.errors import Forbidden, Unidentified
from rooms.models import Member, Room, Visibility, clean_name
from rooms.roles import Role


def check_may_make(caller: Caller) -> None:
    """Raise unless ``caller`` may make rooms on this server."""
    if settings.ANYONE_MAY_MAKE_ROOMS or caller.has_account:
        return
    if not caller.is_identified:
        raise Unidentified("On this server only people with an account make rooms; log in first.")
    raise Forbidden("On this server only people with an account make rooms.")


def make_room(name: str, owner: Caller, visibility: str = Visibility.UNLISTED) -> tuple[Room, Member]:
    """A new room with its equipment, and its owner's place in it."""
    name = clean_name(name)
    with transaction.atomic():
        room = Room(name=name, slug=Room.objects.free_slug(name), visibility=visibility)
        room.save()
        equip(room)
        return room, owner.join(room, Role.OWNER)


def equip(room: Room) -> None:
    """Give ``room`` whatever belongs to every room: one of each model that is tied to it one to one."""
    for relation in Room._meta.related_objects:
        if relation.one_to_one:
            relation.related_model._default_manager.get_or_create(room=room)
