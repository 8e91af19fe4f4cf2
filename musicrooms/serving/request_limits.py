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
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "too-large",
        f"The body is larger than the {MOST_BODY // 1024} KiB that are allowed.",
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "head-too-large",
        f"The headers and the address are larger than the {MOST_HEAD // 1024} KiB that are allowed.",
    ),
}


def refusal(status: HTTPStatus, target: bytes) -> bytes:
    """The whole response with this status to a request for ``target``, after which the connection ends."""
    code, message = _SAID[status]
    content, kind = message.encode(), "text/plain; charset=utf-8"
    if target.startswith(b"/api/"):
        content, kind = json.dumps({"error": {"code": code, "message": message}}).encode(), "application/json"
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
