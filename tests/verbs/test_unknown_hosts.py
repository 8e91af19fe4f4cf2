"""A Host header that the server does not answer to is refused in JSON, before anything else is read."""

from __future__ import annotations

import pytest
from django.test import Client

# Hosts


@pytest.mark.django_db
def test_a_host_that_the_server_does_not_answer_to_is_refused_in_json(client: Client) -> None:
    refused = client.get("/api/v1/time", headers={"Host": "evil.example"})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "bad-request"
