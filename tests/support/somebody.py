"""People with a browser of their own, in the test's own process: Alice owns the lounge, others come to it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core import signing
from django.test import Client

from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.core.person import COOKIE, Person
from rooms.core.person_id import public_id
from rooms.models import Member, Room
from rooms.models.roles import Role


class Somebody:
    """A browser with a person of its own, in one room."""

    def __init__(self, room: Room, role: Role | None = None, name: str = "Bob") -> None:
        self.room, self.person = room, Person(uuid4(), name)
        self.browser = browser_of(self.person)
        if role is not None:
            Member.objects.create(room=room, person=self.person.id, nickname=name, role=role)

    @property
    def id(self) -> str:
        return public_id(self.room.pk, self.person.id)

    @property
    def role(self) -> str:
        return str(self.call("get", "").json()["you"]["role"])

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        url = f"/api/v1/rooms/{self.room.slug}{path}"
        args = [body] if body is not None else []
        return getattr(self.browser, method)(url, *args, content_type="application/json")

    def invite(self, role: str = "host", **fields: Any) -> str:
        """The path of a new invitation."""
        made = self.call("post", "/invitations", {"role": role, **fields})
        assert made.status_code == 201, made.content
        return str(made.json()["url"]).removeprefix("http://testserver")

    def join(self, link: str) -> int:
        return int(self.browser.post(link).status_code)

    @classmethod
    def owner(cls) -> Somebody:
        """Alice, who made the public lounge."""
        person = Person(uuid4(), "Alice")
        alice = cls(make_room("Lounge", Caller(person=person), "public")[0])
        alice.person, alice.browser = person, browser_of(person)
        return alice


def browser_of(person: Person) -> Client:
    browser = Client()
    browser.cookies[COOKIE] = signing.dumps([str(person.id), person.name], salt="rooms.person")
    return browser
