"""The one script of others that is served."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "players/static/vendor/hls"


def test_hls_js_is_the_pinned_version_with_its_licence_and_nothing_left_to_fetch() -> None:
    version = json.loads((ROOT / "package.json").read_text())["devDependencies"]["hls.js"]
    script = (FOLDER / "hls.min.js").read_text()
    assert f'"{version}"' in script
    assert "sourceMappingURL=" not in script
    assert "Apache License" in (FOLDER / "LICENSE").read_text()
