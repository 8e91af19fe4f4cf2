"""What a radio station says it plays, by ICY metadata: between two blocks of sound stands the title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from players.links.characters import one_line
from players.media_files.tag_text import decoded
from players.probe.request import Answer, opened
from rooms.outgoing.budget import Budget, Unanswered

ASKING = {"Icy-MetaData": "1"}

MOST_SOUND_BYTES = 256 * 1024
"""Between two titles; stations send 8 to 64 KB."""

SECONDS = 8.0
"""Of one reading: a block of 16 KB takes a second at 128 kbit/s, after a burst that takes none."""

_TITLE = re.compile(rb"StreamTitle='(.*?)';(?:Stream|\0|$)", re.DOTALL)


def is_station(answer: Answer) -> bool:
    return "icy-name" in answer.headers or "icy-metaint" in answer.headers or "icy-br" in answer.headers


def name_of(answer: Answer) -> str:
    return one_line(decoded(answer.headers.get("icy-name", "").encode("latin-1")))


def current_title(url: str) -> str:
    """What the station at ``url`` plays now, empty if it does not say; one short reading. Raises Unanswered."""
    budget = Budget(seconds=SECONDS, byte_count=MOST_SOUND_BYTES + 16 * 1024)
    with opened(url, budget, ASKING) as answer:
        if answer.status != 200:
            raise Unanswered(f"{url} answered with the status {answer.status}.")
        return title_in(answer)


def title_in(answer: Answer) -> str:
    """The first title in an open answer; empty if there is none within the bounds."""
    said = answer.headers.get("icy-metaint", "")
    if not (said.isascii() and said.isdigit() and len(said) <= 6 and 0 < int(said) <= MOST_SOUND_BYTES):
        return ""
    data = _head(answer.parts, int(said) + 1)
    length = 16 * data[int(said)] if len(data) > int(said) else 0
    data += _head(answer.parts, int(said) + 1 + length - len(data))
    found = _TITLE.search(data[int(said) + 1 : int(said) + 1 + length])
    return one_line(decoded(found[1])) if found else ""


def _head(parts: Iterator[bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (part := next(parts, None)) is not None:
        data += part
    return bytes(data)
