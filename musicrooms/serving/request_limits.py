"""Size limits and read timeouts of HTTP requests for both server programs, and the error responses beyond them.

Without them slow or endless requests (Slowloris) hold connections and memory. A reverse proxy such as Caddy has
limits of its own; a server without one depends on these.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from django.conf import settings

MOST_HEAD = 64 * 1024
"""Bytes of the request line and the headers together. Browsers send less than 8 KiB, most of it cookies."""

MOST_BODY: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
"""Bytes of a body."""

MOST_IMPORT = 1024 * 1024
"""Bytes of the body of an import, a file of links: a full queue with its titles has half of that."""

HEAD_S = 10.0
"""Read timeout of a head, from its first byte to its last."""

BODY_S = 30.0
"""Read timeout of a body, from the end of its head: the largest over a slow line of 10 KiB/s."""

IDLE_S = 60.0
"""Timeout of an idle connection. Browsers open some in advance."""

LINGER_S = 2.0
"""Lingering close: after a refusal incoming bytes are discarded for this time. A socket closed with unread bytes is
reset, and the peer may lose the response."""

_MESSAGES = {
    HTTPStatus.BAD_REQUEST: ("bad-request", "The request is no HTTP that can be read."),
    HTTPStatus.REQUEST_TIMEOUT: ("request-timeout", f"The request did not come whole within {BODY_S:g} s."),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        "head-too-large",
        f"The headers and the address are larger than the {MOST_HEAD // 1024} KiB that are allowed.",
    ),
}


_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_IMPORT = "/queue/import"


def most_body(target: bytes | str) -> int:
    """The limit in bytes for the body of a request for ``target``, with or without its query."""
    path = (target.decode("latin-1") if isinstance(target, bytes) else target).partition("?")[0]
    return MOST_IMPORT if path.startswith("/api/") and path.endswith(_IMPORT) else MOST_BODY


def too_large(target: bytes | str) -> str:
    """The message for a body beyond ``most_body(target)``."""
    return f"The body is larger than the {most_body(target) // 1024} KiB that are allowed."


def target_in(line: bytes) -> bytes:
    """The target in the beginning of a request, which may be cut off or no HTTP."""
    return line.partition(b" ")[2].partition(b" ")[0]


def refusal(status: HTTPStatus, target: bytes) -> bytes:
    """The HTTP/1.1 response, head and body, that refuses a request for ``target`` with 400, 408, 413 or 431.

    JSON of the API's error shape below ``/api/``, plain text elsewhere.
    """
    code, message = ("too-large", too_large(target)) if status == _TOO_LARGE else _MESSAGES[status]
    content, kind = message.encode(), "text/plain; charset=utf-8"
    if target.startswith(b"/api/"):
        content, kind = json.dumps({"error": {"code": code, "message": message}}).encode(), "application/json"
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
