"""Django's SQLite backend, which notices that another file took the place of the one it has open."""
