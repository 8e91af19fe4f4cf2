"""Who may do what: the ranks of people in a room."""

from __future__ import annotations

from django.db import models


class Role(models.IntegerChoices):
    """A person's rank in one room; a higher one may do all that a lower one may."""

    GUEST = 0, "guest"
    MEMBER = 10, "member"
    HOST = 20, "host"
    OWNER = 30, "owner"

    @property
    def word(self) -> str:
        """The role as the API spells it."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Role:
        """The role that the API spells so; raises KeyError for another word."""
        return cls[word.upper()]
