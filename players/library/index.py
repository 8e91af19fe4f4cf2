"""The full-text index of the library: FTS5 in SQLite, ``tsvector`` in PostgreSQL, with the same words in both.

The table is no model's, since Django knows neither kind; a migration makes it, with indexes of beginnings in SQLite and
a GIN index in PostgreSQL. Its words come as ``words`` made them, as PostgreSQL's configuration ``simple`` would leave
them: a parser of each database's own would have the two find different things.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

TABLE = "players_library_words"


def put(rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Let each track, by its id, be found by its words, and by no others."""
    if connection.vendor == "postgresql":
        sql = (
            f"INSERT INTO {TABLE} (track_id, words) VALUES (%s, array_to_tsvector(%s::text[])) "  # noqa: S608  # the table is a constant
            "ON CONFLICT (track_id) DO UPDATE SET words = excluded.words"
        )
        values = [(track_id, list(words)) for track_id, words in rows]
    else:
        sql = f"INSERT OR REPLACE INTO {TABLE} (rowid, words) VALUES (%s, %s)"  # noqa: S608  # as above
        values = [(track_id, " ".join(words)) for track_id, words in rows]  # type: ignore[misc]  # of text here
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def remove(track_ids: Sequence[int]) -> None:
    """Let these tracks be found no more."""
    column = "track_id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {TABLE} WHERE {column} = %s", [(one,) for one in track_ids])  # noqa: S608  # as above


def having(words: Sequence[str]) -> RawSQL:
    """The ids of the tracks that have, for each of ``words``, one that begins with it."""
    if connection.vendor == "postgresql":
        query = " & ".join(f"'{word}':*" for word in words)
        return RawSQL(f"SELECT track_id FROM {TABLE} WHERE words @@ %s::tsquery", [query])  # noqa: S608, S611  # as above
    query = " AND ".join(f'"{word}" *' for word in words)
    return RawSQL(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [query])  # noqa: S608, S611  # as above
