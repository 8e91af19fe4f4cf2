"""Who is there: rooms, their members, and the tokens and receipts of those who call the API."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from rooms.errors import Invalid
from rooms.models.compiled_query import Parameter, Prepared
from rooms.models.roles import Role

if TYPE_CHECKING:
    from players.models import Player, Playlist

MAX_NAME_LENGTH = 80
MAX_NICKNAME_LENGTH = 40

CHANGEABLE = ("name", "visibility", "control_role", "add_role", "at_end", "when_empty", "link_generation", "closed_at")

_tickets = signing.Signer(salt="rooms.role-link")


def clean_name(text: str) -> str:
    """``text`` as the name of a room; raises Invalid with a sentence if it cannot be one."""
    name = one_line(text)
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        message = gettext("A room's name has 1 to %(most)s visible characters, this one has %(length)s.")
        message %= {"most": MAX_NAME_LENGTH, "length": len(name)}
        raise Invalid(message, fields={"name": message})
    return name


def clean_nickname(text: str) -> str:
    """``text`` as a nickname; raises Invalid with a sentence if it cannot be one."""
    name = one_line(text)
    if not 1 <= len(name) <= MAX_NICKNAME_LENGTH:
        message = gettext("A nickname has 1 to %(most)s visible characters, this one has %(length)s.")
        message %= {"most": MAX_NICKNAME_LENGTH, "length": len(name)}
        raise Invalid(message, fields={"name": message})
    return name


def one_line(text: str) -> str:
    """``text`` without what cannot be seen, and with single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class Visibility(models.TextChoices):
    PUBLIC = "public", gettext_lazy("public: listed on the home page")
    UNLISTED = "unlisted", gettext_lazy("unlisted: open to whoever has the link")
    PRIVATE = "private", gettext_lazy("private: open to members only")


class AtEnd(models.TextChoices):
    """What happens when the last track of the queue has ended."""

    PAUSE = "pause", gettext_lazy("pause")
    REPEAT = "repeat", gettext_lazy("start over")


class WhenEmpty(models.TextChoices):
    """What happens to the music when nobody listens."""

    CONTINUE = "continue", gettext_lazy("continue")
    PAUSE = "pause", gettext_lazy("pause")


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

    def find(self, slug: str) -> Room | None:
        """The open room of that slug."""
        # PostgreSQL refuses to even look for a NUL.
        return None if "\0" in slug else _OPEN_BY_SLUG.first(slug=slug)

    def read(self, room_id: int) -> Room | None:
        """The room, if it is open, with all that a change looks at."""
        return _OPEN_AND_WHOLE.first(pk=room_id)

    def free_slug(self, name: str) -> str:
        """A slug for ``name`` that no open room has; a few random letters make it so if need be."""
        slug = slugify(name, allow_unicode=True)[:50].strip("-_") or f"room-{secrets.token_hex(3)}"
        return f"{slug}-{secrets.token_hex(3)}" if self.open().filter(slug=slug).exists() else slug


_OPEN_BY_SLUG = Prepared(lambda: Room.objects.open().filter(slug=Parameter("slug", models.CharField())))
_OPEN_AND_WHOLE = Prepared(lambda: Room.objects.open().whole().filter(pk=Parameter("pk", models.BigIntegerField())))


class Room(models.Model):
    """A place with a slug, rules and one player.

    ``version`` counts its committed changes. Whoever changes a room does so inside ``rooms.core.change.change``.
    """

    slug = models.SlugField(max_length=64, allow_unicode=True)
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.UNLISTED)
    control_role = models.PositiveSmallIntegerField("who controls the player", choices=Role, default=Role.HOST)
    add_role = models.PositiveSmallIntegerField("who adds links", choices=Role, default=Role.GUEST)
    at_end = models.CharField("at the end of the queue", max_length=10, choices=AtEnd, default=AtEnd.PAUSE)
    when_empty = models.CharField("when nobody listens", max_length=10, choices=WhenEmpty, default=WhenEmpty.CONTINUE)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    link_generation = models.PositiveIntegerField(
        default=1, editable=False, help_text="Raising it withdraws every link that gives a role."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RoomManager()

    notes: list[tuple[str, dict[str, Any]]] | None = None

    if TYPE_CHECKING:
        player: Player
        queue: Playlist

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["slug"], condition=Q(closed_at=None), name="one_open_room_a_slug"),
            models.CheckConstraint(condition=Q(version__gte=1), name="room_versions_count_from_one"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="room_visibility_is_known"),
            models.CheckConstraint(condition=Q(control_role__in=Role.values), name="room_control_role_is_known"),
            models.CheckConstraint(condition=Q(add_role__in=Role.values), name="room_add_role_is_known"),
            models.CheckConstraint(condition=Q(at_end__in=AtEnd.values), name="room_at_end_is_known"),
            models.CheckConstraint(condition=Q(when_empty__in=WhenEmpty.values), name="room_when_empty_is_known"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("room", args=[self.slug])

    def rename(self, name: str) -> None:
        """Give the room another name; raises Invalid with a sentence if it cannot be one."""
        self.name = clean_name(name)

    def close(self) -> None:
        """Close the room for good."""
        self.closed_at = timezone.now()

    def withdraw_links(self) -> None:
        """Make every link that gives a role worthless; who has a role by one keeps it."""
        self.link_generation += 1

    def note(self, event: str, **data: Any) -> None:
        """Note what is to be told of a change, while the room is lent."""
        if self.notes is None:
            raise RuntimeError("A room is changed inside rooms.core.change.change, which tells its listeners.")
        self.notes.append((event, data))

    @property
    def state(self) -> dict[str, Any]:
        """What a change may change: if it differs afterwards, it is saved and told."""
        return {name: getattr(self, name) for name in CHANGEABLE}

    def as_json(self) -> dict[str, Any]:
        """The room of a snapshot: name, rules, and who hosts it."""
        hosts = self.members.filter(role__gte=Role.HOST, banned_at=None).order_by("-role", "id")
        return {
            "slug": self.slug,
            "name": self.name,
            "visibility": self.visibility,
            "rules": {
                "control": Role(self.control_role).word,
                "add": Role(self.add_role).word,
                "at_end": self.at_end,
                "when_empty": self.when_empty,
            },
            "hosts": list(hosts.values_list("nickname", flat=True)[:20]),
            "created_at_ms": int(self.created_at.timestamp() * 1000),
        }

    def role_link(self, role: Role) -> str:
        """The path of the link that makes whoever opens it a ``role`` here."""
        ticket = _tickets.sign_object([self.pk, self.link_generation, role.word])
        return reverse("role-link", args=[self.slug, ticket])

    def role_of_ticket(self, ticket: str) -> Role | None:
        """The role that the ticket in a role link gives; None if it is forged, withdrawn, or another room's."""
        try:
            room_id, generation, word = _tickets.unsign_object(ticket)
        except signing.BadSignature:
            return None
        return Role.of(word) if (room_id, generation) == (self.pk, self.link_generation) else None


class Member(models.Model):
    """One person's place in one room.

    A person is a browser's signed cookie, an account, or a bot with a token.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="members")
    person = models.UUIDField(default=uuid.uuid4, help_text="Names the browser or bot.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    nickname = models.CharField(max_length=MAX_NICKNAME_LENGTH)
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)
    muted_at = models.DateTimeField(null=True, blank=True, help_text="Since when this person may not add or write.")
    banned_at = models.DateTimeField(null=True, blank=True, help_text="Since when this person may not come in.")
    kicked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["room", "person"], name="one_place_a_person_and_room"),
            models.UniqueConstraint(fields=["room", "user"], name="one_place_an_account_and_room"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_is_known"),
        )

    def __str__(self) -> str:
        return self.nickname

    def ban(self) -> None:
        """Show this person out for good. Like every verb here, called on a room that is lent."""
        if self.banned_at is None:
            self.banned_at = timezone.now()
            self._save_and_note()

    def kick(self) -> None:
        """Show this person out; coming back is allowed."""
        self.kicked_at = timezone.now()
        self._save_and_note()

    def mute(self) -> None:
        """Let this person listen only."""
        if self.muted_at is None:
            self.muted_at = timezone.now()
            self._save_and_note()

    def forgive(self) -> None:
        """Give back what was taken."""
        if self.banned_at is not None or self.muted_at is not None:
            self.banned_at = self.muted_at = None
            self._save_and_note()

    def rename(self, nickname: str) -> None:
        """Show this person under another name, also as host and at what they added."""
        if nickname != self.nickname:
            self.nickname = nickname
            self.save()
            self.room.note("snapshot")

    def give_role(self, role: Role) -> None:
        """Raise or lower this person's rank."""
        if role != self.role:
            self.role = role
            self._save_and_note()

    def _save_and_note(self) -> None:
        self.save()
        self.room.note("room")


def hash_token(token: str) -> str:
    """What is stored of a token. A plain hash is enough: a token has 256 random bits, nobody can guess them."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


class Token(models.Model):
    """The right to call the API as one member. The token itself is shown once; its hash is kept."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="tokens")
    hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"token of {self.member}"

    @classmethod
    def issue(cls, member: Member) -> str:
        """Make a token for ``member`` and return it, for the only time."""
        token = secrets.token_urlsafe(32)
        cls.objects.create(member=member, hash=hash_token(token))
        return token

    def withdraw(self, room: Room) -> None:
        """Make this token worthless: its streams end. Called on a room that is lent."""
        self.delete()
        room.note("room")


class Receipt(models.Model):
    """What the first call with one ``Idempotency-Key`` was answered, so that a repeat is answered the same."""

    key_hash = models.CharField(max_length=64, unique=True)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    sealed_body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"receipt of {self.created_at:%Y-%m-%d %H:%M}"


class Attendance(models.Model):
    """The people who listen to a room in one process, as that process said last.

    The others count them in; what was said too long ago is not believed any more (``rooms.live.presence.table``).
    """

    # Without a constraint in the database: a room that is deleted takes none of the other rooms' people along.
    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_constraint=False)
    process = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    names = models.JSONField(null=True, help_text="Nicknames by person; null for a crowd that is only counted.")
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["room", "process"], name="one_attendance_a_room_and_process"),)

    def __str__(self) -> str:
        return f"{self.count} in {self.process}"
