"""The server's own library: scans, searches, who may see it, and what rooms are told of its files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from players.library import folder, gone, index, turn
from players.library import picture as cover_picture
from players.library.find import find
from players.library.scan import Outcome, ScanError, scan
from players.models import LibraryScan, LibraryTrack, Track
from players.models.track import Problem
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.person import Person
from rooms.models import Member, Room, Token
from rooms.models.roles import Role
from tests.support.media_files import matroska_tag, webm
from tests.support.music import mp3, picture
from tests.support.people import BOB, Browser
from tests.support.rooms import NOW_MS, Told, anew, hear, queue_of

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = {
    "palette/01.mp3": mp3("밤편지", "아이유", "Palette", 1),
    "palette/02.mp3": mp3("이름에게", "아이유", "Palette", 2),
    "IU/Good Day.mp3": mp3("좋은 날", "아이유", "Real", 3),
    "train.mp3": mp3("Night Train", "The Commuters", "Rails", 1, picture(20)),
    "night.mp3": mp3("Night", "Beyoncé", "", 4),
    "Daft_Night.mp3": mp3(),
    "no music.txt": b"Night",
    ".hidden.mp3": mp3("Night of the hidden"),
}


@pytest.fixture
def music(tmp_path: Path, settings: Any) -> Path:
    settings.MUSIC_DIR = tmp_path / "music"
    for name, data in KEPT.items():
        path = settings.MUSIC_DIR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    scanned(settings.MUSIC_DIR)
    return Path(settings.MUSIC_DIR)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


def scanned(root: Path) -> Outcome:
    with turn.turn() as mine:
        return scan(root, mine)


def titles(words: str) -> list[str]:
    return [found["title"] for found in find(words, 10)]


def track(title: str) -> LibraryTrack:
    return LibraryTrack.objects.get(title=title)


def indexed() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {index.TABLE}")  # the table is a constant
        return int(cursor.fetchone()[0])


def host(room: Room) -> Client:
    owner = room.members.get(role=Role.OWNER)
    return Client(headers={"Authorization": f"Bearer {Token.issue(owner)}"})


def post(client: Client, path: str, **body: Any) -> tuple[int, Any]:
    answer = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


# Search


FOUND: dict[str, list[str]] = {
    "night": ["Night", "Night Train", "Daft Night"],
    "NIGHT tr": ["Night Train"],
    "train commuters": ["Night Train"],
    "beyonce": ["Night"],
    "rails": ["Night Train"],
    "편지": ["밤편지"],
    "이": ["이름에게", "밤편지", "좋은 날"],
    "아이유": ["밤편지", "이름에게", "좋은 날"],
    "좋은날": ["좋은 날"],
    "palette 02": ["이름에게"],
    "rain": [],
    "hidden": [],
    'night" OR "train*': [],
    "night' | 'x": [],
    "": [],
    "* & ! ' \" \\": [],
}


def test_the_same_is_found_in_either_database(music: Path) -> None:
    assert {words: titles(words) for words in FOUND} == FOUND


def test_what_is_found_says_what_a_queue_takes(music: Path) -> None:
    train = track("Night Train")
    assert find("train", 1) == [
        {
            "url": f"/library/{train.pk}",
            "provider": "library",
            "media_id": str(train.pk),
            "title": "Night Train",
            "artist": "The Commuters",
            "length_ms": train.length_ms,
            "artwork_url": f"/media/library/covers/{train.cover}",
            "source": "library",
        }
    ]
    assert train.length_ms
    assert len(train.cover) == 64


# Scans


def test_a_second_scan_opens_nothing_and_a_changed_file_is_read_anew(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    real = folder.opened

    def open_it(root: Path, location: bytes) -> BinaryIO:
        opened.append(location)
        return real(root, location)

    monkeypatch.setattr(folder, "opened", open_it)
    assert scanned(music) == Outcome(files=6)
    (music / "train.mp3").write_bytes(mp3("Day Train", "The Commuters", "Rails", 1))
    assert scanned(music).read == 1
    assert opened == [b"train.mp3"]
    assert titles("train") == ["Day Train"]
    assert titles("night") == ["Night", "Daft Night"]


def test_a_file_that_vanished_is_gone_until_it_is_back(music: Path) -> None:
    number = track("Night Train").pk
    (music / "train.mp3").rename(music.parent / "elsewhere")
    assert scanned(music).gone == 1
    assert titles("train") == []
    (music.parent / "elsewhere").rename(music / "train.mp3")
    assert scanned(music).returned == 1
    assert titles("train") == ["Night Train"]
    assert track("Night Train").pk == number


def test_a_file_that_moved_stays_the_same_track(music: Path) -> None:
    before = {row.title: row.pk for row in LibraryTrack.objects.all()}
    (music / "palette").rename(music / "chat-shire")
    (music / "train.mp3").rename(music / "IU" / "rain.mp3")
    outcome = scanned(music)
    assert (outcome.read, outcome.gone) == (3, 0)
    assert {row.title: row.pk for row in LibraryTrack.objects.all()} == before
    assert titles("chat shire") == ["밤편지", "이름에게"]
    assert titles("rain") == ["Night Train"]
    assert scanned(music) == Outcome(files=6)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_that_is_not_mounted_loses_nothing(music: Path, is_there: bool) -> None:
    away = music.rename(music.parent / "away")
    if is_there:
        music.mkdir()
    with pytest.raises(ScanError, match="nothing was changed"):
        scanned(music)
    assert "nothing was changed" in turn.state().problem
    assert len(titles("night")) == 3
    if is_there:
        music.rmdir()
    away.rename(music)
    assert scanned(music) == Outcome(files=6)
    assert turn.state().problem == ""


def test_what_cannot_be_read_is_reported_and_what_leads_out_is_refused(music: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.mp3").write_bytes(mp3("Secret"))
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "diary.mp3").write_bytes(mp3("Diary"))
    (music / "broken.mp3").write_bytes(b"no music at all")
    (music / "out.mp3").symlink_to(tmp_path / "secret.mp3")
    (music / "private").symlink_to(tmp_path / "private")
    (music / "loop").symlink_to(music)
    (music / "again.mp3").symlink_to("train.mp3")
    os.mkfifo(music / "pipe.mp3")
    outcome = scanned(music)
    assert (outcome.read, outcome.unreadable) == (4, 3)
    problems = dict(LibraryTrack.objects.exclude(problem="").values_list("path", "problem"))
    assert "damaged" in problems["broken.mp3"] or "no audio" in problems["broken.mp3"]
    assert problems["out.mp3"] == problems["private"] == folder.LEADS_OUT
    assert titles("secret") == titles("diary") == titles("broken") == []
    assert titles("night train") == ["Night Train", "Night Train"]
    for location in (b"out.mp3", b"private/diary.mp3", b"../secret.mp3", b"pipe.mp3", b"", b".", b"/etc/passwd"):
        with pytest.raises(OSError):  # noqa: PT011  # of several kinds
            folder.opened(music, location)


def test_what_could_not_be_opened_for_a_moment_is_tried_again(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_root: Path, _location: bytes) -> BinaryIO:
        raise OSError(5, "Input/output error")

    real = folder.opened
    (music / "train.mp3").touch()
    monkeypatch.setattr(folder, "opened", fail)
    assert scanned(music).unreadable == 1
    assert LibraryTrack.objects.get(path="train.mp3").problem == "Input/output error"
    monkeypatch.setattr(folder, "opened", real)
    assert scanned(music).unreadable == 0
    assert titles("train") == ["Night Train"]


def test_a_file_that_goes_while_its_folder_is_listed_stops_no_scan(music: Path) -> None:
    (music / "cover.jpg").write_bytes(picture(20))
    listed = folder.files(music)
    first = next(listed)
    (music / "train.mp3").unlink()
    rest = [one.location for one in listed]
    assert first.location == b"Daft_Night.mp3"
    assert rest == [b"night.mp3", b"palette/01.mp3", b"palette/02.mp3", b"IU/Good Day.mp3"]


def test_a_file_that_nobody_may_look_at_stops_no_scan(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Sealed:
        """In a folder that may be listed and not entered."""

        def __init__(self, entry: os.DirEntry[bytes]) -> None:
            self._entry, self.name = entry, entry.name

        def __getattr__(self, name: str) -> Any:
            return getattr(self._entry, name)

        def stat(self) -> os.stat_result:
            raise PermissionError(13, "Permission denied")

    def entries(base: bytes, within: bytes) -> list[Any]:
        found = real(base, within)
        return [Sealed(entry) for entry in found] if within == b"palette" else list(found)

    real = folder._entries
    (music / "palette" / "cover.jpg").write_bytes(picture(20))
    (music / "night.mp3").write_bytes(mp3("Late Night", "Beyoncé", "", 4))
    monkeypatch.setattr(folder, "_entries", entries)
    assert (scanned(music).unreadable, titles("late"), titles("편지")) == (2, ["Late Night"], [])
    monkeypatch.setattr(folder, "_entries", real)
    assert (scanned(music).unreadable, titles("편지")) == (0, ["밤편지"])


def test_names_that_are_no_text_are_read_all_the_same(music: Path) -> None:
    name = os.fsencode(music) + b"/" + "노래".encode("cp949") + b".mp3"
    with open(name, "wb") as file:
        file.write(mp3())
    assert scanned(music).read == 1
    assert titles("노래") == ["노래"]
    assert scanned(music) == Outcome(files=7)


def test_a_picture_beside_the_files_is_the_cover_of_those_without_one(
    music: Path, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    (music / "palette" / "front.png").write_bytes(picture(30))
    (music / "palette" / "Folder.JPG").write_bytes(picture(50, "JPEG"))
    (music / "cover.jpg").write_bytes(picture(40, "JPEG"))
    embedded = track("Night Train").cover
    assert scanned(music).read == 4
    one, two = track("밤편지"), track("이름에게")
    assert one.cover == two.cover != track("Night").cover
    assert track("Night Train").cover == embedded
    assert track("좋은 날").cover == ""
    assert scanned(music) == Outcome(files=6)
    cover_picture.make(one.cover)
    with Image.open(cover_picture.path_of(one.cover)) as shown:
        assert shown.size == (50, 50)
    (music / "palette" / "Folder.JPG").unlink()
    assert scanned(music).read == 2
    assert track("밤편지").cover not in ("", one.cover)
    (music / "palette" / "front.png").unlink()
    scanned(music)
    assert track("밤편지").artwork_url == ""


def test_a_picture_that_leads_out_of_the_folder_is_no_cover(music: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(picture(30, "JPEG"))
    (music / "palette" / "cover.jpg").symlink_to(tmp_path / "secret.jpg")
    assert scanned(music) == Outcome(files=6)
    assert track("밤편지").cover == ""


def test_webm_says_its_title_and_a_list_of_links_is_no_file_of_music(music: Path) -> None:
    (music / "one.webm").write_bytes(webm("Dusk", matroska_tag(ARTIST="Alice")))
    (music / "all.m3u8").write_bytes(b"#EXTM3U\ntrain.mp3\n")
    assert scanned(music) == Outcome(files=7, read=1)
    dusk = track("Dusk")
    assert (dusk.artist, dusk.length_ms) == ("Alice", 10_000)


def test_one_process_scans_at_a_time_and_the_turn_of_a_dead_one_is_free(music: Path, capsys: Any) -> None:
    with turn.turn() as mine:
        mine.renew(done=3, to_do=9)
        with pytest.raises(CommandError, match="read 3 of 9"):
            call_command("library")
        late = timezone.now() - turn.LOST_AFTER - timedelta(seconds=1)
        LibraryScan.objects.update(seen_at=late)
        call_command("library")
        assert "6 files" in capsys.readouterr().out
        with pytest.raises(turn.Lost):
            mine.renew()
    assert not turn.is_due(turn.state(), timedelta(minutes=1))
    turn.ask()
    assert turn.is_due(turn.state(), timedelta(minutes=1))


# Who may see it


def seen(client: Client, query: str = "") -> tuple[int, Any]:
    answer = client.get(f"/api/v1/library{query}")
    return answer.status_code, answer.json()


def test_without_a_folder_the_library_is_off(settings: Any) -> None:
    settings.MUSIC_DIR = None
    status, said = seen(Client())
    assert (status, said["error"]["code"]) == (404, "library_is_off")
    with pytest.raises(CommandError, match="MUSIC_DIR"):
        call_command("library")


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("everybody", {"stranger": 200, "guest": 200, "host": 200, "account": 200, "operator": 200}),
        ("accounts", {"stranger": 401, "guest": 403, "host": 403, "account": 200, "operator": 200}),
        ("hosts", {"stranger": 401, "guest": 403, "host": 200, "account": 403, "operator": 200}),
    ],
)
def test_it_is_for_whom_the_operator_says(
    music: Path, settings: Any, told: list[Told], audience: str, expected: dict[str, int]
) -> None:
    settings.MUSIC_FOR = audience
    room, _ = make_room("Lounge", Caller(person=Person.new()))
    callers = {"stranger": Client(), "guest": Browser(room, BOB).client, "host": host(room)}
    for name in ("account", "operator"):
        callers[name] = Client()
        make = User.objects.create_superuser if name == "operator" else User.objects.create_user
        callers[name].force_login(make(name))
    number = track("Night Train").pk
    for name, client in callers.items():
        assert seen(client, "?q=night")[0] == expected[name], name
        assert client.get(f"/library/{number}").status_code == {200: 302}.get(expected[name], expected[name]), name
    guest = callers["guest"]
    path = f"/rooms/{room.slug}/queue"
    guest.get(f"/r/{room.slug}")
    status, said = post(Browser(room, BOB).client, path, url=f"/library/{number}")
    assert status == (201 if expected["guest"] == 200 else 403), said


def test_a_host_who_was_banned_or_whose_room_closed_hosts_nothing(music: Path, settings: Any, told: list[Told]) -> None:
    settings.MUSIC_FOR = "hosts"
    room, _ = make_room("Lounge", Caller(person=Person.new()))
    client = Browser(room, BOB).client
    member = Member.objects.create(room=room, person=BOB, nickname="Bob", role=Role.HOST)
    assert seen(client)[0] == 200
    Member.objects.filter(pk=member.pk).update(banned_at=timezone.now())
    assert seen(client)[0] == 403
    Member.objects.filter(pk=member.pk).update(banned_at=None)
    Room.objects.filter(pk=room.pk).update(closed_at=timezone.now())
    assert seen(client)[0] == 403


def test_all_of_it_is_read_page_by_page(music: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MUSIC_FOR = "everybody"
    monkeypatch.setattr("players.api.library.PAGE", 4)
    _status, first = seen(Client())
    assert first["next"] == "http://testserver/api/v1/library?offset=4"
    _status, rest = seen(Client(), "?offset=4")
    assert rest["next"] is None
    in_order = ["Daft Night", "Night", "Night Train", "밤편지", "이름에게", "좋은 날"]
    assert [one["title"] for one in first["items"] + rest["items"]] == in_order


# In rooms


@pytest.fixture
def lounge(music: Path, told: list[Told]) -> Room:
    return make_room("Lounge", Caller())[0]


def test_a_track_is_added_with_all_that_is_known_and_leads_to_its_file(lounge: Room) -> None:
    train, alice = track("Night Train"), host(lounge)
    status, entry = post(alice, f"/rooms/{lounge.slug}/queue", url=f"http://testserver/library/{train.pk}#t=0.5")
    assert status == 201, entry
    path = f"/r/{lounge.slug}/library/{train.pk}"
    facts = ("url", "provider", "title", "artist", "length_ms", "artwork_url", "start_ms")
    expected = (path, "library", "Night Train", "The Commuters", train.length_ms, train.artwork_url, 500)
    assert tuple(entry[name] for name in facts) == expected
    snapshot = alice.get(f"/api/v1/rooms/{lounge.slug}").json()
    assert snapshot["queue"] == [entry]
    led = Client().get(path)
    assert (led.status_code, led["Cache-Control"]) == (302, "no-store")
    assert led["Location"].startswith("/media/library/")
    assert Client().get(f"/r/{lounge.slug}/library/{track('Night').pk}").status_code == 404
    Room.objects.filter(pk=lounge.pk).update(visibility="private")
    assert Client().get(path).status_code == 404


def test_only_what_is_near_the_current_place_is_to_be_had(lounge: Room) -> None:
    alice, path = host(lounge), f"/rooms/{lounge.slug}/queue"
    night, train = track("Night"), track("Night Train")
    filler = " ".join(f"https://media.example.org/{number}.mp3" for number in range(30))
    for url in (filler, f"/library/{train.pk}", filler):
        assert post(alice, path, url=url)[0] == 201
    file = f"/r/{lounge.slug}/library/{train.pk}"
    entries = queue_of(anew(lounge))
    for place, status in ((0, 404), (18, 404), (25, 302), (31, 302), (42, 404)):
        with change(anew(lounge), NOW_MS) as lent:
            lent.player.set(NOW_MS, entry=lent.queue.entry(entries[place].pk))
        assert Client().get(file).status_code == status, place
        assert alice.get(file).status_code == 302, "who may look into the library hears it anyway"
    assert night.pk != train.pk


def test_a_room_s_search_finds_it_for_whom_it_is_and_others_queue_again_what_played(lounge: Room) -> None:
    alice, bob, train = host(lounge), Browser(lounge, BOB), track("Night Train")
    (one,) = alice.get(f"/api/v1/rooms/{lounge.slug}/search?q=night+train").json()["items"]
    assert (one["url"], one["source"]) == (f"/library/{train.pk}", "library")
    assert bob.call("GET", "/search?q=night+train")[1]["items"] == []
    assert bob.call("POST", "/queue", {"url": one["url"]})[0] == 403
    for title in ("Night Train", "Night"):
        assert post(alice, f"/rooms/{lounge.slug}/queue", url=f"/library/{track(title).pk}")[0] == 201
    with change(anew(lounge), NOW_MS) as lent:
        lent.player.play(NOW_MS)
    with change(anew(lounge), NOW_MS + 1) as lent:
        lent.player.skip(NOW_MS + 1)
    (heard,) = bob.call("GET", "/search?q=night+train")[1]["items"]
    assert heard["source"] == "history"
    status, again = bob.call("POST", "/queue", {"url": heard["url"]})
    assert (status, again.get("media_id")) == (201, str(train.pk))


def test_a_number_that_is_none_of_the_library_is_refused_and_adds_nothing(lounge: Room) -> None:
    alice, path = host(lounge), f"/rooms/{lounge.slug}/queue"
    status, said = post(alice, path, url="/library/999999")
    assert (status, said["error"]["message"]) == (
        422,
        "There is no track 999999 in the library of this server, or it is gone.",
    )
    status, added = post(alice, path, url=f"/library/999999 /library/{track('Night').pk}")
    assert status == 201
    assert [entry["title"] for entry in added["items"]] == ["Night"]
    assert [one["text"] for one in added["refused"]] == ["/library/999999"]


def test_rooms_are_told_when_a_file_changes_goes_and_returns(lounge: Room, music: Path, told: list[Told]) -> None:
    train, alice = track("Night Train"), host(lounge)
    assert post(alice, f"/rooms/{lounge.slug}/queue", url=f"/library/{train.pk}")[0] == 201

    def told_by(act: Callable[[], object]) -> dict[str, Any]:
        before = anew(lounge).version
        act()
        scanned(music)
        (last,) = [one for one in told if one.version > before]
        assert last.data["entry"] == queue_of(anew(lounge))[0].as_json()
        return dict(last.data["entry"])

    changed = mp3("Day Train", "The Commuters", "Rails", 1)
    assert told_by(lambda: (music / "train.mp3").write_bytes(changed))["title"] == "Day Train"
    gone = told_by(lambda: (music / "train.mp3").unlink())
    assert gone["unplayable"] == Problem.NOT_IN_LIBRARY.sentence
    assert told_by(lambda: (music / "train.mp3").write_bytes(changed))["unplayable"] == ""
    assert Track.objects.count() == 1


def test_what_is_gone_for_a_season_is_forgotten_and_queues_keep_what_they_say_of_it(lounge: Room, music: Path) -> None:
    train, alice = track("Night Train"), host(lounge)
    assert post(alice, f"/rooms/{lounge.slug}/queue", url=f"/library/{train.pk}")[0] == 201
    (music / "train.mp3").unlink()
    assert scanned(music).gone == 1
    assert scanned(music).forgotten == 0
    before = indexed()
    since = timezone.now() - gone.FORGOTTEN_AFTER
    LibraryTrack.objects.filter(pk=train.pk).update(gone_at=since + timedelta(minutes=1))
    assert scanned(music).forgotten == 0
    LibraryTrack.objects.filter(pk=train.pk).update(gone_at=since)
    assert scanned(music).forgotten == 1
    assert not LibraryTrack.objects.filter(pk=train.pk).exists()
    assert indexed() == before - 1
    (entry,) = alice.get(f"/api/v1/rooms/{lounge.slug}/queue").json()["items"]
    assert (entry["title"], entry["artist"]) == ("Night Train", "The Commuters")
    assert entry["unplayable"] == Problem.NOT_IN_LIBRARY.sentence
    (music / "train.mp3").write_bytes(KEPT["train.mp3"])
    scanned(music)
    assert track("Night Train").pk != train.pk


@pytest.mark.parametrize("form", ["json", "m3u", "xspf"])
def test_an_exported_queue_comes_back_in_also_into_another_room(lounge: Room, form: str) -> None:
    alice, number = host(lounge), track("Night Train").pk
    assert post(alice, f"/rooms/{lounge.slug}/queue", url=f"/library/{number}#t=0.5")[0] == 201
    file = alice.get(f"/api/v1/rooms/{lounge.slug}/queue/export?format={form}").content
    assert f"http://testserver/library/{number}" in file.decode()
    other = make_room("Salon", Caller())[0]
    answer = host(other).post(f"/api/v1/rooms/{other.slug}/queue/import", file, content_type="text/plain")
    assert answer.status_code == 201, answer.content
    (entry,) = answer.json()["items"]
    facts = (entry["url"], entry["title"], entry["start_ms"])
    assert facts == (f"/r/{other.slug}/library/{number}", "Night Train", 500)


def test_a_room_s_limit_on_length_holds_for_the_library(lounge: Room, settings: Any) -> None:
    settings.MUSIC_FOR = "everybody"
    stored = Room.objects.get(pk=lounge.pk)
    stored.set_rules(max_length_ms=1_000)
    Room.objects.filter(pk=lounge.pk).update(rules=stored.rules)
    bob = Browser(lounge, BOB)
    status, said = bob.call("POST", "/queue", {"url": f"/library/{track('Night').pk}"})
    assert status == 422, said
    assert "here a track has" in said["error"]["message"]


# The operator's pages


def test_the_operator_sees_the_state_and_what_is_unreadable_and_asks_for_a_scan(music: Path) -> None:
    (music / "broken.mp3").write_bytes(b"no music at all")
    scanned(music)
    operator = Client()
    operator.force_login(User.objects.create_superuser("operator"))
    page = operator.get("/admin/players/librarytrack/").content.decode()
    assert "6 tracks" in page
    assert "1 files are unreadable" in page
    assert "Last scanned" in page
    unreadable = operator.get("/admin/players/librarytrack/?state=unreadable").content.decode()
    assert "broken.mp3" in unreadable
    assert "Night Train" not in unreadable
    (music / "train.mp3").unlink()
    scanned(music)
    assert "Night Train" in operator.get("/admin/players/librarytrack/?state=gone").content.decode()
    one = operator.get(f"/admin/players/librarytrack/{track('Night Train').pk}/change/").content.decode()
    assert "Gone at" in one
    assert operator.get("/admin/players/librarytrack/scan").status_code == 405
    assert turn.state().asked_at is None
    answer = operator.post("/admin/players/librarytrack/scan", follow=True)
    assert "A scan is about to begin." in answer.content.decode()
    assert turn.state().asked_at is not None
    watcher = User.objects.create_user("watcher", is_staff=True)
    stranger = Client()
    stranger.force_login(watcher)
    assert stranger.post("/admin/players/librarytrack/scan").status_code == 403
