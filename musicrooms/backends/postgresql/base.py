"""The backend's DatabaseWrapper; Django imports it from a module of this name."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error
from psycopg_pool import ConnectionPool, PoolTimeout

from rooms.clock import monotonic_s

AWAY_S = 1.0
"""Circuit breaker: after a call found no connection in time, others fail at once for so long, unless one is free."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Validates each connection that it takes from the pool, and drains the pool when one is dead.

    psycopg_pool's own ``check`` discards one connection and waits 1 to 2 s before the next: after a restart of the
    database a call would time out after two dead ones, and leave the rest to the calls after it.
    """

    # By the monotonic clock; of the class, since all threads share the pool.
    _away_until_s = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        is_away = self.pool is not None and monotonic_s() < DatabaseWrapper._away_until_s
        if is_away and not self.pool.get_stats()["pool_available"]:
            raise self.Database.OperationalError("no connection to the database could be had a moment ago")
        try:
            connection = super().get_new_connection(conn_params)
        except PoolTimeout:
            DatabaseWrapper._away_until_s = monotonic_s() + AWAY_S
            raise
        if self.pool is None or _is_alive(connection):
            return connection
        self.pool.drain()
        self.pool.putconn(connection)
        connection = super().get_new_connection(conn_params)
        if not _is_alive(connection):
            self.pool.putconn(connection)
            raise self.Database.OperationalError("the connection to the database was lost as soon as it was made")
        return connection


def _is_alive(connection: Any) -> bool:
    # A server that ended has sent an error or closed the socket, so a dead connection is readable. Polling saves the
    # round trip of a query on each request.
    arrived = select.poll()
    arrived.register(connection, select.POLLIN)
    if not arrived.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except Error:
        return False
    return True
