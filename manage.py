#!/usr/bin/env python
"""The command line of Musicrooms: ``manage.py up`` starts everything, ``manage.py help`` lists the rest."""

import gc
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError

if __name__ == "__main__":
    # Hardly anything that a start makes is garbage: to look for it takes a twentieth of the time.
    gc.set_threshold(50_000)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musicrooms.settings")
    try:
        settings.DEBUG  # noqa: B018  # reads the settings, and with them the environment
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        from musicrooms.serving.prerequisites import sentence_for

        if (sentence := sentence_for(error)) is None:
            raise
        sys.exit(sentence)
