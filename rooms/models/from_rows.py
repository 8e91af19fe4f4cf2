"""Models whose instances are made of a row at once, for those that every call reads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class FromRows(models.Model):
    """Base of models whose rows become instances by filling ``__dict__``; ``__init__`` makes new ones as ever.

    Django's ``__init__`` sets field by field through descriptors, and sends two signals, which nobody receives here; a
    host's call reads some ten models.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override]  # of Django 6
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """The instance of a row: ``values`` of the fields of these names; any other field is read when asked for."""
        instance = cls.__new__(cls)
        instance.__dict__.update(zip(field_names, values, strict=True))
        state = instance._state = ModelState()
        state.adding, state.db = False, db
        return instance
