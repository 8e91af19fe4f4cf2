"""Descriptions of answers for OpenAPI, from the types in ``rooms.shapes``, and the schemas of these.

They describe and do not validate: answers are made by checked code, and tests hold them against this description. To
validate each answer again would cost as much as to make it.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, get_args

from pydantic import TypeAdapter

from rooms.core.person import COOKIE
from rooms.shapes.answers import ErrorJson

REF = "#/components/schemas/{model}"

REFUSALS = {
    401: "Not identified: send a token or open the room's page first.",
    403: "Not allowed for this role.",
    404: "There is no such room or entry, or this caller may not know of it.",
    409: "The version or the entry that was named is no longer current.",
    413: "The body is larger than 256 KiB, or than 1 MiB for an import.",
    422: "The request was not understood; the message names the bad value and what is allowed.",
    429: "Too many; Retry-After says when to try again.",
    503: "Not now; Retry-After says when to try again.",
}

READING = (401, 403, 404)
"""What a call that reads a room may be refused with: 403 where its door takes a password."""

CHANGING = (401, 403, 404, 409, 413, 429)
"""What a call that changes a room may be refused with, beside what every call may be."""

BROWSER = {
    "type": "apiKey",
    "in": "cookie",
    "name": COOKIE,
    "description": "The cookie of a page, or of an account's session; a change sends X-CSRFToken with it.",
}

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Any text of the caller's own. A repeat with it within a day is answered what the first call was, "
    "if that was a success; 409 while that one still runs.",
    "schema": {"type": "string"},
}

_shapes: dict[Any, None] = {}
"""The types that some operation answers, in the order in which they were told."""


def answers(status: int, shape: Any, example: Any = None, *, refusals: tuple[int, ...] = ()) -> dict[str, Any]:
    """What an operation answers, for its ``openapi_extra``: ``shape`` (None for no body), or one of ``refusals``."""
    described: dict[int, Any] = {status: {"description": HTTPStatus(status).phrase}}
    if shape is not None:
        described[status]["content"] = _json(shape, example)
    return {"responses": described | errors(*refusals, 422, 503)}


def file_answers(
    status: int, shape: Any, example: Any, others: tuple[str, ...], refusals: tuple[int, ...]
) -> dict[str, Any]:
    """As ``answers``, of an operation that answers a file: JSON of that shape, or text of one of the other types."""
    described = answers(status, shape, example, refusals=refusals)
    described["responses"][status]["content"] |= {other: {"schema": {"type": "string"}} for other in others}
    return described


def webhook(shape: Any, example: Any, summary: str, description: str) -> dict[str, Any]:
    """What this server sends by POST, for the document's ``webhooks``."""
    signed = [
        {"in": "header", "name": f"webhook-{name}", "required": True, "schema": {"type": "string"}}
        for name in ("id", "timestamp", "signature")
    ]
    operation = {
        "summary": summary,
        "description": description,
        "parameters": signed,
        "requestBody": {"required": True, "content": _json(shape, example)},
        "responses": {"2XX": {"description": "The message was taken; with any other status it is sent again."}},
    }
    return {"post": operation}


def conditional(described: dict[str, Any]) -> dict[str, Any]:
    """As ``described`` by ``answers``, of an operation that answers 200 with an ETag, and 304 to one that holds."""
    etag = {"ETag": {"description": "Names this state of this room alone.", "schema": {"type": "string"}}}
    described["responses"][200]["headers"] = etag
    described["responses"][304] = {"description": "Nothing changed since the state of If-None-Match.", "headers": etag}
    asked = {"in": "header", "name": "If-None-Match", "description": "The ETag of an earlier answer."}
    return described | {"parameters": [{**asked, "required": False, "schema": {"type": "string"}}]}


def errors(*statuses: int) -> dict[int, Any]:
    """The answers of these statuses, which are errors of the contract."""
    return {status: {"description": REFUSALS[status], "content": _json(ErrorJson)} for status in sorted(set(statuses))}


def describe(document: dict[str, Any]) -> None:
    """Add the types to ninja's ``document``, and take out what it says of answers that it does not know."""
    schemas, ours = document["components"]["schemas"], components(_shapes)
    if twice := sorted(schemas.keys() & ours.keys()):
        raise ValueError(f"Bodies and answers need different names; both have {', '.join(twice)}.")
    schemas |= ours
    document["components"]["securitySchemes"]["Browser"] = BROWSER
    for method, operation in (each for methods in document["paths"].values() for each in methods.items()):
        if "security" in operation:
            operation["security"].append({"Browser": []})
        if method == "post":
            operation["parameters"] = [*operation.get("parameters", ()), IDEMPOTENCY_KEY]
            operation["responses"] = errors(409) | operation["responses"]
        for response in operation["responses"].values():
            for media in response.get("content", {}).values():
                if media["schema"].get("type") != "string":
                    media["schema"] = {key: value for key, value in media["schema"].items() if key in ("$ref", "oneOf")}


def components(shapes: Iterable[Any]) -> dict[str, Any]:
    """The schemas of these types and of those within them, by the names that clients read."""
    named: dict[str, Any] = {}
    for shape in shapes:
        name = _plain(shape.__name__)
        schema = TypeAdapter(shape).json_schema(ref_template=REF)  # only now: it is slow, and few ask
        named.update({_plain(key): value for key, value in schema.pop("$defs", {}).items()})
        named[name] = schema
    renamed: dict[str, Any] = _renamed(named)
    return renamed


def _json(shape: Any, example: Any = None) -> dict[str, Any]:
    media: dict[str, Any] = {"schema": _schema(shape)}
    if example is not None:
        media["example"] = example
    return {"application/json": media}


def _schema(shape: Any) -> dict[str, Any]:
    """A reference to the component of ``shape``, which is taken among them; to each of them for a union."""
    if alternatives := get_args(shape):
        return {"oneOf": [_schema(alternative) for alternative in alternatives]}
    _shapes[shape] = None
    return reference(shape)


def reference(shape: Any) -> dict[str, Any]:
    """A reference to the component of ``shape``."""
    return {"$ref": REF.format(model=_plain(shape.__name__))}


def _plain(name: str) -> str:
    """A type's name as clients read it: ``Player`` for ``PlayerJson``."""
    return name.removesuffix("Json")


def _renamed(node: Any) -> Any:
    """The schemas, with the references and titles in them under the plain names."""
    if isinstance(node, dict):
        return {
            key: _plain(value) if key in ("$ref", "title") and isinstance(value, str) else _renamed(value)
            for key, value in node.items()
        }
    return [_renamed(item) for item in node] if isinstance(node, list) else node
