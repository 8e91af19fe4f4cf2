"""Repeated calls of accounts: each account has keys of its own."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.mark.django_db(transaction=True)
def test_two_accounts_behind_one_address_are_two_callers() -> None:
    tokens = set()
    for name in ("alice", "bob"):
        client = Client(headers={"Idempotency-Key": "key"})
        client.force_login(User.objects.create_user(name))
        made = client.post("/api/v1/rooms", {"name": "Mine"}, content_type="application/json")
        assert made.status_code == 201
        tokens.add(made.json()["host_token"])
    assert len(tokens) == 2
