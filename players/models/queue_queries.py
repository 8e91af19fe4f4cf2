"""What calls and pages ask of a queue, compiled once."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Func, Subquery
from django.db.models.functions import Coalesce

from players.models.entry import COLUMNS, Entry
from rooms.models.compiled_query import CompiledInsert, CompiledQuery, CompiledRows, Parameter


def _entries() -> models.QuerySet[Entry]:
    return Entry.objects.order_by("order").filter(playlist_id=_number("playlist"))


def _whole() -> models.QuerySet[Entry]:
    return _entries().select_related("track", "member")


def _playable() -> models.QuerySet[Entry]:
    return _whole().filter(track__problem="", problem="")


def _rows() -> models.QuerySet[Entry, Any]:
    return _entries().values_list(*COLUMNS)


def _number(name: str) -> Parameter:
    return Parameter(name, models.BigIntegerField())


def _place() -> Subquery:
    """The order of the entry ``pk``, as the database has it: it may have been moved since it was read."""
    return Subquery(Entry.objects.filter(pk=_number("pk")).values("order"))


INSERT = CompiledInsert(Entry)
ENTRY = CompiledQuery(lambda: _whole().filter(pk=_number("pk")))
FIRST_PLAYABLE = CompiledQuery(_playable)
PLAYABLE_AFTER = CompiledQuery(lambda: _playable().filter(order__gt=_place()))
PLAYABLE_BEFORE = CompiledQuery(lambda: _playable().filter(order__lt=_place()).reverse())

ROWS = CompiledRows(_rows)
PARTS = CompiledRows(
    lambda: (
        _entries()
        .filter(track__problem="", problem="")
        .values_list(
            "pk",
            "order",
            "track__provider",
            "start_ms",
            "end_ms",
            Coalesce("set_length_ms", "measured_ms", "track__length_ms"),
            "is_live",
        )
    )
)
"""What plays on by itself, in its order: all that its arithmetic needs."""
ORDER = CompiledRows(lambda: Entry.objects.filter(pk=_number("pk")).values_list("order"))
LAST = CompiledRows(lambda: _entries().reverse().values_list("pk", "order", "is_filler")[:1])


def _count(entries: models.QuerySet[Entry]) -> Subquery:
    """How many entries those are. An aggregate would be grouped by the ORM, in more than twice as long."""
    number = Func(function="COUNT", template="%(function)s(*)", output_field=models.IntegerField())
    return Subquery(entries.order_by().annotate(number=number).values("number"))


def _queue() -> models.QuerySet[Any]:
    playlists = apps.get_model("players", "Playlist").objects  # whose module imports this one
    return playlists.filter(pk=_number("playlist"))


LENGTH = CompiledRows(lambda: _queue().values_list(_count(_entries())))
COUNTS = CompiledRows(
    lambda: _queue().values_list(_count(_entries()), _count(_entries().filter(order__lt=_number("order"))))
)
"""How many entries there are, and how many before ``order``."""
OWN = CompiledRows(lambda: _queue().values_list(_count(_entries().filter(member_id=_number("member")))))
"""How many entries that member added."""


@cache
def rows_from(most: int) -> CompiledRows:
    """The first ``most`` rows from ``order`` on."""
    return CompiledRows(lambda: _rows().filter(order__gte=_number("order"))[:most])


@cache
def last_rows(most: int) -> CompiledRows:
    """The last ``most`` rows, the last one first."""
    return CompiledRows(lambda: _rows().reverse()[:most])
