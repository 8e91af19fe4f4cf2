"""The sources of a search, in the order in which what they find is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from players.search import history, library, own_lists, youtube
from players.search.question import Question
from rooms.core.rate_limit import check_search
from rooms.errors import Refusal
from rooms.shapes.search import Found, FoundListJson, UnsearchedJson

Source = tuple[str, Callable[[Question, int], list[Found]], int]
"""Its name in the contract, what finds, and how many of it are shown at most."""

HERE: list[Source] = [
    ("history", history.find, 6),
    ("list", own_lists.find, 6),
    ("library", library.find, 10),
]
"""What this server knows by itself, in an instant."""

YOUTUBE: Source = ("youtube", youtube.find, 10)


def answer(asked: Question, *, with_youtube: bool) -> FoundListJson:
    """What all sources find. One that refuses is told with its reason, and the others answer all the same."""
    check_search(asked.caller, asked.now_ms)
    return _answer(asked, [*HERE, YOUTUBE] if with_youtube and youtube.is_on() else HERE)


def answer_of_youtube(asked: Question) -> FoundListJson:
    """What YouTube finds; raises its refusal."""
    check_search(asked.caller, asked.now_ms)
    _name, find, most = YOUTUBE
    return {"items": find(asked, most), "next": None, "unsearched": []}


def _answer(asked: Question, sources: Iterable[Source]) -> FoundListJson:
    items: dict[tuple[str, str], Found] = {}
    unsearched: list[UnsearchedJson] = []
    for name, find, most in sources:
        try:
            for one in find(asked, most):
                items.setdefault((one["provider"], one["media_id"]), one)
        except Refusal as refusal:
            unsearched.append({"source": name, "reason": refusal.message})
    return {"items": list(items.values()), "next": None, "unsearched": unsearched}
