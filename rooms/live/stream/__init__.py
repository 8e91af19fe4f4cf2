"""SSE endpoint of rooms and of the home page: an ASGI application beside Django's.

Django would hold a thread and a database connection for as long as a response lives; here an idle listener is one
suspended coroutine. The protocol is described in ``docs/stream.md``.
"""

from rooms.live.stream.application import is_stream, stream

__all__ = ["is_stream", "stream"]
