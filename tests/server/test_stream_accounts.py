"""Streams of accounts and tokens: each is known at every join, and shown out when a right is withdrawn."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.support.events import Listener
from tools.patience import PATIENCE_S, until
from tools.people import Lounge, take
from tools.server import Server


def account(server: Server, name: str) -> httpx.Client:
    """The browser of somebody with an account, and without any right in the admin."""
    facts = f"{name!r}, password='pass', is_staff=True"
    server.shell(f"from django.contrib.auth.models import User; User.objects.create_user({facts})")
    browser = server.browser(follow_redirects=True)
    browser.get("/admin/login/")
    form = {"username": name, "password": "pass", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    assert browser.post("/admin/login/?next=/", data=form).status_code == 200
    return browser


def test_an_account_is_known_at_each_join_and_shown_out_when_it_is_banned(server: Server) -> None:
    lounge = Lounge.open(server, visibility="private")
    bob = account(server, f"bob-of-{lounge.slug}")
    stream = f"/api/v1{lounge.path}/events"
    assert bob.get(stream).status_code == 404
    invite = lounge.alice.post(f"{lounge.path}/invitations", json={"role": "member"}).json()["url"]
    assert bob.post(invite, data={"csrfmiddlewaretoken": bob.cookies["csrftoken"]}).status_code == 200
    with bob.stream("GET", stream) as first:
        assert first.status_code == 200
    with bob.stream("GET", stream) as second:
        assert second.status_code == 200
        assert '"name":"bob-of-' in next(text for text in second.iter_text() if "people" in text)
    server.shell(
        "from rooms.core.change import change; from rooms.clock import now_ms; from rooms.models import Room\n"
        f"with change(Room.objects.open().get(slug={lounge.slug!r}), now_ms()) as lent:\n"
        "    lent.members.get(user__isnull=False).ban()"
    )

    def status() -> int:
        with bob.stream("GET", stream) as third:
            return third.status_code

    until(lambda: status() != 200, "another process banned, which nobody found")
    assert status() == 404


def check_it_ends_at_once(stream: Listener) -> None:
    """It waits for no heartbeat: one may come by chance, but the next one is a quarter of a minute behind it."""
    ticks = len(stream.named("tick"))
    assert stream.ended.wait(PATIENCE_S)
    assert len(stream.named("tick")) <= ticks + 1


def test_a_stream_is_renewed_as_who_its_browser_signed_in_as(server: Server) -> None:
    lounge = Lounge.open(server, visibility="private")
    bob = server.browser(follow_redirects=True)
    invitations = lounge.alice.get(f"{lounge.path}/invitations").json()["items"]
    take(bob, next(one["url"] for one in invitations if one["role"] == "member"))
    form = {"email": f"bob-of-{lounge.slug}@example.org", "password1": "quite a long walk"}
    stream = f"/api/v1{lounge.path}/events"
    for path, fields in (("/accounts/signup/", form), ("/accounts/logout/", {})):
        bob.get(path)
        with lounge.bob(cookies=dict(bob.cookies)) as opened:
            sent = bob.post(path, data={**fields, "csrfmiddlewaretoken": bob.cookies["csrftoken"]})
            assert sent.status_code == 200
            check_it_ends_at_once(opened)
            assert not opened.named("bye")
        with bob.stream("GET", stream) as renewed:
            assert renewed.status_code == (404 if path == "/accounts/logout/" else 200)


def test_a_token_that_is_withdrawn_ends_its_streams(lounge: Lounge) -> None:
    with lounge.bob(headers={"Authorization": f"Bearer {lounge.token}"}) as alice:
        lounge.server.shell(
            "from rooms.core.change import change; from rooms.clock import now_ms; from rooms.models import *\n"
            f"token = Token.objects.get(hash=hash_token({lounge.token!r}))\n"
            + "with change(token.member.room, now_ms()) as lent: token.withdraw(lent)"
        )
        assert alice.wait_for("bye").data == {"reason": "right withdrawn"}
    assert lounge.alice.get(f"{lounge.path}/events").status_code == 401


PASSWORDS = {"password1": "quite a long walk", "password2": "quite a long walk", "usable_password": "true"}


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("password", PASSWORDS),
        ("change", {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}),  # and not active
        ("delete", {"post": "yes"}),
    ],
)
def test_what_the_operator_does_to_an_account_ends_its_streams(
    server: Server, page: str, fields: dict[str, str]
) -> None:
    lounge = Lounge.open(server, visibility="private")
    bob, operator = account(server, f"bob-of-{lounge.slug}"), account(server, f"operator-of-{lounge.slug}")
    server.shell(
        "from django.contrib.auth.models import User\n"
        f"User.objects.filter(username='operator-of-{lounge.slug}').update(is_superuser=True)"
    )
    listed = operator.get("/admin/auth/user/", params={"q": f"bob-of-{lounge.slug}"}).text
    number = re.findall(r"/admin/auth/user/(\d+)/", listed)[0]
    take(bob, lounge.alice.post(f"{lounge.path}/invitations", json={"role": "member"}).json()["url"])
    with lounge.bob(cookies=dict(bob.cookies)) as opened:
        form = {"username": f"bob-of-{lounge.slug}", "csrfmiddlewaretoken": operator.cookies["csrftoken"], **fields}
        done = operator.post(f"/admin/auth/user/{number}/{page}/", data=form)
        assert (done.status_code, "errornote" in done.text) == (200, False)
        check_it_ends_at_once(opened)
    assert bob.get(f"/api/v1{lounge.path}/events").status_code == 404
