"""The order in which a queue plays: pure arithmetic on its waiting entries, which are read once.

The order is stored with the entries whenever the queue changes, and not computed when something plays: what is
announced as next is what plays next, and a seek in a queue of thousands reads one row. Only entries that wait, behind
the one that plays, are ever rearranged, so each mode can be changed for another at any time, and nothing is lost.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from rooms.models import Order


class Waiting(NamedTuple):
    """An entry that waits. ``pin`` is greater the later it was pinned; ``is_filler`` says that no person added it."""

    id: int
    person: int | None
    votes: int = 0
    pin: int | None = None
    is_filler: bool = False


def arranged(
    mode: str, waiting: Sequence[Waiting], *, plays: Waiting | None = None, without: Collection[int] = ()
) -> list[int]:
    """The ids of ``waiting``, which come as they were announced, in the order in which they play in that mode.

    What was pinned last comes first in any mode, and fillers last. ``without`` are left out: they are about to vanish.
    """
    pinned = sorted((one for one in waiting if one.pin is not None), key=lambda one: -(one.pin or 0))
    wanted = [one for one in waiting if one.pin is None and not one.is_filler]
    fillers = [one for one in waiting if one.pin is None and one.is_filler]
    if mode == Order.VOTES:
        wanted = sorted(wanted, key=lambda one: (-one.votes, one.id))
    elif mode == Order.FAIR:
        wanted = in_turns(wanted, [one.person for one in ([plays] if plays else []) + pinned], without)
    return [one.id for one in [*pinned, *wanted, *fillers] if one.id not in without]


def in_turns(
    waiting: Sequence[Waiting], had_a_turn: Iterable[int | None], without: Collection[int] = ()
) -> list[Waiting]:
    """``waiting`` in rounds, in each of which every person has one turn.

    Whose next entry was announced first has the first turn, but those who have ``had_a_turn`` just now come last. A
    person who comes new is announced behind all others, so nobody waits for more turns than people waited before.
    """
    people: dict[int | None, list[Waiting]] = {}
    for one in waiting:
        people.setdefault(one.person, []).append(one)
    for person in had_a_turn:
        if person in people:
            people[person] = people.pop(person)
    rounds: list[tuple[int, int, Waiting]] = []
    for turn, own in enumerate(people.values()):
        kept = [one for one in own if one.id not in without]
        rounds += [(number, turn, one) for number, one in enumerate(kept)]
    return [one for _number, _turn, one in sorted(rounds, key=lambda item: item[:2])]


def longest_rise(numbers: Sequence[int]) -> set[int]:
    """The places of a longest rising subsequence of distinct ``numbers``: what stands there need not be renumbered."""
    least: list[int] = []
    places: list[int] = []
    before: list[int | None] = []
    for place, number in enumerate(numbers):
        length = bisect_left(least, number)
        least[length : length + 1] = [number]
        places[length : length + 1] = [place]
        before.append(places[length - 1] if length else None)
    kept: set[int] = set()
    at = places[-1] if places else None
    while at is not None:
        kept.add(at)
        at = before[at]
    return kept


def renumbered(numbers: Sequence[int], low: int | None, gap: int) -> dict[int, int]:
    """New numbers by place, as few as possible, so that ``numbers`` rise from ``low`` on (None: from anywhere)."""
    kept = sorted(longest_rise(numbers))
    new: dict[int, int] = {}
    begin, floor = 0, low
    for place in [*kept, len(numbers)]:
        count = place - begin
        ceiling = numbers[place] if place < len(numbers) else None
        if count:
            between = _between(floor, ceiling, count, gap)
            if between is None:
                first = low or 0
                return {at: first + gap * (at + 1) for at in range(len(numbers))}
            new |= dict(zip(range(begin, place), between, strict=True))
        begin, floor = place + 1, ceiling
    return new


def _between(floor: int | None, ceiling: int | None, count: int, gap: int) -> list[int] | None:
    """``count`` numbers that rise between two others; None if there is no room for them."""
    if ceiling is None:
        return [(floor or 0) + gap * number for number in range(1, count + 1)]
    if floor is None:
        return [ceiling - gap * number for number in range(count, 0, -1)]
    step = (ceiling - floor) // (count + 1)
    return [floor + step * number for number in range(1, count + 1)] if step else None


def difference(before: Sequence[int], after: Sequence[int], moved: int | None = None) -> dict[str, Any] | None:
    """The ``queue`` event that makes ``after`` of the list ``before``, without entries; None if they are equal.

    One entry that moved, one that went, and a run of new ones are told as such; all else as the ids in their order,
    which is a few bytes for each entry. Of neighbours that changed places, ``moved`` is told if it is one of them.
    """
    old, new = set(before), set(after)
    added = [one for one in after if one not in old]
    gone = [one for one in before if one not in new]
    if not added and not gone:
        return _move(before, after, moved)
    kept = [one for one in after if one in old]
    if added and not gone and kept == list(before):
        first = after.index(added[0])
        if list(after[first : first + len(added)]) == added:
            return {"op": "add", "after": after[first - 1] if first else None}
    if len(gone) == 1 and not added and kept == [one for one in before if one in new]:
        return {"op": "remove", "entry_id": gone[0]}
    return {"op": "order", "ids": list(after)}


def _move(before: Sequence[int], after: Sequence[int], likely: int | None) -> dict[str, Any] | None:
    first = next((place for place, (one, other) in enumerate(zip(before, after, strict=True)) if one != other), None)
    if first is None:
        return None
    ends = (before[first], after[first])
    for moved in ends if likely not in ends else (likely, *ends):
        if [one for one in before if one != moved] == [one for one in after if one != moved]:
            place = after.index(moved)
            return {"op": "move", "entry_id": moved, "after": after[place - 1] if place else None}
    return {"op": "order", "ids": list(after)}
