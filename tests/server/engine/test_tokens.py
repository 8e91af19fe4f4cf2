"""Streams by token: one begins with the scope “read” alone, and ends at once with the token."""

from __future__ import annotations

from typing import Any

from rooms.clock import now_ms
from tests.support.events import Listener
from tools.patience import PATIENCE_S, until
from tools.people import Lounge


def made(lounge: Lounge, *scopes: str, **fields: Any) -> dict[str, Any]:
    """A new token of Alice."""
    answer = lounge.alice.post(f"{lounge.path}/tokens", json={"name": "Jukebox", "scopes": scopes, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def stream(lounge: Lounge, token: dict[str, Any]) -> Listener:
    """The stream of a program by that token; use it in a ``with`` block."""
    return lounge.bob(headers={"Authorization": f"Bearer {token['token']}"})


def test_a_token_that_may_not_read_opens_no_stream(lounge: Lounge) -> None:
    queue = lounge.server.client(made(lounge, "queue")["token"])
    assert queue.get(f"{lounge.path}/events").status_code == 403
    with lounge.bob():  # and none of a room that is live
        refused = queue.get(f"{lounge.path}/events")
        assert refused.status_code == 403
        assert "read" in refused.json()["error"]["message"]


def test_streams_of_a_token_end_at_once_when_it_is_withdrawn_whether_the_room_knew_it_before_or_not(
    lounge: Lounge,
) -> None:
    known = made(lounge, "read")
    with lounge.bob() as bob, stream(lounge, known) as first:
        new = made(lounge, "read")
        with stream(lounge, new) as second:
            assert not second.named("bye")
            for token, ending in ((new, second), (known, first)):
                assert lounge.alice.delete(f"{lounge.path}/tokens/{token['id']}").status_code == 204
                assert ending.wait_for("bye").data == {"reason": "right withdrawn"}
                assert lounge.server.client(token["token"]).get(f"{lounge.path}/events").status_code == 401
        assert not bob.ended.is_set()


def test_streams_of_a_token_end_when_it_ends(lounge: Lounge) -> None:
    token = made(lounge, "read", expires_at_ms=now_ms() + 3_600_000)
    with lounge.bob() as bob, stream(lounge, token) as ending:
        sooner = lounge.server.shell(
            "from datetime import timedelta; from django.utils import timezone; from rooms.models import Token\n"
            f"token = Token.objects.get(pk={token['id']}); token.expires_at = timezone.now() + timedelta(seconds=2)\n"
            "token.save(); print(token.expires_at_ms)"
        )
        assert lounge.alice.patch(lounge.path, json={"name": "Salon"}).status_code == 200  # which has it read
        ticks = len(ending.named("tick"))
        assert ending.ended.wait(PATIENCE_S)
        assert now_ms() >= int(sooner)
        assert ending.named("bye")[0].data == {"reason": "right withdrawn"}
        assert len(ending.named("tick")) <= ticks + 1  # it waits for no heartbeat
        assert not bob.ended.is_set()
    assert lounge.server.client(token["token"]).get(f"{lounge.path}/events").status_code == 401


def test_a_stream_is_a_use_of_its_token(lounge: Lounge) -> None:
    token = made(lounge, "read")
    with lounge.bob():  # the room is live, and knows the token once it is read
        assert lounge.alice.patch(lounge.path, json={"name": "Salon"}).status_code == 200

        def used_at_ms() -> Any:
            listed = lounge.alice.get(f"{lounge.path}/tokens").json()["items"]
            return next(one["last_used_at_ms"] for one in listed if one["id"] == token["id"])

        assert used_at_ms() is None
        with stream(lounge, token):
            until(lambda: used_at_ms() is not None, "the use of a token by a stream was never written")
