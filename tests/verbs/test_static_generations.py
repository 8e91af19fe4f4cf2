"""While one version follows another, the files of both are served, whichever process is asked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from musicrooms.models import StaticFile
from musicrooms.serving.static_generations import KEPT, keep_static_files

pytestmark = pytest.mark.django_db

OLD, NEW = "rooms/page/room.0123456789ab.js", "rooms/page/room.ba9876543210.js"


@pytest.fixture
def machine(settings: Any, tmp_path: Path) -> Any:
    """Makes the next calls those of a machine that has collected this file, under its plain name too."""

    def of(name: str) -> None:
        settings.STATIC_ROOT = tmp_path / name
        for path in (name, "rooms/page/room.js"):
            file = settings.STATIC_ROOT / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"/* {name} */")
        manifest = {"paths": {"rooms/page/room.js": name}}
        (settings.STATIC_ROOT / "staticfiles.json").write_text(json.dumps(manifest))

    return of


def get(name: str) -> tuple[int, str]:
    answer = Client().get(f"/static/{name}")
    return answer.status_code, answer.content.decode() if answer.status_code == 200 else ""


def test_a_file_that_another_worker_collected_since_is_served(machine: Any) -> None:
    machine(NEW)
    answer = Client().get(f"/static/{NEW}")
    assert answer.content.decode() == f"/* {NEW} */"
    assert answer.headers["Content-Type"].split(";")[0].endswith("javascript")
    assert "immutable" in answer.headers["Cache-Control"]
    assert get(OLD) == (404, "")
    # What its name does not tell, or lies elsewhere, is none of these.
    for name in ("rooms/page/room.js", "staticfiles.json", "../secret.key", "a/../../x.0123456789ab.js", "x%00.js"):
        assert get(name)[0] == 404


def test_each_of_two_machines_serves_what_the_other_has(machine: Any) -> None:
    for name in (OLD, NEW, OLD):  # and again, at the next start
        machine(name)
        keep_static_files()
    assert (get(OLD), get(NEW)) == ((200, f"/* {OLD} */"), (200, f"/* {NEW} */"))
    assert StaticFile.objects.count() == 2


def test_files_that_no_machine_serves_any_more_are_forgotten(machine: Any) -> None:
    machine(OLD)
    keep_static_files()
    StaticFile.objects.update(served_at=timezone.now() - KEPT - timedelta(hours=1))
    machine(NEW)
    keep_static_files()
    assert set(StaticFile.objects.values_list("name", flat=True)) == {NEW}
