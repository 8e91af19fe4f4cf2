"""The room: its rules, its password, and its version."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from operator import attrgetter
from typing import Any, cast

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.errors import Invalid
from rooms.models.choices import ChatKept, Visibility
from rooms.models.compiled_query import CompiledQuery, CompiledRows, CompiledUpdate, Parameter
from rooms.models.from_rows import FromRows
from rooms.models.names import MAX_NAME_LENGTH, clean_name
from rooms.models.reactions import DEFAULT_REACTIONS, clean_reactions, plain
from rooms.models.reactions import MAX_LENGTH as MAX_REACTIONS_LENGTH
from rooms.models.roles import Role
from rooms.models.rules import DEFAULT_RULES, complete, default_rules, preset_of
from rooms.models.used_slug import FIRST_VERSION
from rooms.shapes.room import RoomJson
from rooms.shapes.words import ChatKeptWord, VisibilityWord

CHANGEABLE = (
    *("name", "visibility", "rules", "chat_kept", "reactions"),
    *("password", "is_permanent", "bans_addresses", "empty_since", "closed_at"),
)
_changeable_of: attrgetter[tuple[Any, ...]] = attrgetter(*CHANGEABLE)

MAX_PASSWORD_LENGTH = 128

MOST_HOSTS_NAMED = 20

REOPEN_DAYS = 30
"""A closed room can be reopened for so long."""

SECRET_BYTES = 6
"""At the end of a slug, in hexadecimal: nobody tries out 48 random bits by HTTP."""
LONGEST_NAMED_SLUG = 50
"""Characters of the name in a slug, so that those letters find room behind it."""
_SECRET = re.compile(rf".+-[0-9a-f]{{{2 * SECRET_BYTES}}}")


class RoomQuerySet(models.QuerySet["Room"]):
    def open(self) -> RoomQuerySet:
        return self.filter(closed_at__isnull=True)

    def whole(self) -> RoomQuerySet:
        """With all that a change looks at, read in one query."""
        return self.select_related("queue", "player__entry__track", "player__entry__member")

    def public(self) -> RoomQuerySet:
        return self.open().filter(visibility=Visibility.PUBLIC)


class RoomManager(models.Manager["Room"]):
    def get_queryset(self) -> RoomQuerySet:
        return RoomQuerySet(self.model, using=self._db)

    def open(self) -> RoomQuerySet:
        return self.get_queryset().open()

    def public(self) -> RoomQuerySet:
        return self.get_queryset().public()

    def find(self, slug: str, *, is_whole: bool = False) -> Room | None:
        """The open room of that slug, if it ``is_whole`` with all that a change looks at."""
        if "\0" in slug:  # which PostgreSQL refuses to even look for
            return None
        return (_WHOLE_BY_SLUG if is_whole else _BY_SLUG).first(slug=slug)

    def read(self, room_id: int) -> Room | None:
        """The room, if it is open, with all that a change looks at."""
        return _WHOLE.first(pk=room_id)

    def read_closed(self, room_id: int) -> Room | None:
        """The room, if it is closed, with all that a change looks at."""
        return self.get_queryset().whole().filter(pk=room_id, closed_at__isnull=False).first()

    def locked(self, room_id: int) -> Room | None:
        """The room, open or closed, locked until the transaction ends; None if it was deleted."""
        return self.get_queryset().select_for_update(no_key=True).filter(pk=room_id).first()

    def version_of(self, room_id: int) -> int | None:
        """The version of the room, if it is open."""
        row = _VERSION.first(pk=room_id)
        return int(row[0]) if row else None

    def free_slug(self, name: str, visibility: str) -> str:
        """A slug for ``name`` that no open room has.

        A public room's is its name, with random letters if that is taken. Any other's always ends in random letters:
        its address is all that keeps strangers out.
        """
        slug = slugify(name, allow_unicode=True)[:LONGEST_NAMED_SLUG].strip("-_")
        is_free = slug and visibility == Visibility.PUBLIC and not self.open().filter(slug=slug).exists()
        return slug if is_free else f"{slug or 'room'}-{secrets.token_hex(SECRET_BYTES)}"


_BY_SLUG = CompiledQuery(lambda: Room.objects.open().filter(slug=Parameter("slug", models.CharField())))
_WHOLE_BY_SLUG = CompiledQuery(lambda: Room.objects.open().whole().filter(slug=Parameter("slug", models.CharField())))
_WHOLE = CompiledQuery(lambda: Room.objects.open().whole().filter(pk=_pk()))
_VERSION = CompiledRows(lambda: Room.objects.open().filter(pk=_pk()).values_list("version"))
_AT_VERSION = CompiledUpdate(
    lambda: Room.objects.get_queryset().filter(pk=_pk(), version=Parameter("version", models.BigIntegerField()))
)
_HOSTS = CompiledRows(
    lambda: (
        apps.get_model("rooms", "Member")
        .objects.filter(Q(banned_at=None) | Q(banned_until__lte=Now()), room_id=_pk(), role__gte=Role.HOST)
        .order_by("-role", "id")
        .values_list("nickname")[:MOST_HOSTS_NAMED]
    )
)


def _pk() -> Parameter:
    return Parameter("pk", models.BigIntegerField())


class Room(FromRows):
    """A place with a slug, rules and one player.

    ``version`` counts its committed changes. Whoever changes a room does so inside ``rooms.core.change.change``.
    """

    slug = models.SlugField(_("slug"), max_length=64, allow_unicode=True)
    name = models.CharField(_("name"), max_length=MAX_NAME_LENGTH)
    visibility = models.CharField(_("visibility"), max_length=10, choices=Visibility, default=Visibility.UNLISTED)
    rules = models.JSONField(
        _("rules"), default=default_rules, help_text="Who may do what here, and how the queue goes on."
    )
    chat_kept = models.CharField(_("chat"), max_length=10, choices=ChatKept, default=ChatKept.ALWAYS)
    reactions = models.CharField(_("reactions"), max_length=MAX_REACTIONS_LENGTH, default=DEFAULT_REACTIONS)
    version = models.PositiveBigIntegerField(_("version"), default=FIRST_VERSION, editable=False)
    password = models.CharField(_("password"), max_length=128, default="", blank=True, editable=False)
    is_permanent = models.BooleanField(
        _("permanent"), default=True, help_text="One that is not closes when nobody was there for a day."
    )
    bans_addresses = models.BooleanField(_("bans addresses"), default=False, editable=False)
    """Whether a ban of a guest's address was made here and not lifted: else nobody has to look for one."""
    empty_since = models.DateTimeField(_("empty since"), null=True, editable=False)
    recovery_hash = models.CharField(_("recovery hash"), max_length=64, default="", editable=False)
    has_webhooks = models.BooleanField(_("has webhooks"), default=False, db_default=False, editable=False)
    """Whether a change has to look for webhooks that are to be told."""
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    objects = RoomManager()

    notes: list[tuple[str, dict[str, Any]]] | None = None
    notices: list[dict[str, Any]] | None = None
    deeds: list[tuple[str, dict[str, Any] | None, dict[str, Any]]] | None = None

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = (
            models.UniqueConstraint(fields=["slug"], condition=Q(closed_at=None), name="one_open_room_a_slug"),
            models.CheckConstraint(condition=Q(version__gte=1), name="room_versions_count_from_one"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="room_visibility_is_known"),
            models.CheckConstraint(condition=Q(chat_kept__in=ChatKept.values), name="room_chat_is_known"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("room", args=[self.slug])

    @property
    def has_guessable_slug(self) -> bool:
        """Whether the slug could be found by trying names, as a public room's can, also after it became unlisted."""
        return _SECRET.fullmatch(self.slug) is None

    def rename(self, name: str) -> None:
        """Give the room another name; raises Invalid with a sentence if it cannot be one."""
        self.name = clean_name(name)

    def set_rules(self, **changes: Any) -> None:
        """Set those rules, by their names, to values that were checked; the others stay."""
        self.rules = {**complete(self.rules), **changes}

    @property
    def order(self) -> str:
        return complete(self.rules)["order"]

    @property
    def at_end(self) -> str:
        return str(self.rules.get("at_end", DEFAULT_RULES["at_end"]))

    @property
    def when_empty(self) -> str:
        return str(self.rules.get("when_empty", DEFAULT_RULES["when_empty"]))

    @property
    def without_host(self) -> str:
        return str(self.rules.get("without_host", DEFAULT_RULES["without_host"]))

    def set_reactions(self, reactions: list[str]) -> None:
        """Let people react with these emoji; raises Invalid with a sentence unless they are six."""
        self.reactions = clean_reactions(reactions)

    def reaction(self, emoji: str) -> str | None:
        """The one of the room's reactions that ``emoji`` is, spelt with or without a variation selector."""
        return next((known for known in self.reactions.split() if plain(known) == plain(emoji)), None)

    def close(self) -> None:
        """Close the room. It can be reopened for REOPEN_DAYS."""
        self.closed_at = timezone.now()

    def set_password(self, password: str | None) -> None:
        """Ask for ``password``, or for none; who knew the last one has to know this one.

        Hashing takes its time: call ``hashed`` before the room is lent.
        """
        if (password or "") != self.password:
            self.password = password or ""
            self.members.filter(knows_password=True).update(knows_password=False)

    def reopen(self, now_ms: int) -> None:
        """Open the room again; raises Invalid if it was closed too long ago, or if its address is another room's."""
        if self.closed_at is None:
            return
        if now_ms - int(self.closed_at.timestamp() * 1000) > timedelta(days=REOPEN_DAYS) / timedelta(milliseconds=1):
            message = gettext("“%(room)s” was closed on %(date)s; a room can be reopened for %(days)s days.")
            found = {"room": self.name, "date": f"{self.closed_at:%Y-%m-%d}", "days": REOPEN_DAYS}
            raise Invalid(message % found)
        if Room.objects.find(self.slug) is not None:
            raise self.address_taken()
        self.closed_at = self.empty_since = None

    def address_taken(self) -> Invalid:
        """Why a room whose address another one has cannot be reopened."""
        message = gettext("“%(room)s” cannot be reopened: another room has its address, /r/%(slug)s, by now.")
        return Invalid(message % {"room": self.name, "slug": self.slug})

    def withdraw_invitations(self) -> None:
        """Make every link that gives a role worthless; who has a role by one keeps it."""
        if self.invitations.all().delete()[0]:
            self.note("room")

    def keep_has_webhooks(self, has_webhooks: bool) -> None:
        """Keep whether there are any, which is no change that listeners are told of; while the room is lent."""
        self.has_webhooks = has_webhooks
        Room.objects.get_queryset().filter(pk=self.pk).update(has_webhooks=has_webhooks)

    def note(self, event: str, **data: Any) -> None:
        """Note what is to be told of a change, while the room is lent."""
        if self.notes is None:
            raise RuntimeError("A room is changed inside rooms.core.change.change, which tells its listeners.")
        if event != "room" or (event, data) not in self.notes:
            self.notes.append((event, data))

    def announce(self, kind: str, **facts: Any) -> None:
        """Have those who listen hear of something that the change, while the room is lent, is about."""
        if self.notices is None:
            raise RuntimeError("A room is changed inside rooms.core.change.change, which tells its listeners.")
        self.notices.append({"kind": kind, **facts})

    def did(self, kind: str, undo: dict[str, Any] | None = None, **facts: Any) -> None:
        """Note what the log of the room is to say of a change, while the room is lent, and how the change is undone."""
        if self.deeds is not None:
            self.deeds.append((kind, undo, facts))

    @property
    def state(self) -> dict[str, Any]:
        """What a change may change: if it differs afterwards, it is saved and told."""
        return dict(zip(CHANGEABLE, _changeable_of(self), strict=True))

    def save_at_version(self, changes: dict[str, Any]) -> bool:
        """Save ``changes``, and the version raised by one, if the room still is at its version in the database.

        By compare-and-set, since SQLite knows no row locks: who came first there holds the lock of the whole database.
        """
        changes = {"version": self.version + 1, **changes}
        if not _AT_VERSION.run(changes, pk=self.pk, version=self.version):
            return False
        self.version += 1
        return True

    def as_json(self) -> RoomJson:
        """The room of a snapshot: name, rules, and who hosts it."""
        rules = complete(self.rules)
        return {
            "slug": self.slug,
            "name": self.name,
            "visibility": cast(VisibilityWord, self.visibility),
            "rules": rules,
            "preset": preset_of(rules),
            "has_password": bool(self.password),
            "permanent": self.is_permanent,
            "chat_kept": cast(ChatKeptWord, self.chat_kept),
            "reactions": self.reactions.split(),
            "hosts": [nickname for (nickname,) in _HOSTS.all(pk=self.pk)],
            "created_at_ms": int(self.created_at.timestamp() * 1000),
        }


def hashed(password: str) -> str:
    """``password`` as it is stored; raises Invalid with a sentence if it cannot be one."""
    if not 1 <= len(password) <= MAX_PASSWORD_LENGTH:
        message = gettext("A password has 1 to %(most)s characters, this one has %(length)s.")
        message %= {"most": MAX_PASSWORD_LENGTH, "length": len(password)}
        raise Invalid(message, fields={"password": message})
    return make_password(password)
