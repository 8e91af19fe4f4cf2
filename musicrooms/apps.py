"""Configuration of the application that puts the others together."""

from __future__ import annotations

from django.apps import AppConfig


class Musicrooms(AppConfig):
    """``musicrooms``, which hears of accounts that change."""

    name = "musicrooms"

    def ready(self) -> None:
        from musicrooms.accounts import endings

        endings.listen()
