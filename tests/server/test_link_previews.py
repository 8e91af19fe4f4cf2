"""What other sites and messengers learn of a room from its link: previews in the page, and oEmbed."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.support import patient
from tools.people import Lounge
from tools.server import Server, served

A = "https://media.example.org/a.mp3"


@pytest.fixture(scope="module")
def framed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server whose rooms one blog may show in its pages."""
    with served(prepared, tmp_path_factory.mktemp("framed"), EMBED_ANCESTORS="https://blog.example.org,self") as server:
        yield server


def tags(page: str) -> dict[str, str]:
    """The page's tags for previews, by their names."""
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', page)
    assert len({name for name, _ in found}) == len(found), "a tag is there twice"
    return {name: unescape(content) for name, content in found}


def ask(server: Server, **query: str | int) -> httpx.Response:
    return patient.get(f"{server.url}/oembed", params=query)


def page_of(lounge: Lounge) -> str:
    return f"{lounge.server.url}/r/{lounge.slug}"


# Previews


def test_a_preview_says_which_room_it_is_and_what_plays(lounge: Lounge) -> None:
    entry = lounge.add(A)
    lounge.control(entry_id=entry["id"], playing=True)
    told = tags(patient.get(page_of(lounge)).text)
    assert told["og:title"] == told["twitter:title"] == "Lounge"
    assert entry["title"] in told["og:description"]
    assert "Lounge" in told["og:description"]
    assert told["og:type"] == "music.radio_station"
    assert told["og:url"] == page_of(lounge)
    assert told["og:site_name"] == "Musicrooms"


def test_the_picture_of_a_preview_is_the_artwork_by_its_whole_address(demo: Server) -> None:
    told = tags(patient.get(f"{demo.url}/r/lounge").text)
    artwork = demo.client().get("/rooms/lounge/player").json()["entry"]["artwork_url"]
    assert artwork.startswith("/")
    assert told["og:image"] == told["twitter:image"] == demo.url + artwork
    assert patient.get(told["og:image"]).status_code == 200
    assert told["twitter:card"] == "summary_large_image"


def test_a_room_where_nothing_plays_is_shown_by_the_mark(lounge: Lounge) -> None:
    told = tags(patient.get(page_of(lounge)).text)
    assert told["twitter:card"] == "summary"
    picture = patient.get(told["og:image"])
    assert picture.headers["content-type"] == "image/png"


def test_a_name_cannot_break_out_of_a_preview(server: Server) -> None:
    name = '"><script>alert(1)</script>'
    lounge = Lounge.open(server, name=name)
    page = patient.get(page_of(lounge)).text
    assert tags(page)["og:title"] == name
    assert "<script>alert" not in page


def test_a_stranger_learns_nothing_of_a_private_room_from_its_page(server: Server) -> None:
    lounge = Lounge.open(server, name="Hidden", visibility="private")
    page = patient.get(page_of(lounge))
    assert page.status_code == 404
    assert tags(page.text) == {}
    assert "Hidden" not in page.text


def test_the_page_names_where_its_oembed_is_found(lounge: Lounge) -> None:
    link = re.search(
        r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', patient.get(page_of(lounge)).text
    )
    assert link
    url = unescape(link[1])
    assert parse_qs(urlsplit(url).query) == {"url": [page_of(lounge)], "format": ["json"]}
    assert patient.get(url).json()["title"] == "Lounge"


# oEmbed


def test_a_link_is_all_that_is_offered_while_no_site_may_embed(lounge: Lounge) -> None:
    answer = ask(lounge.server, url=page_of(lounge), format="json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    told = answer.json()
    assert (told["version"], told["type"], told["title"]) == ("1.0", "link", "Lounge")
    assert (told["provider_name"], told["provider_url"]) == ("Musicrooms", f"{lounge.server.url}/")
    assert "html" not in told


def test_where_frames_are_allowed_the_player_itself_is_offered(framed: Server) -> None:
    lounge = Lounge.open(framed)
    told = ask(framed, url=page_of(lounge)).json()
    assert told["type"] == "rich"
    frame = re.fullmatch(
        r'<iframe src="([^"]+)" title="Lounge" width="(\d+)" height="(\d+)"[^>]*></iframe>', told["html"]
    )
    assert frame
    assert frame[1] == f"{page_of(lounge)}/embed"
    assert (int(frame[2]), int(frame[3])) == (told["width"], told["height"])
    assert patient.get(frame[1]).status_code == 200


def test_the_player_keeps_within_the_size_that_is_asked_for(framed: Server) -> None:
    lounge = Lounge.open(framed)
    told = ask(framed, url=page_of(lounge), maxwidth=320, maxheight=300).json()
    assert (told["type"], told["width"], told["height"]) == ("rich", 320, 300)
    assert ask(framed, url=page_of(lounge), maxwidth=5_000, maxheight=5_000).json()["width"] < 5_000


@pytest.mark.parametrize("small", [{"maxwidth": 200}, {"maxheight": 100}], ids=str)
def test_where_the_player_has_no_room_a_link_is_offered(framed: Server, small: dict[str, int]) -> None:
    assert ask(framed, url=page_of(Lounge.open(framed)), **small).json()["type"] == "link"


@pytest.mark.parametrize("path", ["", "/tv", "/embed"])
def test_every_page_of_a_room_stands_for_it(lounge: Lounge, path: str) -> None:
    assert ask(lounge.server, url=page_of(lounge) + path).json()["title"] == "Lounge"


def test_a_slug_of_other_letters_is_found(server: Server) -> None:
    lounge = Lounge.open(server, name="음악방")
    url = str(httpx.URL(page_of(lounge)))
    assert "%" in url
    assert ask(server, url=url).json()["title"] == "음악방"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lounge",
        "{server}/",
        "{server}/r/no-such-room",
        "https://elsewhere.example.org/r/{slug}",
        "http://[",
        "{server}/admin/",
    ],
)
def test_what_is_no_room_here_is_answered_404_with_a_sentence(lounge: Lounge, url: str) -> None:
    answer = ask(lounge.server, url=url.format(server=lounge.server.url, slug=lounge.slug))
    assert answer.status_code == 404
    assert answer.json()["error"]["message"].endswith(".")


def test_a_closed_room_is_answered_404(lounge: Lounge) -> None:
    assert ask(lounge.server, url=page_of(lounge)).status_code == 200
    lounge.alice.delete(lounge.path)
    assert ask(lounge.server, url=page_of(lounge)).status_code == 404


@pytest.mark.parametrize("wanted", ["xml", "yaml"])
def test_other_forms_than_json_are_answered_501(lounge: Lounge, wanted: str) -> None:
    answer = ask(lounge.server, url=page_of(lounge), format=wanted)
    assert answer.status_code == 501
    assert f"“{wanted}”" in answer.json()["error"]["message"]


def test_a_private_room_is_as_if_there_were_none_even_to_its_own_people(server: Server) -> None:
    lounge = Lounge.open(server, name="Hidden", visibility="private")
    alice, url = lounge.host(), page_of(lounge)
    answer = alice.get("/oembed", params={"url": url})
    nothing = alice.get("/oembed", params={"url": f"{server.url}/r/nothing"})
    assert (answer.status_code, answer.text.replace(url, f"{server.url}/r/nothing")) == (404, nothing.text)


def test_a_size_that_is_no_number_is_refused_with_a_sentence(lounge: Lounge) -> None:
    answer = ask(lounge.server, url=page_of(lounge), maxwidth="wide")
    assert answer.status_code == 422
    assert "“wide”" in answer.json()["error"]["message"]


def test_pages_of_any_site_may_read_the_answer(lounge: Lounge) -> None:
    assert ask(lounge.server, url=page_of(lounge)).headers["access-control-allow-origin"] == "*"


# Who may show it in a frame


def test_frames_are_refused_until_a_site_is_named(lounge: Lounge) -> None:
    for path in ("", "/tv", "/embed", "/overlay"):
        headers = patient.get(page_of(lounge) + path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_only_the_player_may_be_framed_and_only_by_the_sites_that_are_named(framed: Server) -> None:
    lounge = Lounge.open(framed)
    headers = patient.get(page_of(lounge) + "/embed").headers
    assert "frame-ancestors https://blog.example.org 'self'" in headers["content-security-policy"]
    assert "x-frame-options" not in headers
    for path in ("", "/tv", "/overlay"):
        headers = patient.get(page_of(lounge) + path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_the_sheet_of_links_offers_the_code_only_where_it_works(framed: Server, lounge: Lounge) -> None:
    assert "/embed" not in patient.get(page_of(lounge)).text
    there = Lounge.open(framed)
    code = re.search(r'id="embed-code" type="text" readonly value="([^"]+)"', patient.get(page_of(there)).text)
    assert code
    assert unescape(code[1]) == ask(framed, url=page_of(there)).json()["html"]
