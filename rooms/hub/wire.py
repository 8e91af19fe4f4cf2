"""Server-sent events as bytes (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from typing import Any

from rooms.push import encode


def event(name: str, data: str | dict[str, Any], version: int | None = None) -> bytes:
    """One whole event; ``data`` is JSON on one line or what becomes it, ``version`` the event's id."""
    text = data if isinstance(data, str) else encode(data)
    ident = "" if version is None else f"id: {version}\n"
    # A lone surrogate that JSON let in has no UTF-8; a question mark is better than a stream that ends.
    return f"event: {name}\n{ident}data: {text}\n\n".encode(errors="replace")


def retry(milliseconds: int) -> bytes:
    """The line that says how long a browser waits before it reconnects.

    It goes in front of an event, as a part of it: some clients take a block without data for an event of its own.
    """
    return f"retry: {milliseconds}\n".encode()


def message(chunk: bytes, *, more: bool = True) -> dict[str, Any]:
    """``chunk`` as the ASGI message that carries it; one such object serves every listener."""
    return {"type": "http.response.body", "body": chunk, "more_body": more}
