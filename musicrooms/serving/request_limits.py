"""What both server programs take of a request at most, and the answers to those that bring more or take too long.

An edge such as Caddy bounds the same. A server that stands alone has to: half-sent requests hold their connections, and
what was sent of them holds memory.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from django.conf import settings

MOST_HEAD = 64 * 1024
"""Bytes of the request line and the headers together. Browsers send less than 8 KiB, most of it cookies."""

MOST_BODY: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

MOST_IMPORT = 1024 * 1024
"""Bytes of a file of links: a full queue with its titles has half of that."""

HEAD_S = 10.0
"""From the first byte of a head to its last."""

BODY_S = 30.0
"""From the end of a head to the end of its body: the largest body over a slow line of 10 KiB/s."""

IDLE_S = 60.0
"""A new connection that sends nothing. Browsers open some before they have a use for them."""

LINGER_S = 2.0
"""What is still sent after a refusal is read and dropped for so long. A socket closed with bytes unread is reset,
and the peer may lose the answer."""

_SAID = {
    HTTPStatus.REQUEST_TIMEOUT: ("request-timeout", f"The request did not come whole within {BODY_S:g} s."),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "head-too-large",
        f"The headers and the address are larger than the {MOST_HEAD // 1024} KiB that are allowed.",
    ),
}


_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_IMPORT = "/queue/import"


def most_body(target: bytes | str) -> int:
    """How many bytes the body of a request for ``target`` may have."""
    path = (target.decode("latin-1") if isinstance(target, bytes) else target).partition("?")[0]
    return MOST_IMPORT if path.startswith("/api/") and path.endswith(_IMPORT) else MOST_BODY


def too_large(target: bytes | str) -> str:
    """The sentence for a body that is larger."""
    return f"The body is larger than the {most_body(target) // 1024} KiB that are allowed."


def refusal(status: HTTPStatus, target: bytes) -> bytes:
    """The whole response with this status to a request for ``target``, after which the connection ends."""
    code, message = ("too-large", too_large(target)) if status == _TOO_LARGE else _SAID[status]
    content, kind = message.encode(), "text/plain; charset=utf-8"
    if target.startswith(b"/api/"):
        content, kind = json.dumps({"error": {"code": code, "message": message}}).encode(), "application/json"
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
