"""Roles of people in a room, in ascending order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext, gettext_lazy


class Role(models.IntegerChoices):
    """A person's rank in one room; a higher one may do all that a lower one may."""

    GUEST = 0, gettext_lazy("guest")
    MEMBER = 10, gettext_lazy("member")
    HOST = 20, gettext_lazy("host")
    OWNER = 30, gettext_lazy("owner")

    @property
    def word(self) -> str:
        """The role as the API spells it."""
        return self.name.lower()

    @property
    def said(self) -> str:
        """The role in the language of the current request."""
        return gettext(self.word)

    @classmethod
    def of(cls, word: str) -> Role:
        """The role that the API spells so; raises KeyError for another word."""
        return cls[word.upper()]
