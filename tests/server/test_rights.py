"""Nobody is let in who may not: the same check guards the page, the call and the stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tools.people import Lounge
from tools.server import Server

A = "https://media.example.org/a.mp3"


# People of a room on the server


def guest(lounge: Lounge) -> httpx.Client:
    """A browser that came by itself."""
    return lounge.person()


def member(lounge: Lounge) -> httpx.Client:
    """A browser that came by a member's invitation."""
    made = lounge.alice.post(f"{lounge.path}/invitations", json={"role": "member"})
    return _come(lounge, made.json()["url"])


def host(lounge: Lounge) -> httpx.Client:
    """A browser that came by the host's link."""
    return _come(lounge, lounge.host_url)


def banned_host(lounge: Lounge) -> httpx.Client:
    return _marked(lounge, host(lounge), "banned_at")


def muted_guest(lounge: Lounge) -> httpx.Client:
    bob = guest(lounge)
    assert bob.post(f"/api/v1{lounge.path}/queue", json={"url": A}).status_code == 201
    return _marked(lounge, bob, "muted_at")


def owner(lounge: Lounge) -> httpx.Client:
    return _bot(lounge, lounge.token)


def foreign_owner(lounge: Lounge) -> httpx.Client:
    """The owner of another room."""
    return _bot(lounge, Lounge.open(lounge.server, name="Bar").token)


def bad_token(lounge: Lounge) -> httpx.Client:
    return _bot(lounge, "x" * 43)


def stranger(lounge: Lounge) -> httpx.Client:
    return lounge.server.browser()


def _come(lounge: Lounge, link: str) -> httpx.Client:
    browser = guest(lounge)
    assert browser.post(link).status_code == 200
    return browser


def _bot(lounge: Lounge, token: str) -> httpx.Client:
    return lounge.server.browser(headers={"Authorization": f"Bearer {token}"})


def _marked(lounge: Lounge, browser: httpx.Client, field: str) -> httpx.Client:
    """``browser`` after its place in the room was marked: the last that was taken there."""
    newest = (
        "SELECT m.id FROM rooms_member m JOIN rooms_room r ON r.id = m.room_id WHERE r.slug = %s ORDER BY m.id DESC"
    )
    member_id = lounge.server.sql(newest, (lounge.slug,))[0][0]
    lounge.server.sql(f"UPDATE rooms_member SET {field} = '2026-01-01' WHERE id = %s", (member_id,))
    return browser


def named(value: Any) -> str | None:
    """What a parameter is called in the name of a test; None for a table."""
    return value.__name__ if callable(value) else str(value) if len(str(value)) < 40 else None


# Who may read


def reached(lounge: Lounge, who: httpx.Client) -> dict[str, int]:
    """What page, calls and stream answer; a token is nothing to a page."""
    paths = {name: f"/api/v1{lounge.path}{path}" for name, path in READS.items()}
    if "Authorization" not in who.headers:
        paths["page"] = f"/r/{lounge.slug}"
    statuses = {}
    for name, path in paths.items():
        with who.stream("GET", path) as answer:
            statuses[name] = answer.status_code
    return statuses


READS = {"snapshot": "", "player": "/player", "queue": "/queue", "stream": "/events"}


@pytest.mark.parametrize(
    ("visibility", "who", "status"),
    [
        ("public", stranger, 200),
        ("public", guest, 200),
        ("public", foreign_owner, 200),
        ("public", banned_host, 404),
        ("public", bad_token, 401),
        ("unlisted", stranger, 200),
        ("unlisted", muted_guest, 200),
        ("unlisted", banned_host, 404),
        ("private", owner, 200),
        ("private", host, 200),
        ("private", member, 200),
        ("private", guest, 404),
        ("private", stranger, 404),
        ("private", foreign_owner, 404),
        ("private", banned_host, 404),
        ("private", bad_token, 401),
    ],
    ids=named,
)
def test_page_call_and_stream_let_in_the_same_people(
    server: Server, visibility: str, who: Callable[[Lounge], httpx.Client], status: int
) -> None:
    lounge = Lounge.open(server, visibility=visibility)
    statuses = reached(lounge, who(lounge))
    assert set(statuses.values()) == {status}, statuses


def test_a_private_room_is_to_a_stranger_as_if_there_were_none(server: Server) -> None:
    lounge = Lounge.open(server, name="Secret", visibility="private")
    lounge.add(A)
    entry = lounge.snapshot()["queue"][0]["id"]
    for who in (stranger(lounge), guest(lounge), foreign_owner(lounge)):
        for method, path, body in (*WRITES, ("PATCH", f"/queue/{entry}", {"vote": True})):
            there = who.request(method, f"/api/v1{lounge.path}{path}", json=body)
            nowhere = who.request(method, f"/api/v1/rooms/nowhere{path}", json=body)
            assert there.status_code == nowhere.status_code == 404
            assert there.text.replace(lounge.slug, "nowhere") == nowhere.text
        page, gone = (who.get(f"/r/{slug}") for slug in (lounge.slug, "nowhere"))
        assert page.status_code == gone.status_code == 404
        assert "Secret" not in page.text


def test_a_room_that_becomes_private_is_closed_to_strangers_by_page_call_and_stream(lounge: Lounge) -> None:
    bob = guest(lounge)
    assert set(reached(lounge, bob).values()) == {200}
    assert lounge.alice.patch(lounge.path, json={"visibility": "private"}).status_code == 200
    assert set(reached(lounge, bob).values()) == {404}
    assert set(reached(lounge, owner(lounge)).values()) == {200}


def test_somebody_who_becomes_a_member_while_others_listen_is_let_in_too(server: Server) -> None:
    lounge = Lounge.open(server, visibility="private")
    with lounge.bob(headers={"Authorization": f"Bearer {lounge.token}"}) as alice:
        dana = member(lounge)
        assert set(reached(lounge, dana).values()) == {200}
        alice.wait_for("room")


# Who may change


WRITES: list[tuple[str, str, Any]] = [
    ("PATCH", "/player", {"playing": False}),
    ("POST", "/player/next", {}),
    ("POST", "/player/previous", {}),
    ("POST", "/queue", {"url": A}),
    ("PATCH", "", {"name": "Mine"}),
    ("DELETE", "", None),
]


def changed(lounge: Lounge, who: httpx.Client) -> dict[str, int]:
    """The status of each way to change a room, the last of them closing it."""
    entry = lounge.add(A)["id"]
    calls = {
        "control": ("PATCH", "/player", {"entry_id": entry}),
        "next": ("POST", "/player/next", {}),
        "previous": ("POST", "/player/previous", {}),
        "move": ("PATCH", f"/queue/{entry}", {"after": None}),
        "trim": ("PATCH", f"/queue/{entry}", {"start_ms": 1}),
        "vote": ("PATCH", f"/queue/{entry}", {"vote": True}),
        "add": ("POST", "/queue", {"url": A}),
        "remove": ("DELETE", f"/queue/{entry}", None),
        "change": ("PATCH", "", {"rules": {"at_end": "repeat"}}),
        "close": ("DELETE", "", None),
    }
    return {
        name: who.request(method, f"/api/v1{lounge.path}{path}", json=body).status_code
        for name, (method, path, body) in calls.items()
    }


def row(control: int, add: int, vote: int, manage: int) -> dict[str, int]:
    """Expected statuses; a 200 stands for whatever a call answers when it may."""
    may = {"add": 201, "remove": 204, "close": 204}
    groups = {
        **dict.fromkeys(("control", "next", "previous", "move", "trim", "remove"), control),
        "vote": vote,
        "add": add,
        **dict.fromkeys(("change", "close"), manage),
    }
    return {name: may.get(name, 200) if status == 200 else status for name, status in groups.items()}


@pytest.mark.parametrize(
    ("who", "rules", "expected"),
    [
        (owner, {}, row(200, 200, 200, 200)),
        (host, {}, row(200, 200, 200, 403)),
        (member, {}, row(403, 200, 200, 403)),
        (guest, {}, row(403, 200, 200, 403)),
        (muted_guest, {}, row(403, 403, 200, 403)),
        (foreign_owner, {}, row(403, 200, 200, 403)),
        (stranger, {}, row(401, 401, 401, 401)),
        (bad_token, {}, row(401, 401, 401, 401)),
        (banned_host, {}, row(404, 404, 404, 404)),
        (member, {"control": "member"}, row(200, 200, 200, 403)),
        (guest, {"control": "member"}, row(403, 200, 200, 403)),
        (guest, {"control": "guest"}, row(200, 200, 200, 403)),
        (stranger, {"control": "guest", "add": "guest"}, row(401, 401, 401, 401)),
        (host, {"control": "owner"}, row(403, 200, 200, 403)),
        (guest, {"add": "member"}, row(403, 403, 200, 403)),
        (member, {"add": "member"}, row(403, 200, 200, 403)),
        (host, {"add": "owner"}, row(200, 403, 200, 403)),
        (muted_guest, {"control": "guest"}, row(200, 403, 200, 403)),
    ],
    ids=named,
)
def test_a_role_may_do_what_the_rules_of_the_room_say(
    server: Server, who: Callable[[Lounge], httpx.Client], rules: dict[str, str], expected: dict[str, int]
) -> None:
    if control := rules.get("control"):
        rules = rules | dict.fromkeys(("skip", "reorder"), control)
    lounge = Lounge.open(server, rules=rules)
    assert changed(lounge, who(lounge)) == expected


def test_a_refusal_says_which_role_it_takes(lounge: Lounge) -> None:
    refused = guest(lounge).patch(f"/api/v1{lounge.path}/player", json={"playing": True})
    assert refused.json()["error"]["code"] == "forbidden"
    assert {"guest", "host."} <= set(refused.json()["error"]["message"].split())


def test_whoever_added_a_link_may_remove_it_and_nobody_else_s(lounge: Lounge) -> None:
    bob, dana = guest(lounge), guest(lounge)
    queue = f"/api/v1{lounge.path}/queue"
    entry = bob.post(queue, json={"url": A}).json()["id"]
    assert dana.delete(f"{queue}/{entry}").status_code == 403
    assert bob.delete(f"{queue}/{entry}").status_code == 204


# Tokens and cookies


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer  x", "Basic YWxpY2U6eA==", "x", "Bearer é", "Token {}", "{}"],
)
def test_a_header_that_is_no_valid_token_is_never_taken_for_none(lounge: Lounge, header: str) -> None:
    """Not even where nobody needs one: a bot learns at once that its token is wrong."""
    headers = {b"Authorization": header.format(lounge.token).encode("latin-1")}
    for path in (lounge.path, "/rooms", f"{lounge.path}/events"):
        refused = lounge.charlie.get(path, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unidentified")
    assert lounge.charlie.get(lounge.path, headers=headers).headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_a_token_is_known_in_any_case(lounge: Lounge, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {lounge.token}"}
    assert lounge.charlie.patch(lounge.path, json={}, headers=headers).status_code == 200


def test_a_cookie_without_the_csrf_token_changes_nothing(lounge: Lounge) -> None:
    bob = host(lounge)
    lounge.add(A)
    right = bob.headers["X-CSRFToken"]
    for wrong in (None, "", "x" * 32, right[::-1]):
        bob.headers.pop("X-CSRFToken", None)
        if wrong is not None:
            bob.headers["X-CSRFToken"] = wrong
        for method, path, body in WRITES:
            refused = bob.request(method, f"/api/v1{lounge.path}{path}", json=body)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
            assert "X-CSRFToken" in refused.json()["error"]["message"]
        assert bob.post("/api/v1/rooms", json={"name": "Forged"}).status_code == 403
        assert bob.get(f"/api/v1{lounge.path}").status_code == 200
    assert lounge.snapshot()["room"]["name"] == "Lounge"
    bob.headers["X-CSRFToken"] = right
    assert bob.patch(f"/api/v1{lounge.path}/player", json={"playing": True}).status_code == 200


def test_a_cookie_from_the_page_of_another_site_changes_nothing(lounge: Lounge) -> None:
    bob = host(lounge)
    lounge.add(A)
    bob.headers["Origin"] = "https://evil.example"
    assert bob.patch(f"/api/v1{lounge.path}/player", json={"playing": True}).status_code == 403


def test_a_token_needs_no_csrf_token_and_a_cookie_beside_it_is_nothing(lounge: Lounge) -> None:
    bob = guest(lounge)
    del bob.headers["X-CSRFToken"]
    headers = {"Authorization": f"Bearer {lounge.token}", "Origin": "https://bot.example"}
    assert bob.patch(f"/api/v1{lounge.path}", json={"name": "Bar"}, headers=headers).status_code == 200


def test_a_forged_cookie_is_nobody_s(lounge: Lounge) -> None:
    bob = host(lounge)
    cookie = bob.cookies["person"].strip('"')
    for forged in (cookie[:-1], cookie + "x", "x" + cookie, "x", "a:b:c", ""):
        answer = lounge.charlie.post(f"{lounge.path}/queue", json={"url": A}, headers={"Cookie": f"person={forged}"})
        assert answer.status_code == 401


# An operator listens


def test_an_operator_listens_to_a_private_room(server: Server) -> None:
    lounge = Lounge.open(server, visibility="private")
    code = "from django.contrib.auth.models import User; User.objects.create_superuser('op', password='pass')"
    server.shell(code)
    operator = server.browser(follow_redirects=True)
    operator.get("/admin/login/")
    form = {"username": "op", "password": "pass", "csrfmiddlewaretoken": operator.cookies["csrftoken"]}
    assert operator.post("/admin/login/?next=/", data=form).status_code == 200
    assert set(reached(lounge, operator).values()) == {200}
