"""What the queue is given of a pasted text, and what the person who pasted it is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings

from players import youtube
from players.adding import add_links
from rooms.errors import Invalid, Unavailable
from tools.patience import until

A = "https://media.example.org/a.mp3"
SPOTIFY = "https://open.spotify.com/track/4uLU6hMCjMI7"
MELON = "https://www.melon.com/song/detail.htm?songId=1"
LIST = "https://www.youtube.com/playlist?list=PLlounge"


def test_one_link_among_words_is_one_entry() -> None:
    pasted = add_links.read(f"hear {A}, it is great")
    assert ([link.url for link in pasted.links], pasted.refused, pasted.is_one) == ([A], [], True)


def test_a_link_beside_one_that_is_refused_is_a_list_with_the_reason() -> None:
    pasted = add_links.read(f"{SPOTIFY} {A}")
    assert [link.url for link in pasted.links] == [A]
    assert not pasted.is_one
    (refused,) = pasted.refused
    assert refused["text"] == SPOTIFY
    assert "Spotify" in refused["reason"]


def test_where_nothing_can_be_played_every_reason_is_told_once() -> None:
    with pytest.raises(Invalid) as refusal:
        add_links.read(f"{SPOTIFY} {SPOTIFY} {MELON}")
    message = refusal.value.message
    assert (message.count("Spotify"), message.count("Melon")) == (1, 1)
    assert refusal.value.fields == {"url": message}


@pytest.mark.parametrize(("is_https", "url"), [(True, A), (False, A.replace("https", "http"))])
def test_a_link_is_upgraded_where_the_site_is_on_https(
    monkeypatch: pytest.MonkeyPatch, is_https: bool, url: str
) -> None:
    monkeypatch.setattr(settings, "HTTPS", is_https)
    assert [link.url for link in add_links.read("http://media.example.org/a.mp3").links] == [url]


def test_what_an_https_site_cannot_play_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HTTPS", True)
    with pytest.raises(Invalid, match="paste one that begins with https://"):
        add_links.read("http://radio.example.org:8000/live")


def test_an_empty_playlist_is_refused_and_the_link_beside_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(youtube, "playlist", lambda *_args, **_kwargs: [])
    pasted = add_links.read(f"{LIST}\n{A}")
    assert [link.url for link in pasted.links] == [A]
    assert pasted.refused[0]["text"] == LIST
    assert "empty or private" in pasted.refused[0]["reason"]


def test_a_playlist_that_cannot_be_asked_for_is_to_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_args: object, **_kwargs: object) -> None:
        raise youtube.Unavailable

    monkeypatch.setattr(youtube, "playlist", silent)
    with pytest.raises(Unavailable):
        add_links.read(f"{LIST}\n{A}")


def videos(count: int) -> list[tuple[str, str]]:
    return [(f"video{number:06}", "") for number in range(count)]


@pytest.mark.parametrize(("count", "is_told"), [(14, False), (15, True)])
def test_a_playlist_of_which_there_may_be_more_is_added_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, count: int, is_told: bool
) -> None:
    monkeypatch.setattr(youtube, "playlist", lambda *_args, **_kwargs: videos(count))
    pasted = add_links.read(LIST)
    assert len(pasted.links) == count
    assert not pasted.is_one
    assert [one["text"] for one in pasted.refused] == [LIST] * is_told
    assert all("the first 15 videos were added" in one["reason"] for one in pasted.refused)


def test_of_many_playlists_one_is_opened_and_the_others_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def playlist(playlist_id: str, **_kwargs: object) -> list[tuple[str, str]]:
        asked.append(playlist_id)
        return videos(2)

    monkeypatch.setattr(youtube, "playlist", playlist)
    pasted = add_links.read(f"{LIST} {LIST} {LIST}2 {LIST}3 {A}")
    assert asked == ["PLlounge"]
    assert len(pasted.links) == 3
    assert [one["text"] for one in pasted.refused] == [f"{LIST}2", f"{LIST}3"]
    assert "One playlist at a time" in pasted.refused[0]["reason"]


def test_so_many_wait_for_playlists_of_a_room_and_the_others_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(youtube, "TIMEOUT_S", 60)
    monkeypatch.setattr(youtube, "playlist", lambda *_args, **_kwargs: answered.wait(30) and videos(2))
    with ThreadPoolExecutor(10) as callers:
        calls = [callers.submit(add_links.read, LIST, 1) for _ in range(10)]
        until(lambda: sum(call.done() for call in calls) >= 6)  # two are asked, two wait, unless all came at once
        refused = [call for call in calls if call.done()]
        assert {type(call.exception()) for call in refused} == {Unavailable}
        assert len(refused) <= 8
        other = callers.submit(add_links.read, LIST, 2)
        answered.set()
        assert len(other.result(30).links) == 2
