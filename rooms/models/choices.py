"""The alternatives of a room's rules, and of what tokens are good for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy


class Visibility(models.TextChoices):
    PUBLIC = "public", gettext_lazy("Public: listed on the home page, for everyone")
    UNLISTED = "unlisted", gettext_lazy("Unlisted: for whoever has the link")
    PRIVATE = "private", gettext_lazy("Private: for the people who were invited")


class Order(models.TextChoices):
    """In which order the queue plays."""

    QUEUE = "queue", gettext_lazy("as it was added and arranged")
    FAIR = "fair", gettext_lazy("in turns, one of each person")
    VOTES = "votes", gettext_lazy("the most votes first")
    SHUFFLE = "shuffle", gettext_lazy("shuffled")


class AtEnd(models.TextChoices):
    """What happens when the last track of the queue has ended."""

    PAUSE = "pause", gettext_lazy("pause")
    REPEAT = "repeat", gettext_lazy("start over")
    REPEAT_ONE = "repeat-one", gettext_lazy("play the last one again")
    AUTOFILL = "autofill", gettext_lazy("go on by itself")


class WhenEmpty(models.TextChoices):
    """What happens to the music while the room has no listeners."""

    CONTINUE = "continue", gettext_lazy("continue")
    PAUSE = "pause", gettext_lazy("pause")


class WithoutHost(models.TextChoices):
    """Who takes over while no host is in the room."""

    NOTHING = "nothing", gettext_lazy("nobody")
    ELDEST = "eldest", gettext_lazy("who has been here longest becomes host")
    EVERYBODY_SKIPS = "everybody-skips", gettext_lazy("everybody may vote to skip")


class ChatKept(models.TextChoices):
    """How long a room keeps what was said in it."""

    ALWAYS = "always", gettext_lazy("kept")
    DAY = "day", gettext_lazy("forgotten after a day")
    OFF = "off", gettext_lazy("off: nobody writes here")


class Scope(models.TextChoices):
    """What a token is good for, at most: the role of its member still decides."""

    READ = "read", gettext_lazy("read the room, and hear every change")
    QUEUE = "queue", gettext_lazy("add, move and remove tracks, and vote")
    CONTROL = "control", gettext_lazy("play, pause, seek and skip")
    CHAT = "chat", gettext_lazy("write and react in your name")
    MODERATE = "moderate", gettext_lazy("mute, kick and ban people")
    MANAGE = "manage", gettext_lazy("change the room, roles, invitations and tokens")


ALL_SCOPES = frozenset(Scope)
