"""What ends with the session of an account, or with the account, whichever way it does.

Besides the pages of accounts there is the admin: it signs out, sets passwords, takes rights, and deletes people.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, User
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.http import HttpRequest

from rooms.core.account import leave_account
from rooms.core.person import Person
from rooms.live.hub import hub

HARMLESS = frozenset({"last_login", "first_name"})
"""What signing in and a new nickname save, which ends no stream."""


def listen() -> None:
    """Have each of these end what it has to, from now on."""
    user_logged_out.connect(_signed_out, dispatch_uid=f"{__name__}.signed_out")
    post_save.connect(_saved, User, dispatch_uid=f"{__name__}.saved")
    post_delete.connect(_deleted, User, dispatch_uid=f"{__name__}.deleted")
    for rights in (User.groups.through, User.user_permissions.through):
        m2m_changed.connect(_rights_changed, rights, dispatch_uid=f"{__name__}.{rights.__name__}")


def _signed_out(request: HttpRequest, user: AbstractBaseUser | None, **_: Any) -> None:
    """Leave to the browser's own person what was taken from the account."""
    if user is None:
        return
    _renew(user)
    browser = Person.of_cookies(request.COOKIES)
    if browser is not None:
        leave_account(user, browser)


def _saved(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    """A password that is changed ends sessions, and so does an account that is switched off."""
    if not created and (update_fields is None or not update_fields <= HARMLESS):
        _renew(instance)


def _deleted(instance: User, **_: Any) -> None:
    _renew(instance)


def _rights_changed(instance: Any, action: str, **_: Any) -> None:
    """An operator owns every room until the right is taken."""
    if isinstance(instance, User) and action.startswith("post_"):
        _renew(instance)


def _renew(user: AbstractBaseUser) -> None:
    """Make the streams of the account reconnect, as whoever their browsers are then."""
    transaction.on_commit(partial(hub.renew, Person.of_account(user).id))
