"""The database wrapper; Django looks for it in a module of this name."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error
from psycopg_pool import ConnectionPool, PoolTimeout

from rooms.clock import monotonic_s

AWAY_S = 1.0
"""So long calls are refused at once after one that got no connection, unless one is free."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Checks each connection that the pool lends, and drops the whole pool when one turns out to be dead.

    The pool's own check drops that one alone and waits a second or two before the next: after a restart a call would
    try two of its dead connections, time out, and leave the others to the calls after it.

    Where one call waited for a connection in vain, those after it do not wait as long again, one behind the other.
    """

    _away_until = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if monotonic_s() < DatabaseWrapper._away_until and not self.pool.get_stats()["pool_available"]:
            raise self.Database.OperationalError("no connection to the database could be had a moment ago")
        try:
            connection = super().get_new_connection(conn_params)
        except PoolTimeout:
            DatabaseWrapper._away_until = monotonic_s() + AWAY_S
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
    # One whose server ended has an end or a farewell to read. While nothing came there is no reason to ask, which would
    # cost each request a round trip.
    arrived = select.poll()
    arrived.register(connection, select.POLLIN)
    if not arrived.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except Error:
        return False
    return True
