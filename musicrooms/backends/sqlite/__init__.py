"""Django's SQLite backend, which reopens the database when its file was replaced."""
