"""The stream as AsyncAPI describes it: every event of the code, well formed, and held against real streams."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rooms.shapes.events import EVENTS
from tests.server.test_openapi import check_references
from tests.support.events import Event, Listener
from tools.people import Lounge
from tools.server import Server

A, B = "https://media.example.org/a.mp3", "https://media.example.org/b.mp3"


@pytest.fixture(scope="module")
def document(server: Server) -> dict[str, Any]:
    answer = server.client().get("/asyncapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    return dict(answer.json())


def check(document: dict[str, Any], name: str, data: Any) -> None:
    """Raise ValidationError unless ``data`` is what the document says of the event."""
    message = document["components"]["messages"][name]
    Draft202012Validator({**message["payload"], "components": document["components"]}).validate(data)


def test_it_describes_the_stream_of_a_room(document: dict[str, Any]) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["title"] == "Musicrooms"
    assert document["info"]["version"]
    (channel,) = document["channels"].values()
    assert channel["address"] == "/api/v1/rooms/{slug}/events"
    assert channel["parameters"].keys() == {"slug"}
    (operation,) = document["operations"].values()
    assert operation["action"] == "send"
    assert len(operation["messages"]) == len(channel["messages"]) == len(EVENTS)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    check_references(document)


def test_every_shape_is_closed_and_says_what_it_is(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert {name for name, schema in schemas.items() if schema["additionalProperties"] is not False} == set()
    assert {name for name, schema in schemas.items() if not schema.get("description")} == set()


def test_every_event_has_an_example_that_it_allows(document: dict[str, Any]) -> None:
    for name, message in document["components"]["messages"].items():
        (example,) = message["examples"]
        check(document, name, example["payload"])


def events_of_an_evening(lounge: Lounge) -> list[Event]:
    """What Bob hears, who comes back once, of one change of each kind."""
    queue = f"{lounge.path}/queue"
    lounge.alice.patch(lounge.path, json={"rules": {"order": "queue"}})
    with lounge.bob() as bob:
        first, second = lounge.add(A), lounge.add(B)
        several = lounge.alice.post(queue, json={"url": f"{A} {B} {A}"}).json()["items"]
        lounge.alice.patch(f"{queue}/{second['id']}", json={"after": None})
        lounge.alice.patch(f"{queue}/{first['id']}", json={"title": "Dusk"})
        lounge.alice.request("DELETE", queue, json={"entries": [entry["id"] for entry in several[:2]]})
        lounge.alice.delete(f"{queue}/{first['id']}")
        lounge.alice.delete(queue)
        entry = lounge.add(A)
        lounge.add(B)
        lounge.control(entry_id=entry["id"], playing=True)
        lounge.alice.post(f"{lounge.path}/player/next")
        lounge.alice.patch(lounge.path, json={"name": "Salon"})
        message = lounge.alice.post(f"{lounge.path}/chat", json={"text": "Hello"}).json()["id"]
        lounge.alice.patch(f"{lounge.path}/chat/{message}", json={"text": "Hello, Bob"})
        lounge.alice.delete(f"{lounge.path}/chat/{message}")
        lounge.alice.post(f"{lounge.path}/reactions", json={"emoji": "🔥"})
        bob.wait_for("reaction")
        bob.wait_for("people")
        version = lounge.snapshot()["version"]
        with Listener(lounge.server.url, lounge.slug, headers={"Last-Event-ID": str(version)}) as returned:
            resumed = list(returned.events)
        lounge.alice.delete(lounge.path)
        bob.wait_for("bye")
        return [*bob.events, *resumed]


def test_real_events_of_each_kind_are_as_the_description_says(document: dict[str, Any], lounge: Lounge) -> None:
    events = events_of_an_evening(lounge)
    for event in events:
        check(document, event.name, event.data)
        assert bool(event.data.get("version")) or "headers" not in document["components"]["messages"][event.name]
    # A heartbeat comes after 15 s; other listeners hear one, and each looks at the shapes of what it hears.
    assert {event.name for event in events} >= set(EVENTS) - {"tick"}
    ops = {event.data["op"] for event in events if event.name == "queue"}
    fields = [schema["properties"].get("op", {}) for schema in document["components"]["schemas"].values()]
    assert ops == {field["const"] for field in fields if "const" in field}


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_it_is_only_read(server: Server, method: str) -> None:
    answer = server.client().request(method, "/asyncapi.json")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"]["code"] == "method-not-allowed"
