"""Who may read probes and numbers, and how they are asked."""

from __future__ import annotations

import threading
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from musicrooms.serving import dependencies


def test_a_part_that_hangs_is_not_asked_again_before_it_answered() -> None:
    answers = threading.Event()
    asked: list[None] = []

    def check() -> None:
        asked.append(None)
        answers.wait(10)

    waiting = [dependencies.single_flight("something slow", check) for _ in range(3)]
    answers.set()
    for answer in waiting:
        answer.result(10)
    assert len(asked) == 1
    dependencies.single_flight("something slow", check).result(10)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.1"}, 404),
        ("127.0.0.1", {"X-Real-IP": "192.0.2.1"}, 404),
        ("127.0.0.1", {"Host": "rebound.example.org"}, 404),
        ("127.0.0.1", {"Host": "127.0.0.1:8000"}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("", {}, 404),
        ("192.0.2.1", {}, 404),
        ("10.1.2.3", {}, 200),
        ("10.1.2.3", {"Host": "rebound.example.org"}, 200),
        ("::ffff:10.1.2.3", {}, 200),
        ("10.1.2.3", {"X-Forwarded-For": "192.0.2.1"}, 200),
    ],
)
def test_only_the_operator_reads_the_numbers(peer: str, headers: dict[str, str], status: int, settings: Any) -> None:
    settings.METRICS_FROM = (ip_network("10.0.0.0/8"),)
    assert Client(REMOTE_ADDR=peer).get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.django_db
def test_probes_ask_by_plain_http_and_by_address(path: str, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["rooms.example.org"]
    probe = Client(REMOTE_ADDR="127.0.0.1", headers={"Host": "127.0.0.1:8000"})
    answer = probe.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert int(answer["Content-Length"]) == len(answer.content)
    assert probe.post(path).status_code == 405
    assert probe.get("/").status_code == 400
    assert Client(headers={"Host": "rooms.example.org"}).get("/").status_code == 301
