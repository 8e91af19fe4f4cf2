"""The environment of the tests, set before Django reads its settings: loaded by ``-p``, as pytest-django is.

Each worker has a database and a secret of its own, and asks no network.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

gc.set_threshold(20_000, 50, 100)  # thousands of tests are objects that live as long as the run
DATA_DIR = Path(tempfile.mkdtemp(prefix="musicrooms-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["OEMBED_URL"] = "http://127.0.0.1:9/oembed"
os.environ["PROBE"] = "0"
# Django makes the database itself, beside the one that is named, and drops it in the end.
CLUSTER_URL = os.environ.get("TEST_DATABASE_URL", "")
os.environ["DATABASE_URL"] = CLUSTER_URL and urlsplit(CLUSTER_URL)._replace(path=f"/run_{os.getpid()}").geturl()
os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL", "")
os.environ["REDIS_PREFIX"] = DATA_DIR.name
# Static files and an empty database cost some seconds: one worker makes them for all, who inherit the name from the
# first process and copy what is there.
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
PREPARED = Path(os.environ["TEST_PREPARED_DIR"] if IS_WORKER else tempfile.mkdtemp(prefix="musicrooms-prepared-"))
os.environ["TEST_PREPARED_DIR"] = str(PREPARED)
