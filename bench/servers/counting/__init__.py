"""This project with a few things beside it that only a measurement wants."""
