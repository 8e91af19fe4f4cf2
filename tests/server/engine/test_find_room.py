"""Whatever somebody types or pastes to join: it leads to the room that they mean, or is said to lead nowhere."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from tools.people import Lounge
from tools.server import Server


@pytest.fixture(scope="session")  # as the server, on which the room stays
def kitchen(server: Server) -> Lounge:
    return Lounge.open(server, name="Kitchen Radio")


def join(server: Server, code: str, browser: httpx.Client | None = None) -> httpx.Response:
    return (browser or server.browser()).get("/join", params={"code": code}, follow_redirects=False)


def offered(page: httpx.Response) -> list[str]:
    """The names of the rooms that the page asks about: did you mean?"""
    names = re.findall(r'<a class="button soft" href="/r/[^"]+"><bdi[^>]*>([^<]+)', page.text)
    return [unescape(name) for name in names]


@pytest.mark.parametrize(
    "code",
    [
        "Kitchen Radio",
        "kitchen radio",
        "KITCHEN   RADIO ",
        "KitchenRadio",
        "kitchenradio",
        "kitchen-radio",
        "kitchen_radio",
        "Kitchen-Radio!",
        "Come and listen: http://elsewhere.example.org/r/kitchen-radio",
    ],
)
def test_a_room_is_joined_by_its_name_however_it_is_typed(server: Server, kitchen: Lounge, code: str) -> None:
    joined = join(server, code)
    assert (joined.status_code, joined.headers.get("location")) == (302, f"/r/{kitchen.slug}")


def test_an_unlisted_room_is_joined_by_what_its_link_says_and_not_by_its_name(server: Server) -> None:
    cellar = Lounge.open(server, name="Wine Cellar", visibility="unlisted")
    for code in (cellar.slug, cellar.slug.upper(), cellar.slug.replace("-", " ")):
        assert join(server, code).headers.get("location") == f"/r/{cellar.slug}", code
    for code in ("Wine Cellar", "winecellar", "wine-cellar"):
        assert join(server, code).status_code == 404, code


def test_a_private_room_is_joined_by_no_name_and_offered_to_nobody(server: Server) -> None:
    Lounge.open(server, name="Secret Attic", visibility="private")
    for code in ("Secret Attic", "secretattic", "secret-attic", "Secret Atic"):
        page = join(server, code)
        assert page.status_code == 404, code
        assert "Secret Attic" not in offered(page)


def test_a_pasted_invitation_leads_to_itself(server: Server) -> None:
    attic = Lounge.open(server, name="Attic", visibility="private")
    bob = server.browser(follow_redirects=True)
    page = bob.get("/join", params={"code": attic.host_url})
    assert str(page.url) == attic.host_url
    assert "Attic" in page.text


def test_a_forged_invitation_lets_nobody_in(server: Server) -> None:
    attic = Lounge.open(server, name="Other Attic", visibility="private")
    assert join(server, attic.host_url[:-2]).status_code == 404


def test_a_mistyped_name_is_answered_with_the_rooms_that_come_close(server: Server, kitchen: Lounge) -> None:
    page = join(server, "Kichen Radoi")
    assert page.status_code == 404
    assert offered(page) == ["Kitchen Radio"]
    assert 'value="Kichen Radoi"' in page.text


def test_part_of_a_name_is_answered_with_the_rooms_that_have_it(server: Server, kitchen: Lounge) -> None:
    assert "Kitchen Radio" in offered(join(server, "kitchen"))


def test_what_comes_close_to_nothing_is_offered_nothing(server: Server, kitchen: Lounge) -> None:
    page = join(server, "zzzzzzzz")
    assert page.status_code == 404
    assert offered(page) == []


def test_a_link_to_music_is_told_from_one_to_a_room(server: Server) -> None:
    page = join(server, "https://youtu.be/dQw4w9WgXcQ")
    assert page.status_code == 404
    assert "start a room and paste it there" in page.text


def test_a_closed_room_is_no_longer_found(server: Server) -> None:
    gone = Lounge.open(server, name="Gone Tomorrow")
    assert join(server, "gonetomorrow").status_code == 302
    assert gone.alice.delete(gone.path).status_code == 204
    page = join(server, "gonetomorrow")
    assert page.status_code == 404
    assert offered(page) == []
