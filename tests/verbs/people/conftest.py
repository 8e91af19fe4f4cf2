"""Alice's lounge, for tests of who gets in and as what."""

from __future__ import annotations

import pytest

from rooms.models import Room
from tests.support.rooms import Told, hear
from tests.support.somebody import Somebody


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def alice() -> Somebody:
    return Somebody.owner()


@pytest.fixture
def lounge(alice: Somebody) -> Room:
    return alice.room
