"""How many rooms one person may have open, and how many one address may start in an hour."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from tools.people import take
from tools.server import Server

MOST = 3


@pytest.fixture(scope="module")
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server behind a proxy of this machine, on which a person has three rooms."""
    folder = tmp_path_factory.mktemp("limited")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    server = Server(folder, MAX_ROOMS_PER_PERSON=str(MOST), TRUSTED_PROXIES="127.0.0.1").start()
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log


def visitor(server: Server, address: str) -> httpx.Client:
    """A browser at ``address`` that has seen the home page."""
    browser = server.browser(headers={"X-Forwarded-For": address, "Origin": server.url}, follow_redirects=True)
    browser.get("/")
    browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
    return browser


def make(client: httpx.Client, address: str = "", **headers: str) -> httpx.Response:
    forwarded = {"X-Forwarded-For": address} if address else {}
    return client.post("/api/v1/rooms", json={"name": "Lounge"}, headers={**forwarded, **headers})


def stranger(server: Server, address: str) -> httpx.Response:
    """Somebody without a cookie makes a room."""
    return make(server.browser(), address)


def check_refused(answer: httpx.Response, words: str) -> None:
    assert answer.status_code == 429, answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 3_600
    told = answer.json()["error"]
    assert told["code"] == "too-many"
    assert words in told["message"]


# A person


def test_a_person_has_so_many_rooms_open_and_closing_one_frees_a_place(server: Server) -> None:
    alice = visitor(server, "198.51.100.1")
    made = [make(alice) for _ in range(MOST)]
    assert [answer.status_code for answer in made] == [201] * MOST
    check_refused(make(alice), f"You have {MOST} open rooms")
    assert alice.delete(f"/api/v1/rooms/{made[0].json()['slug']}").status_code == 204
    assert make(alice).status_code == 201
    check_refused(make(alice), f"You have {MOST} open rooms")


def test_a_token_speaks_for_the_person_who_owns_the_rooms(server: Server) -> None:
    first = stranger(server, "198.51.100.2").json()
    host = server.browser(headers={"Authorization": f"Bearer {first['host_token']}"})
    assert [make(host, "198.51.100.3").status_code for _ in range(MOST - 1)] == [201] * (MOST - 1)
    check_refused(make(host, "198.51.100.3"), f"You have {MOST} open rooms")


def test_rooms_where_somebody_is_a_mere_host_are_not_theirs(server: Server) -> None:
    alice, bob = visitor(server, "198.51.100.4"), visitor(server, "198.51.100.5")
    for _ in range(MOST):
        take(bob, make(alice).json()["host_url"])
    assert make(bob).status_code == 201


def test_the_home_page_says_why_there_is_no_room_and_keeps_what_was_typed(server: Server) -> None:
    alice = visitor(server, "198.51.100.6")
    for _ in range(MOST):
        make(alice)
    form = {"name": "Salon", "visibility": "public", "csrfmiddlewaretoken": alice.cookies["csrftoken"]}
    page = alice.post("/", data=form)
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    (problem,) = re.findall(r'<p class="problem"[^>]*role="alert">(.*?)</p>', page.text)
    assert unescape(problem) == f"You have {MOST} open rooms, and {MOST} are allowed; close one of them first."
    assert 'value="Salon"' in page.text
    assert re.search(r'value="public" checked', page.text)


# An address


def test_whom_nobody_knows_counts_by_address(server: Server) -> None:
    assert [stranger(server, "203.0.113.1").status_code for _ in range(MOST)] == [201] * MOST
    check_refused(stranger(server, "203.0.113.1"), "from 203.0.113.1 within the hour")
    assert stranger(server, "203.0.113.2").status_code == 201


def test_an_ipv6_network_counts_as_one_address(server: Server) -> None:
    for number in range(MOST):
        assert stranger(server, f"2001:db8:1:2::{number}").status_code == 201
    check_refused(stranger(server, "2001:db8:1:2:ffff::1"), "2001:db8:1:2::/64")
    assert stranger(server, "2001:db8:1:3::1").status_code == 201


def test_what_a_client_says_of_its_own_address_is_nothing(server: Server) -> None:
    for number in range(MOST):
        assert stranger(server, f"198.18.0.{number}, 203.0.113.3").status_code == 201
    check_refused(stranger(server, "198.18.0.99, 203.0.113.3"), "203.0.113.3")


def test_a_new_cookie_for_each_room_leads_no_further(server: Server) -> None:
    for _ in range(MOST):
        assert make(visitor(server, "203.0.113.4")).status_code == 201
    check_refused(make(visitor(server, "203.0.113.4")), "203.0.113.4")
    form = {"name": "Salon", "visibility": "public"}
    by_form = visitor(server, "203.0.113.4")
    page = by_form.post("/", data={**form, "csrfmiddlewaretoken": by_form.cookies["csrftoken"]})
    assert page.status_code == 429
    assert "203.0.113.4" in page.text


def test_whoever_has_a_room_already_is_held_up_by_no_neighbour(server: Server) -> None:
    alice = visitor(server, "203.0.113.5")
    assert make(alice).status_code == 201
    while stranger(server, "203.0.113.5").status_code == 201:
        pass
    assert make(alice).status_code == 201


def test_a_repeated_call_counts_once(server: Server) -> None:
    for key in range(MOST):
        repeats = [make(server.browser(), "203.0.113.6", **{"Idempotency-Key": f"key {key}"}) for _ in range(3)]
        assert {answer.json()["slug"] for answer in repeats} == {repeats[0].json()["slug"]}
    check_refused(stranger(server, "203.0.113.6"), "203.0.113.6")


def test_an_idempotency_key_is_one_of_its_address(server: Server) -> None:
    mine, other = (make(server.browser(), f"203.0.113.{n}", **{"Idempotency-Key": "the same"}) for n in (7, 8))
    assert mine.json()["slug"] != other.json()["slug"]


def test_whoever_calls_from_the_machine_itself_is_not_limited(server: Server) -> None:
    assert [make(server.browser()).status_code for _ in range(2 * MOST)] == [201] * (2 * MOST)
