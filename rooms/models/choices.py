"""The alternatives of a room's rules."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy


class Visibility(models.TextChoices):
    PUBLIC = "public", gettext_lazy("public: listed on the home page")
    UNLISTED = "unlisted", gettext_lazy("unlisted: open to whoever has the link")
    PRIVATE = "private", gettext_lazy("private: open to members only")


class AtEnd(models.TextChoices):
    """What happens when the last track of the queue has ended."""

    PAUSE = "pause", gettext_lazy("pause")
    REPEAT = "repeat", gettext_lazy("start over")


class WhenEmpty(models.TextChoices):
    """What happens to the music while the room has no listeners."""

    CONTINUE = "continue", gettext_lazy("continue")
    PAUSE = "pause", gettext_lazy("pause")
