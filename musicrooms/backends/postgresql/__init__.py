"""Django's PostgreSQL backend, with a pool that recovers from a restart of the database at the first call."""
