"""Queries that are turned into SQL once, for those that every call of a host makes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)


class Parameter(models.Expression):
    """Stands in a filter for the value of this name that each run of the query brings."""

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class CompiledQuery(Generic[M]):
    """A query for models, built by ``queryset`` with a ``Parameter`` wherever runs of it differ.

    Django compiles a queryset each time it is evaluated. For one row with a few joins that takes several times as long
    as the database does.
    """

    def __init__(self, queryset: Callable[[], models.QuerySet[M]]) -> None:
        self._queryset = queryset
        self._of_thread = threading.local()

    def first(self, **values: Any) -> M | None:
        """The first model of the result; None if it is empty."""
        return next(self._compiled().run(values), None)

    def _compiled(self) -> _Compiled[M]:
        connection = connections[DEFAULT_DB_ALIAS]
        compiled: _Compiled[M] | None = getattr(self._of_thread, "compiled", None)
        if compiled is None or compiled.connection is not connection:
            compiled = self._of_thread.compiled = _Compiled(self._queryset()[:1], connection)
        return compiled


class _Compiled(Generic[M]):
    """What stays the same from run to run, for one connection; Django's ``ModelIterable`` does all of it each time."""

    def __init__(self, queryset: models.QuerySet[M], connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self._compiler = compiler = queryset.query.get_compiler(connection=connection)
        self._sql, self._params = compiler.as_sql()
        select, info = compiler.select, compiler.klass_info
        first, last = info["select_fields"][0], info["select_fields"][-1]
        self._model: type[M] = info["model"]
        self._fields = slice(first, last + 1)
        self._names = [column.target.attname for column, *_ in select[self._fields]]
        self._converters = compiler.get_converters([column for column, *_ in select])
        self._related = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # of Django 6

    def run(self, values: dict[str, Any]) -> Iterator[M]:
        with self.connection.cursor() as cursor:
            cursor.execute(self._sql, [self._adapted(param, values) for param in self._params])
            rows = cursor.fetchall()
        for row in self._compiler.apply_converters(rows, self._converters):
            model = self._model.from_db(self.connection.alias, self._names, row[self._fields])
            for related in self._related:
                related.populate(row, model)
            yield model

    def _adapted(self, param: Any, values: dict[str, Any]) -> Any:
        """What the driver is given for one of the query's parameters, which may be a constant."""
        if not isinstance(param, Parameter):
            return param
        return param.output_field.get_db_prep_value(values[param.name], self.connection)
