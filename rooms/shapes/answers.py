"""Answers that belong to no room, and refusals."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from rooms.shapes.closed import closed


@closed
class TimeJson(TypedDict):
    """The server's clock."""

    server_now_ms: int


@closed
class AcceptedJson(TypedDict):
    """Whether a listener's report changed what is known or what plays."""

    accepted: bool


@closed
class ErrorDetailJson(TypedDict):
    """``fields`` says of each field that was wrong what it was, in a sentence."""

    code: str
    message: str
    fields: NotRequired[dict[str, str]]


@closed
class ErrorJson(TypedDict):
    """A refusal: a code for programs, and a sentence with the bad value and what is allowed."""

    error: ErrorDetailJson
