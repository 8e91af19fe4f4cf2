"""Django's PostgreSQL backend, whose pool gets over a restart of the database with the first call."""
