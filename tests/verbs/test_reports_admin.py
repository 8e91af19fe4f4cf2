"""Reports in the admin: the operator reads them and acts by the verbs that hosts use."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.models import Member, Message, Report
from tests.support.rooms import hear


@pytest.mark.parametrize("action", ["settle", "mute", "kick", "ban"])
def test_an_action_on_a_report_acts_on_the_person_and_settles_it(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    told = hear(monkeypatch)
    room, _ = make_room("Lounge", Caller(), "public")
    bob = Member.objects.create(room=room, nickname="Bob", role=0)
    report = Report.objects.create(room=room, member=bob, name="Bob", reason="Insults others.", reporter_name="Charlie")
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    assert "Insults others." in client.get("/admin/rooms/report/").content.decode()
    answer = client.post("/admin/rooms/report/", {"action": action, "_selected_action": [report.pk]})
    assert answer.status_code == 302
    bob.refresh_from_db()
    report.refresh_from_db()
    done = {"settle": True, "mute": bob.muted_at, "kick": bob.kicked_at, "ban": bob.is_banned}
    assert done[action]
    assert report.settled_at is not None
    assert len(told) == (action != "settle")


@pytest.mark.parametrize("model", ["report", "message"])
def test_a_page_of_its_own_only_shows_a_report_or_a_message(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    told = hear(monkeypatch)
    room, owner = make_room("Lounge", Caller(), "public")
    facts = {"room": room, "member": owner, "name": "Alice", "text": "Good evening"}
    row = (
        Report.objects.create(**facts, reason="Insults others.", reporter_name="Charlie")
        if model == "report"
        else Message.objects.create(**facts, sent_at_ms=1)
    )
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    path = f"/admin/rooms/{model}/{row.pk}"
    page = client.get(f"{path}/change/").content.decode()
    assert "Good evening" in page
    assert 'name="_save"' not in page
    assert "<select" not in page  # of all members that there are
    assert client.post(f"{path}/change/", {"_save": "Save"}).status_code == 403
    if model == "message":  # else it would vanish without a word to those who read along
        assert client.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
        answer = client.post("/admin/rooms/message/", {"action": "remove", "_selected_action": [row.pk]})
        assert (answer.status_code, [one.event for one in told]) == (302, ["chat"])
