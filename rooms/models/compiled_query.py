"""Statements that are turned into SQL once, for those that every call makes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.constants import OnConflict
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, Query, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler, SQLInsertCompiler

M = TypeVar("M", bound=models.Model)
S = TypeVar("S", bound="_Statement")


class Parameter(models.Expression):
    """Stands in a filter for the value of this name that each run of the query brings."""

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class CompiledQuery(Generic[M]):
    """A query for one model, built by ``queryset`` with a ``Parameter`` wherever runs of it differ.

    Django compiles a queryset each time it is evaluated. For one row with a few joins that takes several times as long
    as the database does.
    """

    def __init__(self, queryset: Callable[[], models.QuerySet[M]]) -> None:
        self._first = _OfThread(lambda connection: _Models(queryset()[:1], connection))
        self._all = _OfThread(lambda connection: _Models(queryset(), connection))

    def first(self, **values: Any) -> M | None:
        """The first model of the result; None if it is empty."""
        return next(self._first.get().models(values), None)

    def all(self, **values: Any) -> Iterator[M]:
        """All models of the result."""
        return self._all.get().models(values)


class CompiledRows:
    """A query for rows of values, built by ``queryset``, which ends in ``values_list``; else as ``CompiledQuery``."""

    def __init__(self, queryset: Callable[[], models.QuerySet[Any, Any]]) -> None:
        self._compiled = _OfThread(lambda connection: _Rows(queryset().query, connection))

    def all(self, **values: Any) -> list[list[Any]]:
        """All rows of the result."""
        return list(self._compiled.get().rows(values))

    def first(self, **values: Any) -> list[Any] | None:
        """The first row of the result; None if it is empty."""
        return next(self._compiled.get().rows(values), None)


class CompiledUpdate:
    """An UPDATE of what ``queryset`` finds, compiled once for each set of columns that it was run with."""

    def __init__(self, queryset: Callable[[], models.QuerySet[Any]]) -> None:
        self._queryset = queryset
        self._compiled: dict[tuple[str, ...], _OfThread[_Update]] = {}

    def run(self, changes: dict[str, Any], **values: Any) -> int:
        """Set the columns of ``changes``, one at least, to its values; returns how many rows that were."""
        columns = tuple(changes)
        if columns not in self._compiled:
            self._compiled[columns] = _OfThread(lambda connection: _Update(self._queryset(), columns, connection))
        return self._compiled[columns].get().run(changes, values)


class CompiledInsert(Generic[M]):
    """An INSERT of one row of ``model``, compiled once; no signals are sent.

    With ``ignore_conflicts`` a row that would break a constraint is not inserted.
    """

    def __init__(self, model: type[M], *, ignore_conflicts: bool = False) -> None:
        on_conflict = OnConflict.IGNORE if ignore_conflicts else None
        self._compiled = _OfThread(lambda connection: _Insert(model, on_conflict, connection))

    def run(self, row: M) -> bool:
        """Insert ``row``, which gets its key from the database; False if a conflict was ignored."""
        return self._compiled.get().run(row)


class _OfThread(threading.local, Generic[S]):
    """A compiled statement for each thread, since Django has a connection for each."""

    def __init__(self, compiled: Callable[[BaseDatabaseWrapper], S]) -> None:
        self._compile = compiled
        self._compiled: S | None = None

    def get(self) -> S:
        if self._compiled is None:
            self._compiled = self._compile(connections[DEFAULT_DB_ALIAS])
        return self._compiled


class _Statement:
    """What stays the same from run to run, for one connection."""

    def __init__(self, query: Query, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self._compiler: SQLCompiler = query.get_compiler(connection=connection)
        self._sql, self._params = self._as_sql()
        self._cursor: CursorWrapper | None = None

    def _as_sql(self) -> tuple[str, Sequence[Any]]:
        return self._compiler.as_sql()

    def _execute(self, params: Sequence[Any]) -> CursorWrapper:
        """Run the statement; returns its cursor, of which all rows have to be fetched before the next run.

        The cursor is kept for as long as the connection is open: to open and close one costs as much as a short
        statement. Where statements are logged Django has another kind of cursor, which is not kept.
        """
        connection, cursor = self.connection, self._cursor
        connection.close_if_health_check_failed()
        if connection.queries_logged:
            cursor = connection.cursor()
        elif cursor is None or cursor.connection is not connection.connection:
            cursor = self._cursor = connection.cursor()
        cursor.execute(self._sql, params)
        return cursor

    def _adapted(self, values: dict[str, Any]) -> list[Any]:
        """What the driver is given for the query's parameters, of which some are constants."""
        return [
            param.output_field.get_db_prep_value(values[param.name], self.connection)
            if isinstance(param, Parameter)
            else param
            for param in self._params
        ]


class _Rows(_Statement):
    def __init__(self, query: Query, connection: BaseDatabaseWrapper) -> None:
        super().__init__(query, connection)
        converters = self._compiler.get_converters([column for column, *_ in self._compiler.select])
        self._conversions = [
            (place, convert, column) for place, (all_, column) in converters.items() for convert in all_
        ]

    def rows(self, values: dict[str, Any]) -> Iterator[list[Any]]:
        rows = self._execute(self._adapted(values)).fetchall()
        return map(self._converted, rows) if self._conversions else iter(rows)

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        """``row`` as Python has it: a NULL is None, whatever the column."""
        values = list(row)
        for place, to_python, column in self._conversions:
            if (value := values[place]) is not None:
                values[place] = to_python(value, column, self.connection)
        return values


class _Models(_Rows, Generic[M]):
    """Rows as models; Django's ``ModelIterable`` does all of it each time."""

    def __init__(self, queryset: models.QuerySet[M], connection: BaseDatabaseWrapper) -> None:
        super().__init__(queryset.query, connection)
        select, info = self._compiler.select, self._compiler.klass_info
        first, last = info["select_fields"][0], info["select_fields"][-1]
        self._model: type[M] = info["model"]
        self._fields = slice(first, last + 1)
        self._names = [column.target.attname for column, *_ in select[self._fields]]
        self._related = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # of Django 6

    def models(self, values: dict[str, Any]) -> Iterator[M]:
        for row in self.rows(values):
            model = self._model.from_db(self.connection.alias, self._names, row[self._fields])
            for related in self._related:
                related.populate(row, model)
            yield model


class _Update(_Statement):
    def __init__(
        self, queryset: models.QuerySet[Any], columns: tuple[str, ...], connection: BaseDatabaseWrapper
    ) -> None:
        query = cast(UpdateQuery, queryset.query.chain(UpdateQuery))
        query.add_update_values({name: _new(name, queryset.model) for name in columns})
        super().__init__(query, connection)

    def run(self, changes: dict[str, Any], values: dict[str, Any]) -> int:
        new = {_NEW + name: value for name, value in changes.items()}
        return int(self._execute(self._adapted(values | new)).rowcount)


class _Insert(_Statement):
    def __init__(
        self, model: type[models.Model], on_conflict: OnConflict | None, connection: BaseDatabaseWrapper
    ) -> None:
        self._columns = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        query = InsertQuery(model, on_conflict=on_conflict)
        query.insert_values(self._columns, [model()], raw=True)
        super().__init__(query, connection)

    def _as_sql(self) -> tuple[str, Sequence[Any]]:
        compiler = cast(SQLInsertCompiler, self._compiler)
        compiler.returning_fields = [compiler.query.get_meta().pk]
        [statement] = compiler.as_sql()
        return statement

    def run(self, row: models.Model) -> bool:
        values = [column.get_db_prep_save(column.pre_save(row, True), self.connection) for column in self._columns]
        keys = self._execute(values).fetchall()
        if not keys:
            return False
        [(row.pk,)] = keys
        row._state.adding, row._state.db = False, self.connection.alias
        return True


_NEW = "new "
"""Precedes the name of a column that is set, which a filter may also compare."""


def _new(name: str, model: type[models.Model]) -> Parameter:
    return Parameter(_NEW + name, cast("models.Field[Any, Any]", model._meta.get_field(name)))
