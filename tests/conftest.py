"""What all tests share: prepared data, a real server for each worker, its log as a witness, and the lounge."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management.commands import flush
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import settings as hypothesis
from playwright.sync_api import Browser

from players.youtube import metadata
from tests.environment import IS_WORKER, PREPARED
from tests.support.demo import HOST_PATH, demo_served, make_demo
from tests.support.engine import Engine, engine
from tests.support.servers import SHARED, no_traceback, shared, two_servers
from tools import databases
from tools.browser import launched
from tools.people import Lounge
from tools.server import Server, served
from tools.services import Redis, require

PREPARED_DEMO = Path(f"{PREPARED}-demo")
MADE_BY_MIGRATIONS = {"django_content_type", "auth_permission"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "traceback: the log of its server may hold one")
    Server.forks = True
    # As Hypothesis has it where CI is set: how long an example takes says how busy the machine is.
    hypothesis.register_profile("patient", hypothesis.default, deadline=None)
    hypothesis.load_profile("patient")


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    if not IS_WORKER:
        for folder in (PREPARED, PREPARED_DEMO):
            databases.forget(folder)
            shutil.rmtree(folder, ignore_errors=True)
            Path(f"{folder}.lock").unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
def _rows_are_flushed_and_no_more() -> Iterator[None]:
    """Empty the database after a test that commits by deleting rows, but those that migrations made.

    Django would make those anew each time, which was a quarter of what the tests of verbs cost, and TRUNCATE, which
    makes PostgreSQL write a new file for each table and index, was half of their time there.
    """

    def deletions(style: object, connection: BaseDatabaseWrapper, **options: bool) -> list[str]:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in {*tables} - MADE_BY_MIGRATIONS]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", deletions)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *about: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _look_ups_are_not_tried_again() -> Iterator[None]:
    """In the tests' own process, whose databases are gone by then; tests of trying again set waits of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metadata, "RETRIES_S", ())
        yield


@pytest.fixture(autouse=True)
def _plain_static_files(settings: object) -> None:
    """Pages rendered in the test's own process name static files plainly: nobody collected them."""
    settings.STORAGES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _databases_end_with_their_test() -> Iterator[None]:
    """Those that are made within the test; what a fixture of a wider scope makes stays until the end."""
    before = databases.mark()
    yield
    databases.drop_since(before)


@pytest.fixture(autouse=True)
def _no_traceback_in_a_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a server logs while a test runs, and while what the test started stops, fails that very test."""
    if request.node.get_closest_marker("traceback"):
        yield
    else:
        with no_traceback():
            yield


def collect(folder: Path) -> None:
    """Collect the static files below ``folder``, unless an earlier run did so, and prepare a copy of them."""
    if not (folder / "static/staticfiles.json").exists():  # which is written last
        Server(folder).collect()
    if folder != PREPARED:
        shutil.copytree(folder, PREPARED, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def prepared() -> Path:
    """A data folder with the static files and an empty database, to be copied."""
    with made_once(PREPARED) as is_made:
        if not is_made:
            collect(Path(os.environ.get("TEST_COLLECTED_DIR", PREPARED)))
            Server(PREPARED).manage("migrate", "-v0")
            databases.keep(PREPARED)
    return PREPARED


@pytest.fixture(scope="session")
def prepared_demo(prepared: Path) -> Path:
    """The same with the demo room."""
    with made_once(PREPARED_DEMO) as is_made:
        if not is_made:
            shutil.copytree(prepared, PREPARED_DEMO)
            make_demo(PREPARED_DEMO)
            databases.keep(PREPARED_DEMO)
    return PREPARED_DEMO


@contextmanager
def made_once(folder: Path) -> Iterator[bool]:
    """Lends ``folder`` to one process at a time, and says whether one of them has made it."""
    ready = folder / f"{folder.name}.ready"
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield ready.exists()
        ready.touch()


def _way(param: tuple[str, str]) -> str:
    program, fast_lane = param
    return program if fast_lane == "1" else f"{program} by send"


@pytest.fixture(scope="module", autouse=True)
def _tracks_end_with_their_module() -> Iterator[None]:
    """A server keeps what it learned about a link for all rooms; for the next module it is a link that nobody knows."""
    yield
    for server in SHARED:
        server.sql(
            "UPDATE players_track SET media_id = CASE provider "
            "WHEN 'youtube' THEN CAST(10000000000 + id AS TEXT) ELSE 'https://media.example.org/gone-' || id END"
        )


@pytest.fixture(scope="session")
def server(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The worker's server: daphne, which writes directly to the sockets of listeners."""
    with shared(served(prepared, tmp_path_factory.mktemp("server"))) as server:
        yield server


@pytest.fixture(
    scope="session", params=[("daphne", "1"), ("uvicorn", "1"), ("daphne", "0"), ("uvicorn", "0")], ids=_way
)
def any_server(
    request: pytest.FixtureRequest, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Each way to a listener, for ``server/ways``: each program, writing directly to the socket or by its ``send``."""
    program, fast_lane = request.param
    with shared(served(prepared, tmp_path_factory.mktemp(program), server=program, FAST_LANE=fast_lane)) as server:
        yield server


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A Redis of the test's own, to be taken away."""
    require(Redis)
    with Redis() as redis:
        yield redis


@pytest.fixture
def servers(prepared: Path, tmp_path: Path, redis: Redis) -> Iterator[list[Server]]:
    """Two processes on one database and one Redis."""
    with two_servers(prepared, tmp_path, REDIS_URL=redis.url) as servers:
        yield servers


@pytest.fixture
def lounge(server: Server) -> Lounge:
    return Lounge.open(server)


@pytest.fixture(scope="module")
def demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo room and nothing else, which began to play right now."""
    with demo_served(prepared_demo, tmp_path_factory.mktemp("demo")) as server:
        yield server


@pytest.fixture
def host_path(demo: Server) -> str:
    """The path of the link that makes Alice a host of the demo room."""
    return (demo.data_dir / HOST_PATH).read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def running() -> Iterator[Engine]:
    with engine() as running:
        yield running


@pytest.fixture
def started(running: Engine) -> Iterator[Engine]:
    """A browser and its little server, as they were when they started."""
    running.server.reset()
    yield running
    running.forget_pages()
