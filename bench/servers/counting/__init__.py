"""This project, with a counter of its SQL statements."""
