"""How each database is connected to: settings of SQLite, the pool of PostgreSQL."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.urls import Resolver404, resolve


@pytest.mark.skipif(connection.vendor != "postgresql", reason="this is about PostgreSQL")
def test_connections_are_the_pools_and_are_not_kept_by_threads() -> None:
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] == 0
    assert settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] == 10


@pytest.mark.parametrize("path", ["/events/", "/events", "/api/v1/events", "/eventstream/", "/events/room-1/"])
def test_the_stock_view_is_at_no_address(path: str) -> None:
    with pytest.raises(Resolver404):
        resolve(path)


# SQLite: transactions that write late meet "database is locked"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="this is about SQLite")
def test_sqlite_writes_ahead_and_takes_its_lock_at_once() -> None:
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] >= 5_000
