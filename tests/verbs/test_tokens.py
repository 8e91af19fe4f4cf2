"""API tokens: a program acts by one as the host who made it, within its scopes, until it ends or is withdrawn."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from musicrooms.api import api
from rooms.core import access, token_use, tokens
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.models import ALL_SCOPES, Member, Room, Scope, Token
from rooms.models.roles import Role
from tests.support.rooms import add, hear, role_link

SOON_MS = 4_000_000_000_000
WORDS = [scope.value for scope in Scope]


class Lounge:
    """The room of Alice, who owns it, and the calls of a program by one of her tokens."""

    def __init__(self) -> None:
        self.room, self.alice = make_room("Lounge", Caller())
        self.path = f"/api/v1/rooms/{self.room.slug}"
        self.tokens = f"{self.path}/tokens"
        self.owner = bot(Token.issue(self.alice))

    def member(self, name: str, role: Role) -> Member:
        return Member.objects.create(room=self.room, nickname=name, role=role)

    def make(self, client: Client | None = None, **fields: Any) -> Any:
        body = {"name": "Jukebox", "scopes": ["read", "queue"], **fields}
        return (client or self.owner).post(self.tokens, body, content_type="application/json")

    def limited(self, *scopes: str) -> Client:
        """Calls by a new token of Alice with these scopes alone."""
        return bot(self.make(scopes=list(scopes)).json()["token"])


def bot(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def error(answer: Any) -> str:
    return str(answer.json()["error"]["message"])


@pytest.fixture
def lounge(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Lounge:
    hear(monkeypatch)
    return Lounge()


def patch(client: Client, path: str, **body: Any) -> Any:
    return client.patch(path, body, content_type="application/json")


# What a token is good for


def operations() -> list[tuple[str, str, list[str]]]:
    """Method, path and scopes, of which a token needs one, of each call that asks who calls."""
    return [
        (method, path, [str(scope) for way in operation["security"] for scope in way.get("Identify", ())])
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
        if "security" in operation and not path.endswith("/events")
    ]


OPERATIONS = operations()


def test_each_call_names_the_scopes_of_which_a_token_needs_one() -> None:
    assert len(OPERATIONS) > 50
    for method, path, scopes in OPERATIONS:
        assert scopes, (method, path)
        assert set(scopes) <= set(WORDS), (method, path)
        assert (method == "get") == (scopes == ["read"]), (method, path)
    assert {word for *_, scopes in OPERATIONS for word in scopes} == set(WORDS)


def test_a_call_is_refused_to_a_token_without_its_scope_and_to_no_other(lounge: Lounge) -> None:
    limited = cache(lounge.limited)
    names = dict.fromkeys(re.findall(r"{(\w+)}", " ".join(path for _, path, _ in OPERATIONS)), "1")
    for method, path, scopes in OPERATIONS:
        address = path.format(**{**names, "slug": "nowhere"})
        others = limited(*(word for word in WORDS if word not in scopes))
        refused = others.generic(method, address, "{}", "application/json")
        assert refused.status_code == 403, (method, path)
        assert all(word in error(refused) for word in scopes), (method, path)
        for scope in scopes:
            answer = limited(scope).generic(method, address, "{}", "application/json")
            assert answer.status_code != 403, (method, path, answer.content)


def test_what_a_program_is_told_that_it_may_do_is_within_its_scopes(lounge: Lounge) -> None:
    assert set(lounge.owner.get(lounge.path).json()["you"]["may"]) == {action.value for action in Action}
    for scope in set(Scope) - {Scope.READ}:
        told = lounge.limited("read", scope).get(lounge.path).json()["you"]
        assert set(told["may"]) == {action.value for action, needed in access.SCOPES.items() if needed == scope}
        assert told["role"] == "owner"


def test_a_scope_gives_no_right_that_its_maker_has_not(lounge: Lounge) -> None:
    host = lounge.member("Bob", Role.HOST)
    token = bot(lounge.make(bot(Token.issue(host)), scopes=WORDS).json()["token"])
    assert patch(token, f"{lounge.path}/player", rate=1.25).status_code == 200
    assert patch(token, lounge.path, name="Bar").status_code == 403
    Member.objects.filter(pk=host.pk).update(role=Role.GUEST)
    assert patch(token, f"{lounge.path}/player", rate=1.5).status_code == 403


def test_roles_are_given_by_the_scope_that_invites_and_mutes_by_the_one_that_moderates(lounge: Lounge) -> None:
    bob = lounge.member("Bob", Role.MEMBER)
    person = lounge.owner.get(f"{lounge.path}/people").json()["items"]
    address = f"{lounge.path}/people/{next(one['id'] for one in person if one['name'] == 'Bob')}"
    manager, moderator = lounge.limited("manage"), lounge.limited("moderate")
    assert patch(moderator, address, role="host").status_code == 403
    assert patch(manager, address, muted=True).status_code == 403
    bob.refresh_from_db()
    assert (bob.role, bob.muted_at) == (Role.MEMBER, None)
    assert patch(manager, address, role="host").status_code == 200
    assert patch(moderator, address, muted=True).status_code == 200


def test_an_undo_takes_the_scope_of_what_it_undoes(lounge: Lounge) -> None:
    _first, second = add(lounge.room, 60_000, 60_000)
    undo = f"{lounge.path}/undo"
    assert patch(lounge.owner, f"{lounge.path}/player", playing=True).status_code == 200
    assert patch(lounge.owner, f"{lounge.path}/player", entry_id=second.pk).status_code == 200
    assert lounge.limited("queue").post(undo).status_code == 403
    assert lounge.limited("queue", "control").post(undo).status_code == 200


def test_a_token_of_another_room_gives_nothing_here(lounge: Lounge) -> None:
    bar, charlie = make_room("Bar", Caller())
    assert patch(bot(Token.issue(charlie)), f"{lounge.path}/player", rate=1.25).status_code == 403
    assert lounge.make(bot(Token.issue(charlie))).status_code == 403
    assert bot(Token.issue(charlie)).get(f"/api/v1/rooms/{bar.slug}/tokens").status_code == 200


def test_reading_gives_nothing_by_which_more_could_be_had(lounge: Lounge) -> None:
    reader = lounge.limited("read")
    for refused in ("tokens", "invitations", "bans"):
        assert reader.get(f"{lounge.path}/{refused}").status_code == 403
        assert lounge.owner.get(f"{lounge.path}/{refused}").status_code == 200


# Making, listing and withdrawing


def test_a_token_is_shown_once_and_only_its_hash_is_kept(lounge: Lounge) -> None:
    made = lounge.make(expires_at_ms=SOON_MS)
    told = made.json()
    assert made.status_code == 201
    assert (told["name"], told["scopes"], told["expires_at_ms"]) == ("Jukebox", ["read", "queue"], SOON_MS)
    assert told["last_used_at_ms"] is None
    listed = lounge.owner.get(lounge.tokens).json()["items"]
    assert listed[0] == {name: value for name, value in told.items() if name != "token"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rooms_token")
        assert told["token"] not in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin"]}, "scopes.0"),
        ({"scopes": "read"}, "scopes"),
        ({"scopes": None}, "scopes"),
        ({"scopes": ["read"] * 7}, "scopes"),
        ({"name": " \u200b"}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"name": None}, "name"),
        ({"expires_at_ms": 1_600_000_000_000}, "expires_at_ms"),
        ({"expires_at_ms": 10**17}, "expires_at_ms"),
        ({"hash": "x"}, "hash"),
    ],
)
def test_a_token_that_cannot_be_is_refused_by_the_name_of_its_field(
    lounge: Lounge, fields: dict[str, Any], field: str
) -> None:
    refused = lounge.make(**fields)
    assert refused.status_code == 422
    assert list(refused.json()["error"]["fields"]) == [field]
    assert Token.objects.count() == 1


def test_a_scope_that_is_named_twice_is_one(lounge: Lounge) -> None:
    told = lounge.make(scopes=["chat", "read", "chat"]).json()
    assert told["scopes"] == ["read", "chat"]


@pytest.mark.parametrize("role", [Role.GUEST, Role.MEMBER])
def test_tokens_are_for_hosts(lounge: Lounge, role: Role) -> None:
    client = bot(Token.issue(lounge.member("Bob", role)))
    number = Token.objects.order_by("pk")[0].pk
    for refused in (lounge.make(client), client.get(lounge.tokens), client.delete(f"{lounge.tokens}/{number}")):
        assert refused.status_code == 403
        assert "that takes the role host" in error(refused)
    assert Token.objects.count() == 2


def test_strangers_are_told_nothing_of_tokens(lounge: Lounge) -> None:
    assert [lounge.make(Client()).status_code, Client().get(lounge.tokens).status_code] == [401, 401]
    Room.objects.update(visibility="private")
    assert [lounge.make(Client()).status_code, Client().get(lounge.tokens).status_code] == [404, 404]


def test_a_host_sees_and_withdraws_their_own_tokens_and_those_of_lower_roles(lounge: Lounge) -> None:
    bob, charlie, dana = (lounge.member(name, role) for name, role in PEOPLE)
    for member in (bob, charlie, dana):
        Token.issue(member, f"of {member.nickname}")
    client = bot(Token.issue(bob, "another of Bob"))
    names = [one["name"] for one in client.get(lounge.tokens).json()["items"]]
    assert names == ["another of Bob", "of Dana", "of Bob"]
    assert len(lounge.owner.get(lounge.tokens).json()["items"]) == 5
    numbers = {token.name: token.pk for token in Token.objects.all()}
    assert client.delete(f"{lounge.tokens}/{numbers['of Charlie']}").status_code == 404
    assert client.delete(f"{lounge.tokens}/{numbers['of Dana']}").status_code == 204
    assert client.delete(f"{lounge.tokens}/{numbers['another of Bob']}").status_code == 204
    assert client.get(lounge.tokens).status_code == 401
    assert lounge.owner.delete(f"{lounge.tokens}/{numbers['of Charlie']}").status_code == 204


PEOPLE = (("Bob", Role.HOST), ("Charlie", Role.HOST), ("Dana", Role.MEMBER))


def test_a_token_makes_none_that_is_good_for_more(lounge: Lounge) -> None:
    manager = lounge.limited("manage", "read")
    assert lounge.make(manager, scopes=["manage", "read"]).status_code == 201
    refused = lounge.make(manager, scopes=["read", "control"])
    assert refused.status_code == 403
    assert "control" in error(refused)


def test_an_operator_sees_and_withdraws_all_but_has_no_place_to_lend(lounge: Lounge) -> None:
    operator = Client()
    operator.force_login(User.objects.create_superuser("operator"))
    [one] = operator.get(lounge.tokens).json()["items"]
    assert lounge.make(operator).status_code == 403
    assert operator.delete(f"{lounge.tokens}/{one['id']}").status_code == 204


def test_a_room_has_a_bounded_number_of_tokens_of_which_ended_ones_are_none(
    lounge: Lounge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 3)
    Token.issue(lounge.alice, "old", expires_at=timezone.now() - timedelta(days=1))
    assert [lounge.make().status_code for _ in range(3)] == [201, 201, 429]
    assert not Token.objects.filter(name="old").exists()


# Its end and its use


def test_a_token_that_has_ended_is_worthless_and_on_no_list(lounge: Lounge) -> None:
    ended = bot(Token.issue(lounge.alice, "old", expires_at=timezone.now() - timedelta(seconds=1)))
    lasting = bot(Token.issue(lounge.alice, "new", expires_at=timezone.now() + timedelta(hours=1)))
    assert ended.get(lounge.path).status_code == 401
    assert lasting.get(lounge.path).status_code == 200
    assert [one["name"] for one in lounge.owner.get(lounge.tokens).json()["items"]] == ["new", ""]


def test_the_last_use_of_a_token_is_kept_to_the_minute(lounge: Lounge, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_900_000_000_000]
    monkeypatch.setattr(token_use, "now_ms", lambda: clock[0])
    client = lounge.limited("read")

    def used_at_ms() -> Any:
        return lounge.owner.get(lounge.tokens).json()["items"][0]["last_used_at_ms"]

    assert used_at_ms() is None
    for later_ms, told in ((0, 0), (59_999, 0), (1, 60_000)):
        clock[0] += later_ms
        assert client.get(lounge.path).status_code == 200
        assert used_at_ms() == 1_900_000_000_000 + told


def test_a_use_that_cannot_be_written_hinders_no_call(lounge: Lounge, monkeypatch: pytest.MonkeyPatch) -> None:
    client = lounge.limited("read")

    def locked(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", locked)
    assert client.get(lounge.path).status_code == 200


def test_those_who_were_made_before_scopes_are_good_for_everything(lounge: Lounge) -> None:
    row = Token.objects.create(member=lounge.alice, hash="x", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert row.granted == ALL_SCOPES


# The page


@pytest.fixture
def page(lounge: Lounge) -> Client:
    """The browser of Bob, who came by the host's link."""
    client = Client()
    assert client.post(role_link(lounge.room, Role.HOST)).status_code == 302
    return client


def address(lounge: Lounge) -> str:
    return f"/r/{lounge.room.slug}/tokens"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "", "scopes": ["read"]}, "This field is required."),
        ({"name": "\u3164", "scopes": ["read"]}, "1 to 40 visible characters"),
        ({"name": "x" * 41, "scopes": ["read"]}, "at most 40 characters"),
        ({"name": "Jukebox"}, "This field is required."),
        ({"name": "Jukebox", "scopes": ["admin"]}, "admin is not one of the available choices."),
        ({"name": "Jukebox", "scopes": ["read"], "days": "0"}, "greater than or equal to 1."),
        ({"name": "Jukebox", "scopes": ["read"], "days": "3651"}, "less than or equal to 3650."),
        ({"name": "Jukebox", "scopes": ["read"], "days": "soon"}, "Enter a whole number."),
    ],
)
def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(
    lounge: Lounge, page: Client, fields: dict[str, Any], said: str
) -> None:
    shown = page.post(address(lounge), fields)
    assert (shown.status_code, Token.objects.count()) == (422, 1)
    text = unescape(shown.content.decode())
    assert said in text
    assert f'value="{fields["name"]}"' in text or not fields["name"]


def test_the_page_shows_a_token_in_its_answer_alone_and_withdraws_it(lounge: Lounge, page: Client) -> None:
    shown = page.post(address(lounge), {"name": "<b>", "scopes": ["read", "queue"], "days": "2"})
    made = Token.objects.get(name="<b>")
    assert (shown.status_code, set(made.granted)) == (200, {"read", "queue"})
    assert made.expires_at is not None
    assert timedelta(days=1) < made.expires_at - timezone.now() <= timedelta(days=2)
    text = re.findall(r'id="token-text">([^<]+)<', shown.content.decode())[0]
    assert bot(text).get(lounge.path).status_code == 200
    again = page.get(address(lounge)).content.decode()
    assert text not in again
    assert "&lt;b&gt;" in again
    assert "<b>" not in again
    withdrawn = page.post(f"{address(lounge)}/{made.pk}/withdraw")
    assert (withdrawn.status_code, withdrawn["Location"]) == (302, address(lounge))
    assert not Token.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_a_token_that_is_not_there_is_withdrawn_by_nobody(lounge: Lounge, page: Client, number: str) -> None:
    assert page.post(f"{address(lounge)}/{number}/withdraw").status_code == 404
    assert page.get(f"{address(lounge)}/{number}/withdraw").status_code == 405


def test_the_page_is_for_hosts_and_tells_strangers_of_no_room(lounge: Lounge) -> None:
    number = Token.objects.get().pk
    charlie = Client()
    for slug, status in ((lounge.room.slug, 403), ("nowhere", 404)):
        assert charlie.get(f"/r/{slug}/tokens").status_code == status
        assert charlie.post(f"/r/{slug}/tokens", {"name": "x", "scopes": ["read"]}).status_code == status
        assert charlie.post(f"/r/{slug}/tokens/{number}/withdraw").status_code == status
    Room.objects.update(visibility="private")
    assert charlie.get(address(lounge)).status_code == 404
    assert Token.objects.count() == 1


def test_the_page_takes_no_form_of_another_site(lounge: Lounge) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = page_cookies(lounge)
    assert client.get(address(lounge)).status_code == 200
    assert client.post(address(lounge), {"name": "x", "scopes": ["read"]}).status_code == 403
    assert Token.objects.count() == 1


def page_cookies(lounge: Lounge) -> Any:
    client = Client()
    client.post(role_link(lounge.room, Role.HOST))
    return client.cookies
