#!/usr/bin/env python
"""The command line of Musicrooms: ``manage.py up`` starts everything, ``manage.py help`` lists the rest."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musicrooms.settings")
    try:
        settings.DEBUG  # noqa: B018  # reads the settings, and with them the environment
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)
