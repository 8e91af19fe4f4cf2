"""The stream of a room, and that of the home page: an ASGI application beside Django's.

Django would hold a thread and a database connection for as long as a response lives; here an idle listener is one
suspended coroutine. What a stream tells and what the standard asks of it is in ``docs/stream.md``.
"""

from rooms.live.stream.application import is_stream, stream

__all__ = ["is_stream", "stream"]
