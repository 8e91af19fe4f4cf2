"""The REST API: its routers and how it answers what goes wrong."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from players.api.entry import router as entry
from players.api.history import router as history
from players.api.library import router as library
from players.api.lists import router as lists
from players.api.player import router as player
from players.api.queue import router as queue
from players.api.search import router as search
from rooms.api import examples
from rooms.api.asyncapi import asyncapi
from rooms.api.authentication import Identify
from rooms.api.chat import router as chat
from rooms.api.doors import router as doors
from rooms.api.openapi import describe, errors, webhook
from rooms.api.people import router as people
from rooms.api.roles import router as roles
from rooms.api.rooms import router as rooms
from rooms.api.tokens import router as tokens
from rooms.api.webhooks import router as webhooks
from rooms.core.database_errors import is_away, refusal_of
from rooms.errors import Invalid, Refusal, TooLarge
from rooms.models import Scope
from rooms.shapes.webhooks import WebhookMessageJson

LONGEST_INT = 30
"""Digits. Python takes quadratic time to read larger numbers, and no field allows them."""


class StrictJson(Parser):
    """JSON as the standard has it: an object, without NaN and Infinity.

    And called so, but by who has a token: a page of another site may have a browser send any text, while
    ``application/json`` and ``Authorization`` it may only send where it is allowed to.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        kind = request.content_type or ""
        if kind != "application/json" and "Authorization" not in request.headers:
            raise ValueError(f"its Content-Type is “{kind[:80]}”, and application/json is expected")
        try:
            body = json.loads(request.body, parse_constant=_refuse_constant, parse_int=_bounded_int)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        if not isinstance(body, dict):
            raise ValueError(f"it is {_KINDS[type(body)]}, not an object")
        return body


_KINDS = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _bounded_int(digits: str) -> int:
    if len(digits) > LONGEST_INT:
        raise ValueError(f"it holds a number of {len(digits)} digits, and {LONGEST_INT} are the most")
    return int(digits)


class Contract(OpenAPISchema):
    """ninja's description, with the scopes of which a token needs one."""

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        security = super().operation_security(operation)
        for auth in operation.auth_callbacks:
            if security and isinstance(auth, Identify):
                [method] = operation.methods
                security = [{name: [scope]} for name in security[0] for scope in auth.scopes(method)]
        return security


class Api(NinjaAPI):
    """ninja's API, except that what it says of a bad value names the value."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        errors: list[dict[str, Any]] = []
        for context in error_contexts:
            source, names = context.model.__ninja_param_source__, context.model.__ninja_flatten_map_reverse__
            for error in context.pydantic_validation_error.errors(include_url=False):
                field = names.get(error["loc"], error["loc"])
                # Below a body stands the name of our own argument first, which callers do not know.
                errors.append({**error, "loc": field[1:] if source == "body" else field})
        return ValidationError(errors)

    def get_openapi_schema(self, **_options: Any) -> OpenAPISchema:
        """The contract, with the stream, which is served beside Django and so is no operation of ninja's."""
        schema = Contract(self, self.get_root_path({}))
        describe(schema)
        schema["paths"][f"/{schema.path_prefix.strip('/')}/rooms/{{slug}}/events"] = {"get": STREAM}
        schema["webhooks"] = {"change": MESSAGE}
        return schema


MESSAGE = webhook(
    WebhookMessageJson,
    examples.WEBHOOK_MESSAGE,
    "A room changed",
    "Sent to the webhooks of a room that hear this event, signed as Standard Webhooks has it.",
)

FIRST_EVENT = 'retry: 2718\nevent: resumed\nid: 42\ndata: {"version":42,"server_now_ms":1790000000000}\n\n'

STREAM = {
    "operationId": "rooms_stream",
    "summary": "Listen",
    "description": "The stream of server-sent events: a snapshot first, then every change. `asyncapi.json` beside this "
    "document describes each event.",
    "tags": ["rooms"],
    "parameters": [
        {"in": "path", "name": "slug", "required": True, "schema": {"type": "string"}},
        {
            "in": "header",
            "name": "Last-Event-ID",
            "description": "The last version that was heard; a room still at it answers no snapshot.",
            "schema": {"type": "string"},
        },
        {
            "in": "query",
            "name": "lastEventId",
            "description": "The same, for clients that cannot send the header.",
            "schema": {"type": "string"},
        },
        {
            "in": "query",
            "name": "player",
            "description": "0 for a listener without a player, which has no voice in what players report.",
            "schema": {"type": "string", "enum": ["0", "1"], "default": "1"},
        },
    ],
    "responses": {
        "200": {
            "description": "OK",
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": FIRST_EVENT}},
        },
        **{str(status): refusal for status, refusal in errors(401, 403, 404, 422, 429).items()},
    },
    "security": [{"Identify": [Scope.READ]}, {"Browser": []}],
}

api = Api(
    title="Musicrooms",
    version=settings.VERSION,
    description="Rooms in which everybody hears the same moment. Reads are GET, changes are pushed on the stream.",
    auth=Identify(Scope.MANAGE),  # of whatever names no other scope
    parser=StrictJson(),
    docs_url="/docs",
    openapi_url="/openapi.json",
    docs_decorator=lambda view: csrf_exempt(require_safe(view)),
    urls_namespace="api",
)
api.add_router("", rooms)
api.add_router("", player)  # URL patterns are matched in this order, and these are asked for most
api.add_router("", queue)
api.add_router("", people)
api.add_router("", doors)
api.add_router("", roles)
api.add_router("", lists)  # before the entries: “load” is the id of none
api.add_router("", entry)
api.add_router("", chat)
api.add_router("", history)
api.add_router("", search)
api.add_router("", library)
api.add_router("", tokens)
api.add_router("", webhooks)


@api.get("/asyncapi.json", auth=None, include_in_schema=False)
def asyncapi_json(request: HttpRequest) -> dict[str, Any]:
    """The events of the stream, as OpenAPI's document has the calls."""
    return asyncapi(api.title, api.version, f"{api.get_root_path({})}rooms/{{slug}}/events")


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as a response."""
    response = api.create_response(request, refusal.as_json(), status=refusal.status)
    if refusal.retry_after_s is not None:
        response["Retry-After"] = str(refusal.retry_after_s)
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return answer(request, refusal)


@api.exception_handler(DatabaseError)
@api.exception_handler(InterfaceError)
def database_failed(request: HttpRequest, error: DatabaseError | InterfaceError) -> HttpResponse:
    if not is_away(error):
        raise error
    return answer(request, refusal_of(error))


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    fields = {_field(error) or "body": _sentence(error) for error in invalid.errors}
    return answer(request, Invalid(" ".join(fields.values()), fields=fields))


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, _: RequestDataTooBig) -> HttpResponse:
    return answer(request, TooLarge("The body is larger than the 256 KiB that are allowed."))


@api.exception_handler(HttpError)
def malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses is a body that it could not parse; the cause says why."""
    if isinstance(error.__cause__ or error.__context__, RequestDataTooBig):
        return too_big(request, RequestDataTooBig())
    cause = error.__cause__ or error.__context__ or error
    return answer(request, Invalid(f"The body is not a JSON object: {cause}."))


def _field(error: dict[str, Any]) -> str:
    return ".".join(str(part) for part in error["loc"])


def _sentence(error: dict[str, Any]) -> str:
    """What pydantic says of a field, with the field and its value."""
    name = _field(error) or "The body"
    reason = error["msg"].removeprefix("Value error, ").rstrip(".")
    if error["type"] == "missing":
        return f"{name} is missing."
    if error["type"] == "extra_forbidden":
        return f"{name} is not a field of this call."
    given = error.get("input")
    value = json.dumps(given) if given is None or isinstance(given, bool) else repr(given)
    shown = value if len(value) <= 80 else f"{value[:77]}…"
    return f"{name} {shown} is not allowed: {reason[:1].lower()}{reason[1:]}."
