"""What rooms remember, in the admin: the operator reads and searches it, and changes none of it."""

from __future__ import annotations

import pytest
from django.test import Client

from rooms.core.change import change
from rooms.models import Room
from tests.support.forms import Fields
from tests.support.rooms import NOW_MS, hear, make_lounge


@pytest.fixture
def lounge(db: None, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A room in which the first of two tracks was skipped by Alice."""
    hear(monkeypatch)
    room = make_lounge(60_000, 60_000)
    with change(room, NOW_MS, by="Alice") as lent:
        lent.player.play(NOW_MS)
    with change(room, NOW_MS + 5_000, by="Alice") as lent:
        lent.player.skip(NOW_MS + 5_000)
    return room


@pytest.mark.parametrize(
    ("model", "found", "not_found"), [("rooms/logentry", "Alice", "Charlie"), ("players/played", "0", "Charlie")]
)
def test_log_and_history_are_read_and_searched_but_not_written(
    admin_client: Client, lounge: Room, model: str, found: str, not_found: str
) -> None:
    path = f"/admin/{model}/"
    shown = admin_client.get(path, {"q": found}).content.decode()
    assert "Lounge" in shown
    assert ("skip" in shown) or ("was skipped" in shown)
    assert "0 results" in admin_client.get(path, {"q": not_found}).content.decode()
    row = lounge.log.latest("pk") if "log" in model else lounge.history.latest("pk")
    assert admin_client.get(f"{path}{row.pk}/change/").status_code == 200
    for way in (f"{path}add/", f"{path}{row.pk}/delete/"):
        assert admin_client.post(way, {"post": "yes"}).status_code == 403
    assert admin_client.post(f"{path}{row.pk}/change/", {"name": "Mallory"}).status_code == 403


def test_an_artwork_that_no_page_could_show_is_refused(admin_client: Client, lounge: Room) -> None:
    track = lounge.queue.listed()[0].track
    for address, status in (("https://[bad/cover.jpg", 200), ("https://media.example.org/cover.jpg", 302)):
        page = f"/admin/players/track/{track.pk}/change/"
        fields = Fields(admin_client.get(page).content.decode()).values
        assert admin_client.post(page, {**fields, "artwork_url": address}).status_code == status
        assert Client().get(f"/r/{lounge.slug}").status_code == 200
