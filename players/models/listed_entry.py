"""An entry of a queue as it is told, from a row of the database or from a model."""

from __future__ import annotations

from typing import Any, NamedTuple

from players.models.track import Problem, url_of


class ListedEntry(NamedTuple):
    """What is told of an entry. A long queue is read as these rows: models would take ten times as long to make."""

    id: int
    provider: str
    media_id: str
    title: str
    artist: str
    length_ms: int | None
    artwork_url: str
    problem: str
    added_by: str | None
    votes: int
    start_ms: int | None
    end_ms: int | None

    def as_json(self) -> dict[str, Any]:
        url = url_of(self.provider, self.media_id)
        return {
            "id": self.id,
            "url": url,
            "provider": self.provider,
            "media_id": self.media_id,
            "title": self.title or url,
            "artist": self.artist,
            "length_ms": self.length_ms,
            "artwork_url": self.artwork_url,
            "added_by": self.added_by,
            "votes": self.votes,
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "unplayable": Problem(self.problem).sentence if self.problem else "",
        }


COLUMNS = (
    "pk",
    "track__provider",
    "track__media_id",
    "track__title",
    "track__artist",
    "track__length_ms",
    "track__artwork_url",
    "track__problem",
    "member__nickname",
    "votes",
    "start_ms",
    "end_ms",
)
"""Where a query for entries finds the fields of ``ListedEntry``."""
