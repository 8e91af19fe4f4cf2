"""Configuration of the static files application."""

from __future__ import annotations

from django.contrib.staticfiles.apps import StaticFilesConfig


class UsedFiles(StaticFilesConfig):
    """``django.contrib.staticfiles`` without the files that no page refers to, which take the longest to compress."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc*"]
