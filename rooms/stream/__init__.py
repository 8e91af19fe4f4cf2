"""The stream of a room: an ASGI application beside Django's.

Django would hold a thread and a database connection for as long as a response lives; here an idle listener is one
suspended coroutine. What a stream tells and what the standard asks of it is in ``docs/stream.md``.
"""

from rooms.stream.application import slug_of, stream

__all__ = ["slug_of", "stream"]
