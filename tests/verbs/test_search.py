"""Search by words: in what this server knows by itself, and within YouTube, whose answers are few."""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from players.models import OwnList, YouTubeDay, YouTubeSearch
from players.models.youtube_day import day_of, next_day_in_s
from players.models.youtube_search import KEPT_MS
from players.search import youtube as within_youtube
from players.youtube import data_api
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.one_at_a_time import _end_turn
from rooms.live.public_rooms import public_rooms
from rooms.models import Room, Token
from tests.support.rooms import anew, hear, link, rule
from tests.support.youtube_api import KEY, Known, YouTubeApi, youtube_api
from tools.patience import until

pytestmark = pytest.mark.django_db(transaction=True)

A, B, C = "aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc"
UNITS = 10_000


@pytest.fixture
def youtube(settings: Settings) -> Iterator[YouTubeApi]:
    with youtube_api() as api:
        settings.YOUTUBE_API_KEY, settings.YOUTUBE_API_URL, settings.YOUTUBE_QUOTA = KEY, api.url, UNITS
        yield api
        api.may_answer.set()
        until(lambda: within_youtube._pool.is_idle)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    hear(monkeypatch)
    return make_room("Lounge", Caller(), "public")[0]


@pytest.fixture
def alice(room: Room) -> Client:
    return Client(headers={"Authorization": f"Bearer {Token.issue(room.members.get())}"})


def search(client: Client, q: str, status: int = 200, **query: str) -> Any:
    answer = client.get("/api/v1/search", {"q": q, **query})
    assert answer.status_code == status, answer.content
    return answer.json() if status == 200 else answer.json()["error"]


def search_room(client: Client, room: Room, q: str, status: int = 200, **query: str) -> Any:
    answer = client.get(f"/api/v1/rooms/{room.slug}/search", {"q": q, **query})
    assert answer.status_code == status, answer.content
    return answer.json() if status == 200 else answer.json()["error"]


def titles(answer: Any) -> list[tuple[str, str]]:
    return [(one["source"], one["title"]) for one in answer["items"]]


def play(room: Room, *names: str) -> None:
    """Have these tracks played and skipped, one after the other."""
    now = now_ms()
    with change(room, now) as lent:
        lent.queue.add([link(name) for name in names], now, after=None, at_end=True, member=None)
    with change(anew(room), now) as lent:
        lent.player.set(now, entry=lent.queue.listed().first(), playing=True)
    for _ in names:
        with change(anew(room), now) as lent:
            lent.player.skip(now)


# Without a key


def test_without_a_key_the_search_of_youtube_is_off_and_says_so(settings: Settings, alice: Client) -> None:
    settings.YOUTUBE_API_KEY = ""
    assert search(alice, "never", 404)["code"] == "search_is_off"
    assert "YOUTUBE_API_KEY" in search(Client(), "never", 404)["message"]
    assert search(alice, "", 404)["code"] == "search_is_off"


def test_a_room_is_searched_without_a_key_in_its_history_and_in_ones_own_lists(room: Room) -> None:
    account = Client()
    user = User.objects.create_user("alice")
    account.force_login(user)
    play(room, "Night_Train", "Night_Bus", "Day_Trip", "Night_Train")
    with transaction.atomic():
        OwnList.make(user, "Late").add([link("Night_Owl"), link("Night_Bus")])
        OwnList.make(User.objects.create_user("bob"), "Bob's").add([link("Night_Secret")])
    found = search_room(account, room, "  NIGHT ")
    assert titles(found) == [("history", "Night Train"), ("history", "Night Bus"), ("list", "Night Owl")]
    assert found["unsearched"] == []
    assert titles(search_room(account, room, "train night")) == [("history", "Night Train")]
    assert titles(search_room(account, room, "nothing of this")) == []
    added = account.post(
        f"/api/v1/rooms/{room.slug}/queue", {"url": found["items"][2]["url"]}, content_type="application/json"
    )
    assert (added.status_code, added.json()["title"]) == (201, "Night Owl")


@pytest.mark.parametrize(
    ("title", "asked"), [("Кино", "кино"), ("кино", "КИНО"), ("Élan", "élan"), ("ÁRBOL", "árbol"), ("봄날", "봄날")]
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_are_found_in_any_script_in_capitals_or_not_and_in_parts_as_macs_write_them(
    room: Room, title: str, asked: str, form: Literal["NFC", "NFD"]
) -> None:
    play(room, quote(unicodedata.normalize(form, title)), "Other")
    owner = Client(headers={"Authorization": f"Bearer {Token.issue(room.members.get())}"})
    assert len(search_room(owner, room, asked)["items"]) == 1
    history = owner.get(f"/api/v1/rooms/{room.slug}/history", {"q": asked}).json()["items"]
    assert len(history) == 1
    with change(anew(room), now_ms()) as lent:
        lent.rename(title)
    assert len(public_rooms(asked)) == 1


def test_only_who_may_add_searches_and_only_for_words(room: Room, alice: Client) -> None:
    rule(room, add="host")
    bob = Client()
    bob.get(f"/r/{room.slug}")
    assert search_room(bob, room, "night", 403)["code"] == "forbidden"
    assert search_room(Client(), room, "night", 401)["code"] == "unidentified"
    assert search_room(alice, room, " \u200e ", 422)["fields"]["q"].endswith("this has 0.")
    assert "101" in search_room(alice, room, "x" * 101, 422)["message"]


def test_who_searches_too_fast_waits(room: Room, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.core.rate_limit.SEARCHES", 2)
    for _ in range(2):
        search_room(alice, room, "night")
    assert search_room(alice, room, "night", 429)["code"] == "too-many"


# Within YouTube


def test_youtube_is_searched_for_what_plays_here_with_lengths(alice: Client, youtube: YouTubeApi) -> None:
    youtube.videos = [
        Known(A, "Never & Ever", "Rick Astley - Topic", "PT1H2M3S"),
        Known(B, "Never at all", embeddable=False),
        Known(C, "Never ending", live="live", duration="P0D"),
        Known("ddddddddddd", "Never yet", live="upcoming", duration="P0D"),
    ]
    first, last = search(alice, "never")["items"]
    assert first == {
        "url": f"https://www.youtube.com/watch?v={A}",
        "provider": "youtube",
        "media_id": A,
        "title": "Never & Ever",
        "artist": "Rick Astley",
        "length_ms": 3_723_000,
        "artwork_url": f"https://i.ytimg.com/vi/{A}/mqdefault.jpg",
        "source": "youtube",
    }
    assert (last["title"], last["length_ms"]) == ("Never ending", None)
    assert search(Client(), "never", 401)["code"] == "unidentified"


def test_what_was_asked_is_known_for_a_day_however_it_is_typed(
    alice: Client, youtube: YouTubeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    youtube.videos = [Known(A, "Never")]
    found = search(alice, "Never")
    assert search(alice, "  never ") == found
    assert youtube.asked == ["search", "videos"]
    assert YouTubeDay.left_at(now_ms()) == UNITS - 101
    assert "never" not in str(list(YouTubeSearch.objects.values_list("key")))
    tomorrow = now_ms() + KEPT_MS
    monkeypatch.setattr("players.api.search.now_ms", lambda: tomorrow)
    search(alice, "never")
    assert len(youtube.asked) == 4
    assert YouTubeSearch.objects.count() == 1


def test_a_room_finds_each_track_once_and_leaves_youtube_out_while_one_types(
    room: Room, alice: Client, youtube: YouTubeApi
) -> None:
    youtube.videos = [Known(A, "Night Train"), Known(B, "Night Bus")]
    path, json = f"/api/v1/rooms/{room.slug}", "application/json"
    both = {"url": f"https://youtu.be/{A} https://media.example.org/next.mp3"}
    entry = alice.post(f"{path}/queue", both, content_type=json).json()["items"][0]
    alice.patch(f"{path}/queue/{entry['id']}", {"title": "Our Night"}, content_type=json)
    alice.patch(f"{path}/player", {"entry_id": entry["id"], "playing": True}, content_type=json)
    assert alice.post(f"{path}/player/next", content_type=json).status_code == 200
    assert titles(search_room(alice, room, "night", youtube="false")) == [("history", "Our Night")]
    assert youtube.asked == []
    assert titles(search_room(alice, room, "night")) == [("history", "Our Night"), ("youtube", "Night Bus")]


def test_a_day_that_is_used_up_is_said_and_everything_else_is_still_found(
    room: Room, alice: Client, youtube: YouTubeApi, settings: Settings
) -> None:
    settings.YOUTUBE_QUOTA = 201
    play(room, "Night_Train")
    search(alice, "one")
    refusal = alice.get("/api/v1/search", {"q": "two"})
    assert refusal.status_code == 503
    assert 0 < int(refusal["Retry-After"]) <= 25 * 3_600
    found = search_room(alice, room, "night")
    assert titles(found) == [("history", "Night Train")]
    [unsearched] = found["unsearched"]
    assert unsearched["source"] == "youtube"
    assert unsearched["reason"].startswith("Today's searches of YouTube are used up")
    assert search(alice, "one")["items"] == []
    assert len(youtube.asked) == 1


def test_what_google_says_of_the_quota_counts_more_than_what_was_counted_here(
    alice: Client, youtube: YouTubeApi
) -> None:
    youtube.refusal = (403, "quotaExceeded")
    assert "used up" in search(alice, "one", 503)["message"]
    youtube.refusal = None
    assert "used up" in search(alice, "two", 503)["message"]
    assert (YouTubeDay.left_at(now_ms()), youtube.asked) == (0, ["search"])


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        ((403, "accessNotConfigured"), "refuses the key"),
        ((400, "API_KEY_INVALID"), "refuses the key"),
        ((403, "rateLimitExceeded"), "right now"),
        ((500, "backendError"), "right now"),
    ],
)
def test_what_youtube_refuses_is_a_sentence_and_shows_no_key(
    alice: Client, youtube: YouTubeApi, caplog: pytest.LogCaptureFixture, refusal: tuple[int, str], sentence: str
) -> None:
    caplog.set_level(logging.DEBUG)
    youtube.refusal = refusal
    error = search(alice, "one", 503)
    assert sentence in error["message"]
    assert "/search" in caplog.text, "the question was not logged, so that this proves nothing"
    assert KEY not in caplog.text + str(error)
    assert YouTubeDay.left_at(now_ms()) == (UNITS if "key" in sentence else UNITS - 101)


def test_one_person_cannot_ask_all_of_the_day(alice: Client, youtube: YouTubeApi, settings: Settings) -> None:
    settings.YOUTUBE_QUOTA = 8 * data_api.UNITS
    search(alice, "one")
    search(alice, "two")
    assert "as often as one person may" in search(alice, "three", 429)["message"]
    assert search(alice, "two")["items"] == []


def test_the_turn_is_given_up_while_youtube_thinks(alice: Client, youtube: YouTubeApi) -> None:
    youtube.may_answer.clear()
    given = threading.Event()

    def ask() -> None:
        _end_turn.set(given.set)
        search(alice, "slow")

    asking = threading.Thread(target=ask)
    asking.start()
    assert given.wait(20)
    until(lambda: youtube.asked == ["search"])
    assert asking.is_alive()
    youtube.may_answer.set()
    asking.join(20)


def test_an_operator_sees_what_is_left_of_the_day(
    alice: Client, youtube: YouTubeApi, admin_client: Client, settings: Settings
) -> None:
    search(alice, "one")
    assert "musicrooms_youtube_units_left 9899.0" in Client().get("/metrics").content.decode()
    page = admin_client.get("/admin/players/youtubeday/").content.decode()
    assert "9899" in page
    settings.YOUTUBE_API_KEY = ""
    assert "youtube" not in Client().get("/metrics").content.decode()


def test_the_day_begins_at_midnight_in_california() -> None:
    for at_ms, day, wait_s in (
        (1_753_772_399_000, "2025-07-28", 1),  # 06:59:59 UTC, in summer
        (1_753_772_400_000, "2025-07-29", 86_400),
        (1_767_254_399_000, "2025-12-31", 1),  # 07:59:59 UTC, in winter
        (1_741_507_200_000, "2025-03-09", 82_800),  # the day of 23 hours
    ):
        assert (str(day_of(at_ms)), next_day_in_s(at_ms)) == (day, wait_s)
