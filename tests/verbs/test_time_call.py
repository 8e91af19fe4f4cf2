"""GET /time, the call that clocks are set by, touches no database."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}], ids=str)
def test_the_time_touches_no_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, headers: dict[str, str]
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/api/v1/time", headers=headers).status_code == 200
