"""The operator's pages: what is done there reaches the listeners as what anybody else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest

from rooms.models.rules import DEFAULT_RULES
from tests.support import patient
from tests.support.events import Event, Listener
from tests.support.forms import Fields
from tools.patience import PATIENCE_S
from tools.people import Lounge
from tools.server import Server

A, B, C, D = (f"https://media.example.org/{name}.mp3" for name in "abcd")
ROOMS = "/admin/rooms/room/"
PASSWORD = "correct horse"
ACCOUNTS = f"""
from django.contrib.auth.models import Permission, User
User.objects.create_superuser("operator", password="{PASSWORD}")
User.objects.create_user("newcomer", password="{PASSWORD}", is_staff=True)
viewer = User.objects.create_user("viewer", password="{PASSWORD}", is_staff=True)
viewer.user_permissions.add(Permission.objects.get(codename="view_room"))
"""


class Operator:
    """Somebody at the admin with a browser."""

    def __init__(self, server: Server, name: str) -> None:
        self.browser = server.browser(headers={"Referer": server.url})
        self.browser.get("/admin/login/")
        answer = self._post("/admin/login/", {"username": name, "password": PASSWORD})
        assert answer.status_code == 302, answer.text

    def get(self, path: str) -> httpx.Response:
        return self.browser.get(path)

    def act(self, action: str, *ids: int, path: str = f"{ROOMS}?state=all") -> str:
        """Choose an action for the rows with those ids; what the operator is told."""
        asked = {"action": action, "_selected_action": [str(pk) for pk in ids]}
        answer = self._post(path, asked)
        if answer.status_code == 200:  # a question
            assert "take me back" in answer.text
            answer = self._post(path, {**asked, "confirmed": "yes"})
        assert answer.status_code == 302, answer.text
        return self.told(answer)

    def fields(self, path: str) -> dict[str, str]:
        """The fields of the form at ``path``, as they are shown now."""
        page = self.get(path)
        assert page.status_code == 200
        return Fields(page.text).values

    def save(self, path: str, fields: dict[str, str]) -> str:
        """Save a form, which is accepted; what the operator is told."""
        answer = self.send(path, fields)
        assert answer.status_code == 302, errors_of(answer)
        return self.told(answer)

    def send(self, path: str, fields: dict[str, str]) -> httpx.Response:
        return self._post(path, fields)

    def told(self, answer: httpx.Response) -> str:
        page = self.get(answer.headers["Location"])
        return unescape(
            re.sub("<[^>]+>", "", " ".join(re.findall(r'<ul class="messagelist">(.*?)</ul>', page.text, re.DOTALL)))
        )

    def _post(self, path: str, data: dict[str, Any]) -> httpx.Response:
        token = self.browser.cookies["csrftoken"]
        return self.browser.post(path, data={**data, "csrfmiddlewaretoken": token})


def texts_of(page: httpx.Response, lists: str) -> str:
    """What the lists of that class say on a page."""
    found = re.findall(rf'<ul class="{lists}[^>]*>(.*?)</ul>', page.text, re.DOTALL)
    return unescape(" ".join(re.sub("<[^>]+>", "", text) for text in found))


def errors_of(page: httpx.Response) -> str:
    return texts_of(page, "errorlist")


def row_of(fields: dict[str, str], prefix: str, pk: int) -> str:
    """The prefix of the row that is about the object ``pk``."""
    ids = (name for name in fields if re.fullmatch(rf"{prefix}-\d+-id", name))
    return next(name.removesuffix("id") for name in ids if fields[name] == str(pk))


@pytest.fixture(scope="session")  # as the server, on which the account stays
def operator(server: Server) -> Operator:
    server.shell(ACCOUNTS)
    return Operator(server, "operator")


@pytest.fixture
def room_id(operator: Operator, lounge: Lounge) -> int:
    return id_of(operator, lounge)


@pytest.fixture
def page(room_id: int) -> str:
    return f"{ROOMS}{room_id}/change/"


def id_of(operator: Operator, lounge: Lounge) -> int:
    """The id of a room, from its row of the list."""
    rows = operator.get(f"{ROOMS}?q={lounge.slug}").text.split("<tr>")
    (row,) = (row for row in rows if f'href="/r/{lounge.slug}"' in row)
    return int(row.split(f'href="{ROOMS}')[1].split("/")[0])


def member_of(fields: dict[str, str]) -> str:
    """The row of the person who came last, who is a guest and so stands last."""
    last = int(fields["member-TOTAL_FORMS"]) - 1
    return f"member-{last}-"


def versioned(bob: Listener) -> list[Event]:
    """What Bob was told of changes, after his first snapshot."""
    return [event for event in bob.events[1:] if "prev" in event.data]


def guest(lounge: Lounge) -> tuple[httpx.Client, dict[str, str]]:
    """Bob's browser, once he has added a link and so is known to the room; and the headers that make his stream his."""
    browser = lounge.person()
    added = browser.post(f"/api/v1{lounge.path}/queue", json={"url": D})
    assert added.status_code == 201, added.text
    return browser, {"Cookie": f"person={browser.cookies['person']}"}


# Actions


@pytest.mark.parametrize(
    ("action", "was_playing", "event", "proof"),
    [
        ("play", False, "player", lambda data: data["playing"]),
        ("pause", True, "player", lambda data: not data["playing"]),
        ("next", True, "player", lambda data: data["entry"]["url"] == C),
        ("previous", True, "player", lambda data: data["entry"]["url"] == A),
        ("clear_queue", True, "snapshot", lambda data: data["queue"] == [] and data["player"]["entry_id"] is None),
        ("withdraw_links", True, "room", lambda data: data["room"]["name"] == "Lounge"),
    ],
)
def test_each_action_reaches_a_listener_at_once_and_in_the_name_of_the_operator(
    operator: Operator,
    lounge: Lounge,
    room_id: int,
    action: str,
    was_playing: bool,
    event: str,
    proof: Callable[[dict[str, Any]], bool],
) -> None:
    _a, b, _c = lounge.add(A), lounge.add(B), lounge.add(C)
    lounge.control(entry_id=b["id"], playing=was_playing)
    version = lounge.snapshot()["version"]
    with lounge.bob() as bob:
        assert "1 of 1 room changed" in operator.act(action, room_id)
        bob.wait_for(lambda told: told.id == str(version + 1), after=1)
        (told,) = versioned(bob)
        assert told.name == event
        assert told.data["by"] == "operator"
        assert proof(told.data)


def test_guests_stay_as_members_of_a_room_that_turns_private_if_the_operator_says_so(
    operator: Operator, lounge: Lounge, page: str
) -> None:
    bob = lounge.person()
    with lounge.bob(cookies=dict(bob.cookies)) as stream:
        operator.save(page, operator.fields(page) | {"visibility": "private", "guests_stay": "on"})
        assert stream.wait_for("room").data["room"]["visibility"] == "private"
        assert bob.get(f"/api/v1{lounge.path}").json()["you"]["role"] == "member"
        lounge.add(A)
        stream.wait_for("queue")


def test_closing_a_room_says_good_bye_to_its_listeners(operator: Operator, lounge: Lounge, room_id: int) -> None:
    with lounge.bob() as bob:
        operator.act("close", room_id)
        assert bob.wait_for("room").data["by"] == "operator"
        assert bob.wait_for("bye").data == {"reason": "closed"}
        assert bob.ended.wait(PATIENCE_S)
    assert lounge.alice.get(lounge.path).status_code == 404


def test_a_withdrawn_host_link_lets_nobody_in(operator: Operator, lounge: Lounge, room_id: int) -> None:
    operator.act("withdraw_links", room_id)
    assert lounge.charlie.get(lounge.host_url).status_code == 404


def test_a_room_that_fails_is_named_and_does_not_stop_the_others(operator: Operator, server: Server) -> None:
    closed, empty, full = (Lounge.open(server, name=name) for name in ("Attic", "Bar", "Cellar"))
    ids = [id_of(operator, one) for one in (closed, empty, full)]
    full.add(A)
    closed.alice.delete(closed.path)
    told = operator.act("play", *ids)
    assert "Play, Attic: The room “attic" in told
    assert "was closed" in told
    assert "Play, Bar: There is nothing to play" in told
    assert "Play: 1 of 3 rooms changed." in told
    assert full.snapshot()["player"]["playing"]


def test_an_action_without_effect_is_told_to_nobody(operator: Operator, lounge: Lounge, room_id: int) -> None:
    lounge.add(A)
    before = lounge.snapshot()["version"]
    assert "Pause: 0 of 1 room changed." in operator.act("pause", room_id)
    assert lounge.snapshot()["version"] == before


# The page of one room


def test_the_page_of_a_room_shows_its_host_link(operator: Operator, lounge: Lounge, page: str) -> None:
    assert lounge.host_url.removeprefix(lounge.server.url) in unescape(operator.get(page).text)


def test_saving_what_nobody_touched_changes_nothing(operator: Operator, lounge: Lounge, page: str) -> None:
    lounge.add(A)
    lounge.control(playing=True)
    before = lounge.snapshot()
    operator.save(page, operator.fields(page))
    after = lounge.snapshot()
    assert (after["version"], after["player"]) == (before["version"], before["player"])


def test_the_player_changes_as_one_event_and_one_version(operator: Operator, lounge: Lounge, page: str) -> None:
    lounge.add(A)
    second = lounge.add(B)
    before = lounge.snapshot()["version"]
    fields = operator.fields(page) | {
        "player-0-entry": str(second["id"]),
        "player-0-playing": "on",
        "player-0-position_ms": "5000",
        "player-0-rate": "1.5",
    }
    with lounge.bob() as bob:
        operator.save(page, fields)
        bob.wait_for("player")
        (told,) = versioned(bob)
        assert (told.name, told.data["version"], told.data["by"]) == ("player", before + 1, "operator")
        player = {name: told.data[name] for name in ("entry_id", "playing", "position_ms", "rate")}
        assert player == {"entry_id": second["id"], "playing": True, "position_ms": 5000, "rate": 1.5}


def test_a_whole_page_of_changes_is_one_event_and_one_version(operator: Operator, lounge: Lounge, page: str) -> None:
    first, second = lounge.add(A), lounge.add(B)
    guest(lounge)
    before = lounge.snapshot()["version"]
    fields = operator.fields(page)
    fields |= {
        "name": "Salon",
        "at_end": "repeat",
        "link": C,
        "player-0-playing": "on",
        f"{row_of(fields, 'entry', first['id'])}DELETE": "on",
        f"{row_of(fields, 'entry', second['id'])}end_ms": "90000",
        f"{member_of(fields)}role": "20",
    }
    with lounge.bob() as bob:
        operator.save(page, fields)
        bob.wait_for("snapshot", after=1)
        (told,) = versioned(bob)
        assert told.data["version"] == before + 1
        assert (told.data["room"]["name"], told.data["room"]["rules"]["at_end"]) == ("Salon", "repeat")
        assert len(told.data["room"]["hosts"]) == 2
        assert [(entry["url"], entry["end_ms"]) for entry in told.data["queue"]] == [(B, 90_000), (D, None), (C, None)]
        assert told.data["player"]["playing"]
    assert lounge.snapshot()["version"] == before + 1


def test_a_stale_page_does_not_take_back_what_happened_meanwhile(operator: Operator, lounge: Lounge, page: str) -> None:
    lounge.add(A)
    second = lounge.add(B)
    fields = operator.fields(page)
    lounge.control(entry_id=second["id"], position_ms=60_000, playing=True, rate=2.0)
    lounge.alice.patch(lounge.path, json={"rules": {"add": "host"}})
    before = lounge.snapshot()
    operator.save(page, fields | {"name": "Salon"})
    after = lounge.snapshot()
    assert after["version"] == before["version"] + 1
    assert after["player"] == before["player"] | {"version": after["version"]}
    assert after["room"] == before["room"] | {"name": "Salon"}


def test_a_position_meant_for_another_entry_is_refused(operator: Operator, lounge: Lounge, page: str) -> None:
    first, second = lounge.add(A), lounge.add(B)
    lounge.control(entry_id=first["id"], playing=False)
    fields = operator.fields(page)
    lounge.control(entry_id=second["id"])
    before = lounge.snapshot()
    answer = operator.send(page, fields | {"player-0-position_ms": "5000"})
    assert answer.status_code == 200
    assert "The room went on to “b” meanwhile" in errors_of(answer)
    assert lounge.snapshot()["player"] == before["player"]


def test_a_position_may_lie_where_the_same_page_moves_the_end(operator: Operator, lounge: Lounge, page: str) -> None:
    first = lounge.add(A)
    lounge.alice.patch(f"{lounge.path}/queue/{first['id']}", json={"end_ms": 60_000})
    lounge.control(entry_id=first["id"])
    operator.save(page, operator.fields(page) | {"entry-0-end_ms": "120000", "player-0-position_ms": "100000"})
    assert lounge.snapshot()["player"]["position_ms"] == 100_000


def test_a_room_that_was_closed_meanwhile_is_not_saved(operator: Operator, lounge: Lounge, page: str) -> None:
    fields = operator.fields(page)
    lounge.alice.delete(lounge.path)
    assert "was closed; nothing was saved" in operator.save(page, fields | {"name": "Salon"})
    shown = operator.get(page).text
    assert "Lounge" in shown
    assert "Salon" not in shown


def test_the_rules_reach_a_listener_as_a_change_of_the_room(operator: Operator, lounge: Lounge, page: str) -> None:
    fields = operator.fields(page) | {"visibility": "unlisted", "control": "owner", "add": "host"}
    with lounge.bob() as bob:
        operator.save(page, fields | {"when_empty": "pause"})
        told = bob.wait_for("room").data
        assert told["by"] == "operator"
        assert told["room"]["visibility"] == "unlisted"
        changed = {"control": "owner", "add": "host", "when_empty": "pause"}
        assert told["room"]["rules"] == DEFAULT_RULES | changed


# The queue of a room


def test_removing_the_current_entry_goes_on_to_the_next(operator: Operator, lounge: Lounge, page: str) -> None:
    first, second = lounge.add(A), lounge.add(B)
    lounge.control(entry_id=first["id"], playing=True)
    before = lounge.snapshot()["version"]
    fields = operator.fields(page)
    with lounge.bob() as bob:
        operator.save(page, fields | {f"{row_of(fields, 'entry', first['id'])}DELETE": "on"})
        bob.wait_for(lambda told: told.id == str(before + 1), after=1)
        (told,) = versioned(bob)
        assert [entry["url"] for entry in told.data["queue"]] == [B]
        assert (told.data["player"]["entry_id"], told.data["player"]["playing"]) == (second["id"], True)


def test_entries_go_to_the_places_that_were_typed(operator: Operator, lounge: Lounge, page: str) -> None:
    entries = [lounge.add(url) for url in (A, B, C, D)]
    fields = operator.fields(page)
    rows = [row_of(fields, "entry", entry["id"]) for entry in entries]
    assert [fields[f"{row}place"] for row in rows] == ["1", "2", "3", "4"]
    operator.save(page, fields | {f"{rows[3]}place": "1", f"{rows[0]}place": "3"})
    assert [entry["url"] for entry in lounge.snapshot()["queue"]] == [D, B, A, C]


def test_a_place_beyond_the_end_is_the_end(operator: Operator, lounge: Lounge, page: str) -> None:
    first, _second = lounge.add(A), lounge.add(B)
    fields = operator.fields(page)
    operator.save(page, fields | {f"{row_of(fields, 'entry', first['id'])}place": "99"})
    assert [entry["url"] for entry in lounge.snapshot()["queue"]] == [B, A]


def test_an_added_link_says_who_added_it(operator: Operator, lounge: Lounge, page: str) -> None:
    with lounge.bob() as bob:
        operator.save(page, operator.fields(page) | {"link": f"{A}\n{B}"})
        told = bob.wait_for("queue").data
        assert [entry["url"] for entry in told["entries"]] == [A, B]
        assert {entry["added_by"]["name"] for entry in told["entries"]} == {"operator"}


def test_an_entry_that_was_removed_meanwhile_is_in_nobodys_way(operator: Operator, lounge: Lounge, page: str) -> None:
    first, _second = lounge.add(A), lounge.add(B)
    fields = operator.fields(page)
    lounge.alice.delete(f"{lounge.path}/queue/{first['id']}")
    operator.save(page, fields | {"name": "Salon"})
    assert lounge.snapshot()["room"]["name"] == "Salon"
    answer = operator.send(page, fields | {f"{row_of(fields, 'entry', first['id'])}end_ms": "5000"})
    assert "This entry is gone meanwhile." in errors_of(answer)


def test_a_long_queue_is_shown_around_the_current_entry(operator: Operator, lounge: Lounge, page: str) -> None:
    urls = [f"https://media.example.org/long/{n}.mp3" for n in range(120)]
    added = lounge.alice.post(f"{lounge.path}/queue", json={"url": " ".join(urls)}).json()["items"]
    lounge.control(entry_id=added[39]["id"])
    shown = operator.get(page).text
    assert "Queue (35 to 84 of 120)" in shown
    fields = Fields(shown).values
    operator.save(page, fields | {f"{row_of(fields, 'entry', added[40]['id'])}place": "120"})
    assert lounge.snapshot()["queue"][-1]["id"] == added[40]["id"]


# Bad inputs


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "\u200b", "A room's name has 1 to 80 visible characters"),
        ("name", "", "This field is required"),
        ("visibility", "secret", "Select a valid choice"),
        ("link", "tune", '"tune" cannot be played'),
        ("player-0-position_ms", "-1", "greater than or equal to 0"),
        ("player-0-position_ms", "soon", "Enter a whole number"),
        ("player-0-position_ms", "99999999", "lies beyond the end of “a”, which is 60000"),
        ("player-0-rate", "9", "Select a valid choice"),
        ("player-0-entry", "1000000", "Select a valid choice"),
        ("entry-0-place", "0", "greater than or equal to 1"),
        ("entry-0-start_ms", "60000", "60000 is not allowed: what is left has to last 1000 ms"),
        ("member-0-role", "7", "Select a valid choice"),
        ("member-0-standing", "exiled", "Select a valid choice"),
    ],
)
def test_a_bad_input_is_an_error_of_its_form_and_saves_nothing(
    operator: Operator, lounge: Lounge, page: str, field: str, value: str, message: str
) -> None:
    first = lounge.add(A)
    lounge.alice.patch(f"{lounge.path}/queue/{first['id']}", json={"end_ms": 60_000})
    lounge.control(entry_id=first["id"])
    before = lounge.snapshot()["version"]
    answer = operator.send(page, operator.fields(page) | {"at_end": "repeat", field: value})
    assert answer.status_code == 200
    assert message in errors_of(answer)
    assert lounge.snapshot()["version"] == before


def test_playing_an_empty_queue_is_an_error_of_the_form(operator: Operator, lounge: Lounge, page: str) -> None:
    answer = operator.send(page, operator.fields(page) | {"name": "Salon", "player-0-playing": "on"})
    assert "There is nothing to play" in errors_of(answer)
    assert lounge.snapshot()["room"]["name"] == "Lounge"


# People


def test_a_ban_ends_the_stream_of_the_banned(operator: Operator, lounge: Lounge, page: str) -> None:
    _browser, headers = guest(lounge)
    fields = operator.fields(page)
    with lounge.bob(headers=headers) as bob:
        operator.save(page, fields | {f"{member_of(fields)}standing": "banned"})
        assert bob.wait_for("bye").data == {"reason": "banned"}
    assert patient.get(f"{lounge.server.url}/api/v1{lounge.path}/events", headers=headers).status_code == 404


def test_who_is_shown_out_may_come_back(operator: Operator, lounge: Lounge, page: str) -> None:
    _browser, headers = guest(lounge)
    fields = operator.fields(page)
    with lounge.bob(headers=headers) as bob:
        operator.save(page, fields | {f"{member_of(fields)}kick": "on"})
        assert bob.wait_for("bye").data == {"reason": "kicked"}
    with lounge.bob(headers=headers) as bob:
        assert bob.status == 200


def test_the_muted_add_nothing_until_they_are_forgiven(operator: Operator, lounge: Lounge, page: str) -> None:
    browser, _headers = guest(lounge)
    fields = operator.fields(page)
    operator.save(page, fields | {f"{member_of(fields)}standing": "muted"})
    assert browser.post(f"/api/v1{lounge.path}/queue", json={"url": A}).status_code == 403
    member_id = int(fields[f"{member_of(fields)}id"])
    assert "1 of 1 member changed" in operator.act("forgive", member_id, path="/admin/rooms/member/")
    assert browser.post(f"/api/v1{lounge.path}/queue", json={"url": A}).status_code == 201


def test_a_role_is_given_on_the_page_of_a_member_too(operator: Operator, lounge: Lounge, page: str) -> None:
    guest(lounge)
    fields = operator.fields(page)
    path = f"/admin/rooms/member/{fields[f'{member_of(fields)}id']}/change/"
    with lounge.bob() as bob:
        operator.save(path, operator.fields(path) | {"role": "20"})
        assert len(bob.wait_for("room").data["room"]["hosts"]) == 2


# Making and deleting rooms


def test_a_room_made_here_is_equipped_and_belongs_to_the_operator(operator: Operator, server: Server) -> None:
    fields = operator.fields(f"{ROOMS}add/") | {"name": "Garden", "visibility": "public", "at_end": "repeat", "link": A}
    operator.save(f"{ROOMS}add/", fields)
    made = server.client().get("/rooms", params={"search": "Garden"}).json()["items"][0]
    snapshot = server.client().get(f"/rooms/{made['slug']}").json()
    assert snapshot["room"]["hosts"] == ["operator"]
    assert snapshot["room"]["rules"]["at_end"] == "repeat"
    assert [entry["url"] for entry in snapshot["queue"]] == [A]
    assert snapshot["player"]["playing"] is False


def test_a_room_without_a_name_is_not_made(operator: Operator) -> None:
    answer = operator.send(f"{ROOMS}add/", operator.fields(f"{ROOMS}add/") | {"name": "\u2060"})
    assert "A room's name has 1 to 80 visible characters" in errors_of(answer)


def test_deleting_a_room_closes_it_first(operator: Operator, lounge: Lounge, room_id: int, page: str) -> None:
    lounge.add(A)
    lounge.control(playing=True)
    with lounge.bob() as bob:
        operator.save(f"{ROOMS}{room_id}/delete/", {"post": "yes"})
        assert bob.wait_for("room").data["by"] == "operator"
        assert bob.wait_for("bye").data == {"reason": "closed"}
    assert lounge.alice.get(lounge.path).status_code in (401, 404)
    assert operator.get(page).status_code == 302


# Entries, tracks and tokens by themselves


def test_an_entry_of_the_list_can_be_played_at_once(operator: Operator, lounge: Lounge) -> None:
    _first, second = lounge.add(A), lounge.add(B)
    with lounge.bob() as bob:
        operator.act("play_now", second["id"], path="/admin/players/entry/")
        told = bob.wait_for("player").data
        assert (told["entry_id"], told["playing"], told["by"]) == (second["id"], True, "operator")


def test_an_entry_of_the_list_can_be_removed(operator: Operator, lounge: Lounge) -> None:
    first, second = lounge.add(A), lounge.add(B)
    operator.act("remove", first["id"], path="/admin/players/entry/")
    assert [entry["id"] for entry in lounge.snapshot()["queue"]] == [second["id"]]


def test_a_trim_on_the_page_of_an_entry_is_told(operator: Operator, lounge: Lounge) -> None:
    path = f"/admin/players/entry/{lounge.add(A)['id']}/change/"
    with lounge.bob() as bob:
        operator.save(path, operator.fields(path) | {"start_ms": "1000", "end_ms": "9000"})
        told = bob.wait_for("queue").data
        assert (told["op"], told["entry"]["start_ms"], told["entry"]["end_ms"]) == ("update", 1_000, 9_000)
    answer = operator.send(path, operator.fields(path) | {"start_ms": "9000"})
    assert "9000 is not allowed" in errors_of(answer)


def test_a_corrected_title_reaches_every_room_that_has_the_track(operator: Operator, server: Server) -> None:
    url = "https://media.example.org/mistyped.mp3"
    lounge, attic = Lounge.open(server), Lounge.open(server, name="Attic")
    lounge.add(url)
    attic.add(url)
    track_id = int(server.shell(f"from players.models import Track; print(Track.objects.get(media_id={url!r}).pk)"))
    path = f"/admin/players/track/{track_id}/change/"
    with lounge.bob() as bob, attic.bob() as also_bob:
        operator.save(path, operator.fields(path) | {"title": "Blue in Green"})
        for listener in (bob, also_bob):
            assert listener.wait_for("queue").data["entry"]["title"] == "Blue in Green"


def test_a_token_is_never_shown_and_deleting_withdraws_it(operator: Operator, lounge: Lounge, server: Server) -> None:
    from_database = (
        "from rooms.models import Token, hash_token; "
        f"token = Token.objects.get(hash=hash_token({lounge.token!r})); print(token.pk, token.hash)"
    )
    token_id, token_hash = server.shell(from_database).split()
    shown = operator.get(f"/admin/rooms/token/{token_id}/change/")
    assert shown.status_code == 200
    assert token_hash not in shown.text
    assert token_hash not in operator.get("/admin/rooms/token/").text
    operator.save(f"/admin/rooms/token/{token_id}/delete/", {"post": "yes"})
    assert lounge.alice.get(lounge.path).status_code == 401


def test_receipts_are_nobodys_business(operator: Operator) -> None:
    assert operator.get("/admin/rooms/receipt/").status_code == 404


# Who may


def test_a_stranger_is_sent_to_the_login(server: Server, lounge: Lounge, page: str, room_id: int) -> None:
    stranger = server.browser()
    for path in (ROOMS, page, "/admin/players/entry/", "/admin/rooms/token/"):
        answer = stranger.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")


def test_staff_without_the_right_are_refused(operator: Operator, server: Server, lounge: Lounge, page: str) -> None:
    newcomer = Operator(server, "newcomer")
    for path in (ROOMS, page, f"{ROOMS}add/", "/admin/players/entry/", "/admin/rooms/member/", "/admin/rooms/token/"):
        assert newcomer.get(path).status_code == 403, path
    fields = operator.fields(page) | {"name": "Salon"}
    assert newcomer.send(page, fields).status_code == 403
    assert lounge.snapshot()["room"]["name"] == "Lounge"


def test_who_may_only_look_gets_no_host_link_and_changes_nothing(
    operator: Operator, server: Server, lounge: Lounge, page: str, room_id: int
) -> None:
    lounge.add(A)
    before = lounge.snapshot()["version"]
    viewer = Operator(server, "viewer")
    shown = viewer.get(page)
    assert shown.status_code == 200
    assert "/as/" not in shown.text
    assert viewer.send(page, operator.fields(page) | {"name": "Salon", "player-0-playing": "on"}).status_code == 403
    viewer.send(ROOMS, {"action": "play", "_selected_action": str(room_id)})
    assert lounge.snapshot()["version"] == before


# The list


def test_the_list_says_what_plays_and_who_listens(operator: Operator, server: Server) -> None:
    lounge = Lounge.open(server, name="Reading corner")
    entry = lounge.add(A)
    lounge.add(B)
    lounge.alice.patch(f"{lounge.path}/queue/{entry['id']}", json={"end_ms": 3_600_000})
    lounge.control(entry_id=entry["id"], position_ms=65_000)
    with lounge.bob():
        shown = operator.get(f"{ROOMS}?q=reading").text
    cells = dict(re.findall(r'<t[hd] class="field-(\w+)[^"]*">(.*?)</t[hd]>', shown, re.DOTALL))
    assert cells["listeners"] == "1"
    assert cells["plays"] == "a · paused, 1:05 of 1:00:00"
    assert cells["queue_length"] == "2"
    assert cells["version"] == str(lounge.snapshot()["version"])
    assert f'href="/r/{lounge.slug}"' in cells["page"]


def test_closed_rooms_are_listed_when_they_are_asked_for(operator: Operator, server: Server) -> None:
    lounge = Lounge.open(server, name="Winter garden")
    lounge.alice.delete(lounge.path)
    assert "Winter garden" not in operator.get(ROOMS).text
    assert "Winter garden" in operator.get(f"{ROOMS}?state=closed").text
    assert "Winter garden" in operator.get(f"{ROOMS}?state=all").text


def test_what_takes_something_away_is_asked_about_first(operator: Operator, lounge: Lounge, room_id: int) -> None:
    lounge.add(A)
    for action, question in (("close", "Close these rooms?"), ("clear_queue", "Clear the queues of these rooms?")):
        page = operator.send(ROOMS, {"action": action, "_selected_action": str(room_id)})
        assert page.status_code == 200
        assert question in page.text
        assert "<li>Lounge</li>" in page.text
    assert len(lounge.snapshot()["queue"]) == 1


def test_a_closed_room_is_reopened_where_it_stood(operator: Operator, lounge: Lounge, room_id: int) -> None:
    entry = lounge.add(A)
    lounge.control(playing=True)
    operator.act("close", room_id)
    assert 'value="reopen"' not in operator.get(ROOMS).text
    assert 'value="close"' not in operator.get(f"{ROOMS}?state=closed").text
    assert "Reopen: 1 of 1 room changed." in operator.act("reopen", room_id)
    player = lounge.snapshot()["player"]
    assert (player["entry_id"], player["playing"]) == (entry["id"], False)
    assert "Reopen: 0 of 1 room changed." in operator.act("reopen", room_id)


def test_the_foot_of_a_page_says_which_version_runs(server: Server, settings: Any) -> None:
    page = server.browser().get("/admin/login/").text
    assert re.search(rf"<footer[^>]*>Musicrooms {re.escape(settings.VERSION)}</footer>", page)
