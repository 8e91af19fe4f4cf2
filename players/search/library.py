"""Search in the server's own library, for whom the operator shows it."""

from __future__ import annotations

from players.library import access
from players.library import find as library
from players.search.question import Question
from rooms.shapes.search import Found


def find(asked: Question, limit: int) -> list[Found]:
    """Tracks with all of the words, the best first; none for whom the library is not, or where there is none."""
    return library.find(asked.words, limit) if access.may_see(asked.caller) else []
