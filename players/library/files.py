"""ASGI application for files of the library and their covers, with ranges, by links that end.

Beside Django's application and its one turn for all calls: a file is looked up and read by a few threads of its own, a
piece at a time, and only while its peer takes what was sent. However slow a disk or a network mount is, it holds up
other files and no room. ServeStatic, which serves the demo, keeps a thread for each open file.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from players.library import folder, picture, ranges, signed
from players.library.folder import ending_of
from players.models import LibraryTrack
from players.models.library_track import COVERS_URL
from rooms.clock import now_ms
from rooms.core.client_address import counted_address_of
from rooms.live.file_limit import max_streams
from rooms.live.threads import with_database

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

URL = signed.FILES_URL

PIECE = 128 * 1024
"""Bytes that are read and sent at a time: three seconds of a good MP3."""

THREADS = 8
SHARE = 4
"""A quarter of what the system lets this process have open may be files of the library."""

TYPES = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "m4v": "video/mp4",
    "mka": "audio/x-matroska",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
}

_readers = ThreadPoolExecutor(THREADS, "library")
_painters = ThreadPoolExecutor(1, "library-covers")
"""One thread, since scaling is work for the processor and nobody waits for it."""

_open: Counter[str] = Counter()
"""Answers that are being sent, by the address that they are sent to."""


@dataclass(slots=True)
class Answer:
    """What a request is answered: ``left`` bytes of ``file`` from ``at`` on, or the ``text``."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    file: BinaryIO | None = None
    at: int = 0
    left: int = 0


async def files(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request. Nothing is raised from here: daphne would leak every later request (see docs/stream.md)."""
    answer: Answer | None = None
    try:
        with _counted(scope) as is_admitted:
            answer = await _answered(scope) if is_admitted else _too_many()
            await _send(answer, scope["method"], receive, send)
    except (asyncio.CancelledError, ConnectionError):
        logger.debug("The peer of %.120s is gone.", scope["path"])
    except Exception:
        logger.exception("The file %.120s could not be sent.", scope["path"])
    finally:
        if answer is not None and answer.file is not None:
            answer.file.close()


async def _answered(scope: dict[str, Any]) -> Answer:
    if scope["method"] not in ("GET", "HEAD"):
        return Answer(405, {"allow": "GET, HEAD"}, "Only GET and HEAD are allowed here.")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if scope["method"] == "HEAD":
        headers.pop("range", None)  # which the standard knows of GET alone
    path: str = scope["path"]
    loop = asyncio.get_running_loop()
    try:
        if path.startswith(COVERS_URL):
            key = path.removeprefix(COVERS_URL)
            if not picture.KEY.fullmatch(key):
                return _nothing_here()
            if not picture.path_of(key).exists():
                await loop.run_in_executor(_painters, with_database, picture.make, (key,))
            return await loop.run_in_executor(_readers, _cover, key, headers)
        track_id = signed.track_of(path.removeprefix(URL), now_ms())
        if track_id is None:
            return Answer(403, _plain(), "This link was not made here, or has ended; ask the room for another one.")
        return await loop.run_in_executor(_readers, with_database, _track, (track_id, headers))
    except (DatabaseError, InterfaceError):
        return Answer(503, {"retry-after": "3"}, "The database does not answer at the moment.")
    except OSError as error:
        logger.warning("%.120s cannot be had: %s", path, error)
        return Answer(503, {"retry-after": "30"}, "The file cannot be read at the moment.")


def _track(track_id: int, headers: Mapping[str, str]) -> Answer:
    track = LibraryTrack.objects.playable().filter(pk=track_id).first()
    if track is None or settings.MUSIC_DIR is None:
        return _nothing_here()
    location = bytes(track.location)
    try:
        file = folder.opened(settings.MUSIC_DIR, location)
    except OSError:
        return _nothing_here()
    return _of_file(file, headers, TYPES[ending_of(location)], "private, max-age=3600")


def _cover(key: str, headers: Mapping[str, str]) -> Answer:
    try:
        file = picture.path_of(key).open("rb")
    except OSError:
        return _nothing_here()
    if not os.fstat(file.fileno()).st_size:
        file.close()
        return _nothing_here()
    return _of_file(file, headers, "image/jpeg", "public, max-age=31536000, immutable")


def _of_file(file: BinaryIO, asked: Mapping[str, str], media_type: str, cache_control: str) -> Answer:
    """``file``, or the part of it that is ``asked`` for."""
    status = os.fstat(file.fileno())
    size, validators = status.st_size, ranges.Validators.of(status.st_size, status.st_mtime_ns)
    headers = {
        "accept-ranges": "bytes",
        "cache-control": cache_control,
        "etag": validators.etag,
        "last-modified": validators.last_modified,
        "x-content-type-options": "nosniff",
    }
    if validators.is_known(asked):
        file.close()
        return Answer(304, headers)
    headers["content-type"] = media_type
    try:
        part = ranges.part_of(asked.get("range"), size) if validators.holds(asked) else None
    except ranges.Unsatisfiable:
        file.close()
        return Answer(416, {**headers, "content-range": f"bytes */{size}", **_plain()}, f"It has {size} bytes.")
    start, stop = (part.start, part.stop) if part else (0, size)
    if part:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["content-length"] = str(stop - start)
    return Answer(206 if part else 200, headers, file=file, at=start, left=stop - start)


async def _send(answer: Answer, method: str, receive: Receive, send: Send) -> None:
    headers = answer.headers
    text = answer.text.encode()
    if answer.file is None and answer.status != 304:
        headers = {**_plain(), **headers, "content-length": str(len(text))}
    told = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": told})
    if answer.file is not None and method == "GET":
        await _send_file(answer, answer.file, receive, send)
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else text})


async def _send_file(answer: Answer, file: BinaryIO, receive: Receive, send: Send) -> None:
    """Send the bytes, as fast as the peer takes them, until it is gone."""
    loop, gone = asyncio.get_running_loop(), asyncio.ensure_future(_is_gone(receive))
    try:
        while answer.left and not gone.done():
            wanted = min(PIECE, answer.left)
            piece = await loop.run_in_executor(_readers, os.pread, file.fileno(), wanted, answer.at)
            if not piece:
                raise ConnectionError("the file has become shorter")
            answer.at += len(piece)
            answer.left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone


async def _is_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@contextmanager
def _counted(scope: dict[str, Any]) -> Iterator[bool]:
    """Whether one more may be sent: as many to an address as it may have streams, and not all that can be open."""
    headers = dict(scope["headers"])
    peer, _port = scope.get("client") or ("", 0)
    address = counted_address_of(peer or "", headers.get(b"x-forwarded-for", b"").decode("latin-1"))
    most = settings.MAX_STREAMS_PER_ADDRESS
    is_one_too_many = bool(address and most and _open[address] >= most)
    if is_one_too_many or _open.total() >= max_streams() / SHARE:
        yield False
        return
    _open[address] += 1
    try:
        yield True
    finally:
        _open[address] -= 1
        if not _open[address]:
            del _open[address]


def _too_many() -> Answer:
    return Answer(429, {"retry-after": "5"}, "So many files are being sent that this one has to wait.")


def _nothing_here() -> Answer:
    return Answer(404, {"cache-control": "no-store"}, "There is no such file here, or it is gone.")


def _plain() -> dict[str, str]:
    return {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
