"""The description of a room's stream as AsyncAPI 3.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0).

OpenAPI knows of a stream that it is text; this says which events it has, and what is in each, from ``rooms.shapes``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rooms.api.examples import EVENT_DATA
from rooms.api.openapi import components, reference
from rooms.shapes.events import EVENTS

WITHOUT_VERSION = ("people", "notice", "reaction", "tick", "bye")
"""Events that change no version of the room, and so have no id."""

ID = {"type": "integer", "description": "The version of the room: the field `id`, and `Last-Event-ID` of a reconnect."}

CHANNEL = "#/channels/room"


@cache
def asyncapi(title: str, version: str, address: str) -> dict[str, Any]:
    """The document: ``address`` is the path of a room's stream, with ``{slug}`` in it. It is slow to make, and kept."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": title, "version": version, "description": "The events of a room, by server-sent events."},
        "defaultContentType": "application/json",
        "channels": {
            "room": {
                "address": address,
                "description": "`GET` it with `Accept: text/event-stream`. A message is an event: its name is the "
                "field `event`, its payload the JSON of the field `data`. Ignore events and fields that you do not "
                "know.",
                "parameters": {"slug": {"description": "The room, as in the address of its page."}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in EVENTS},
            }
        },
        "operations": {
            "tell": {
                "action": "send",
                "summary": "Tell a listener: a snapshot or `resumed` first, then every change.",
                "channel": {"$ref": CHANNEL},
                "messages": [{"$ref": f"{CHANNEL}/messages/{name}"} for name in EVENTS],
                "bindings": {"http": {"method": "GET", "bindingVersion": "0.3.0"}},
            }
        },
        "components": {
            "messages": {name: _message(name, shapes) for name, shapes in EVENTS.items()},
            "schemas": components(shape for shapes in EVENTS.values() for shape in shapes),
        },
    }


def _message(name: str, shapes: tuple[Any, ...]) -> dict[str, Any]:
    payload = reference(shapes[0]) if len(shapes) == 1 else {"oneOf": [reference(shape) for shape in shapes]}
    message = {"name": name, "payload": payload, "examples": [{"name": name, "payload": EVENT_DATA[name]}]}
    if name not in WITHOUT_VERSION:
        message["headers"] = {"type": "object", "properties": {"id": ID}, "required": ["id"]}
    return message
