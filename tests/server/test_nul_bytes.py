"""A NUL, which PostgreSQL cannot hold, breaks nothing on either database."""

from __future__ import annotations

import httpx
import pytest

from tools.people import Lounge
from tools.server import Server


@pytest.mark.parametrize("path", ["/api/v1/rooms/{}", "/api/v1/rooms/{}/player", "/api/v1/rooms/{}/queue", "/r/{}"])
@pytest.mark.parametrize("nul", ["%00", "x%00", "%00x"])
def test_no_address_holds_one(lounge: Lounge, path: str, nul: str) -> None:
    answer = lounge.server.browser().get(path.format(f"{lounge.slug}{nul}"))
    assert answer.status_code == 404
    if path.startswith("/api/"):
        assert answer.json()["error"]["code"] in ("unknown", "not-found")
    else:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/api/v1/rooms?search=ze%00ro", "/?search=ze%00ro", "/?search=ze%0%000ro", "/join?code=%00%00"]
)
def test_it_is_taken_out_of_a_query(server: Server, path: str) -> None:
    lounge = Lounge.open(server, name="Zero lounge")
    answer = lounge.server.browser().get(path)
    assert answer.status_code == (404 if "code" in path else 200), answer.text[:1_000]
    assert "code" in path or lounge.slug in answer.text


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "person", "messages"])
def test_it_is_taken_out_of_a_cookie(lounge: Lounge, cookie: str) -> None:
    answer = lounge.server.browser().get("/admin/", headers={"Cookie": f'{cookie}="abcdefgh\\000ijkl"'})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")


def test_it_is_no_part_of_a_name(lounge: Lounge) -> None:
    assert lounge.alice.patch(lounge.path, json={"name": "Sa\0lon"}).json()["name"] == "Sa lon"
    browser = lounge.person()
    posts: list[tuple[str, dict[str, str]]] = [
        ("/", {"name": "\0", "visibility": "public"}),
        ("/", {"name": "Salon", "visibility": "\0"}),
        ("/admin/login/", {"username": "a\0b", "password": "\0"}),
    ]
    for path, fields in posts:
        assert browser.post(path, data=fields).status_code < 500


def test_it_is_no_part_of_a_link(lounge: Lounge) -> None:
    for url in ("https://media.example.org/a\0.mp3", "https://media.example.org/a%00.mp3", "\0"):
        answer: httpx.Response = lounge.alice.post(f"{lounge.path}/queue", json={"url": url})
        assert answer.status_code in (201, 422), answer.text
