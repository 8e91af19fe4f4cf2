"""A Host header that the server does not answer to is refused in JSON, before anything else is read."""

from __future__ import annotations

import logging
import sys

import pytest
from django.test import Client

from musicrooms.serving.logging import OneLine


@pytest.mark.django_db
def test_a_host_that_the_server_does_not_answer_to_is_refused_in_json(client: Client) -> None:
    refused = client.get("/api/v1/time", headers={"Host": "evil.example"})
    assert refused.status_code == 422
    assert refused.json()["error"] == {
        "code": "invalid", "message": "The host “evil.example” is not among those that this server answers to."
    }  # fmt: skip


@pytest.mark.django_db
def test_more_parameters_than_are_read_are_refused_in_a_sentence(client: Client) -> None:
    refused = client.get("/api/v1/rooms", {f"a{n}": "1" for n in range(1_001)})
    assert refused.status_code == 422
    assert "more than the 1,000 parameters" in refused.json()["error"]["message"]


def test_such_a_host_is_one_line_of_the_log() -> None:
    logger = logging.getLogger("django.security.DisallowedHost")
    assert any(isinstance(each, OneLine) for each in logger.filters)
    try:
        raise ValueError("Invalid HTTP_HOST header: 'evil.example'.")
    except ValueError as error:
        record = logger.makeRecord(logger.name, logging.ERROR, "", 1, str(error), (), sys.exc_info())
    logger.filter(record)
    assert logging.Formatter().format(record) == "Invalid HTTP_HOST header: 'evil.example'."
