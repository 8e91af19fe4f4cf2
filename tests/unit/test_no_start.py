"""A server does not start with a DATABASE_URL that it does not understand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.server import ROOT


def test_no_server_starts_with_such_a_url(tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "mysql://db/music"}
    command = [sys.executable, "manage.py", "serve", "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "DATABASE_URL begins with “mysql”" in done.stderr
