"""The scripts a newcomer meets first: what they say when something is missing, and when they install.

No package is installed here: a stand-in for Python writes down what it is asked for.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.services import reserved_port

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60

STAND_IN = f"""#!/bin/sh
case "$1 $2" in
"-m venv")
    echo venv >>"$CALLS"
    mkdir -p "$4/bin" && touch "$4/pyvenv.cfg" && cp "$0" "$4/bin/python" ;;
"-m pip")
    echo pip >>"$CALLS"
    echo "what pip said"
    while [ -e "$PIP_WAITS" ]; do sleep 0.1; done
    [ ! -e "$PIP_FAILS" ] ;;
*manage.py*) echo "started: $*" ;;
*) exec {sys.executable} "$@" ;;
esac
"""


class Checkout:
    """A copy of the scripts and the locks, on a machine whose only Python is the stand-in."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.path = folder / "path"
        self.venv = self.root / ".venv"
        self.calls = folder / "calls"
        self.pip_waits = folder / "pip-waits"
        self.pip_fails = folder / "pip-fails"
        for name in ("bin/setup", "bin/run", "requirements.lock", "tests/requirements.lock"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        self.calls.touch()
        self.path.mkdir()
        for name in (
            "cat",
            "cp",
            "dirname",
            "find",
            "grep",
            "ls",
            "mkdir",
            "rm",
            "sed",
            "sh",
            "sleep",
            "tail",
            "touch",
        ):
            (self.path / name).symlink_to(str(shutil.which(name)))
        self.install("python3", STAND_IN)

    def install(self, name: str, script: str) -> None:
        """Put a program of this name on the machine's PATH."""
        (self.path / name).write_text(script)
        (self.path / name).chmod(0o755)

    def start(self, script: str, *args: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.root / "bin" / script, *args],
            env={"PATH": str(self.path), "CALLS": str(self.calls), "PIP_WAITS": str(self.pip_waits)}
            | {"PIP_FAILS": str(self.pip_fails)}
            | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, script: str, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        process = self.start(script, *args, **env)
        out, err = process.communicate(timeout=TIMEOUT_S)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def refusal(self, script: str, *args: str, **env: str) -> str:
        """The one sentence that the script ends with, without having installed anything."""
        ended = self.run(script, *args, **env)
        assert ended.returncode != 0
        assert ended.stderr.count("\n") == 1
        assert ended.stderr.endswith(".\n")
        assert "pip" not in self.called()
        return ended.stderr.strip()

    def called(self) -> list[str]:
        return self.calls.read_text().split()

    def wait_for_pip(self) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while "pip" not in self.called():
            assert time.monotonic() < deadline, "pip was never started"
            time.sleep(0.02)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def taken_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


@pytest.fixture
def free_port() -> Iterator[str]:
    with reserved_port() as port:
        yield str(port)


def test_a_python_that_is_too_old_is_told_with_its_version(checkout: Checkout) -> None:
    checkout.install("python3", "#!/bin/sh\necho 3.9.2\n")
    said = checkout.refusal("run")
    assert said == "Musicrooms needs Python 3.11 or later, but python3 is 3.9.2."


def test_a_missing_python_is_told(checkout: Checkout) -> None:
    (checkout.path / "python3").unlink()
    said = checkout.refusal("run")
    assert said == "Musicrooms needs Python 3.11 or later, but there is no python3 on PATH."


def test_a_newer_python_beside_one_that_is_too_old_is_found(checkout: Checkout) -> None:
    checkout.install("python3", "#!/bin/sh\necho 3.9.2\n")
    checkout.install("python3.12", STAND_IN)
    found = checkout.run("setup", "--python")
    assert found.stdout.strip() == str(checkout.path / "python3.12")


def test_a_python_that_cannot_make_an_environment_is_told(checkout: Checkout) -> None:
    checkout.install("python3", '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *) echo 3.11.2 ;; esac\n')
    said = checkout.refusal("run")
    assert said.startswith("python3 3.11.2 has no venv module: ")


@pytest.mark.parametrize("port", ["lounge", "0", "65536", "-1", "8000.5", "", "99999999999999999999"])
def test_what_is_no_port_is_refused(checkout: Checkout, port: str) -> None:
    assert checkout.refusal("run", port).startswith(f"'{port}' is not a port: ")


def test_a_taken_port_is_told_before_anything_is_installed(checkout: Checkout, taken_port: str) -> None:
    said = checkout.refusal("run", taken_port)
    assert said.startswith(f"Port {taken_port} on 127.0.0.1 is taken by another program: ")
    assert not checkout.venv.exists()


def test_an_address_of_another_machine_is_refused(checkout: Checkout, free_port: str) -> None:
    said = checkout.refusal("run", free_port, HOST="192.0.2.1")
    assert said.startswith("HOST=192.0.2.1 cannot be listened on ")


def test_a_data_directory_that_cannot_be_written_is_told(checkout: Checkout, free_port: str) -> None:
    below_a_file = f"{checkout.calls}/data"
    said = checkout.refusal("run", free_port, DATA_DIR=below_a_file)
    assert said.startswith(f"DATA_DIR={below_a_file} cannot be written: ")


def test_a_checkout_that_cannot_be_written_is_told(checkout: Checkout, free_port: str, tmp_path: Path) -> None:
    checkout.venv.symlink_to(checkout.calls / "nowhere")
    said = checkout.refusal("run", free_port, DATA_DIR=str(tmp_path / "data"))
    assert said.startswith(f"{checkout.venv} cannot be written: ")


def test_a_directory_with_other_things_is_left_alone(checkout: Checkout, tmp_path: Path) -> None:
    letter = tmp_path / "home" / "letter.txt"
    letter.parent.mkdir()
    letter.write_text("Dear Bob")
    said = checkout.refusal("setup", VENV=str(letter.parent))
    assert said.startswith(f"{letter.parent} holds other things: ")
    assert os.listdir(letter.parent) == ["letter.txt"]


def test_a_failed_installation_shows_the_end_of_what_pip_said(checkout: Checkout, free_port: str) -> None:
    checkout.pip_fails.touch()
    ended = checkout.run("run", free_port)
    log = checkout.venv / "musicrooms.log"
    assert ended.returncode != 0
    assert ended.stderr == (f"what pip said\nThe installation failed: the lines above are the end of {log}.\n")
    assert log.read_text() == "what pip said\n"


def test_the_server_is_started_once_everything_is_installed(checkout: Checkout, free_port: str) -> None:
    ended = checkout.run("run", free_port, "--server", "uvicorn")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.endswith(f"manage.py up --port {free_port} --server uvicorn\n")
    assert checkout.called() == ["venv", "pip"]


def test_a_second_start_installs_nothing(checkout: Checkout) -> None:
    checkout.run("setup")
    assert checkout.run("setup").stdout == ""
    assert checkout.called() == ["venv", "pip"]


def test_a_changed_lock_is_installed_into_the_same_environment(checkout: Checkout) -> None:
    checkout.run("setup")
    with (checkout.root / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    checkout.run("setup")
    assert checkout.called() == ["venv", "pip", "pip"]


def test_the_packages_of_the_tests_serve_the_server_too(checkout: Checkout) -> None:
    checkout.run("setup", "--tests")
    checkout.run("setup")
    assert checkout.called() == ["venv", "pip"]
    assert checkout.run("setup", "--tests").stdout == ""


def test_the_packages_of_the_server_are_not_enough_for_the_tests(checkout: Checkout) -> None:
    checkout.run("setup")
    checkout.run("setup", "--tests")
    assert checkout.called() == ["venv", "pip", "pip"]


def test_of_two_installations_at_once_the_second_waits_and_finds_it_done(checkout: Checkout) -> None:
    checkout.pip_waits.touch()
    first = checkout.start("setup")
    checkout.wait_for_pip()
    second = checkout.start("setup")
    assert second.stdout is not None
    assert second.stdout.readline() == "Another installation is under way; waiting for its end.\n"
    checkout.pip_waits.unlink()
    assert [process.communicate(timeout=TIMEOUT_S)[1] for process in (first, second)] == ["", ""]
    assert [first.returncode, second.returncode] == [0, 0]
    assert checkout.called() == ["venv", "pip"]


def test_an_interrupted_installation_is_begun_again(checkout: Checkout) -> None:
    checkout.pip_waits.touch()
    interrupted = checkout.start("setup")
    checkout.wait_for_pip()
    (checkout.venv / "half-made").touch()
    os.killpg(interrupted.pid, signal.SIGKILL)
    interrupted.communicate(timeout=TIMEOUT_S)
    checkout.pip_waits.unlink()
    assert checkout.run("setup").returncode == 0
    assert checkout.called() == ["venv", "pip"] * 2
    assert not (checkout.venv / "half-made").exists()


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Checkout) -> None:
    checkout.run("setup")
    (checkout.venv / "bin" / "python").unlink()
    assert checkout.run("setup").returncode == 0
    assert checkout.called() == ["venv", "pip"] * 2


def test_the_lock_of_the_tests_contains_that_of_the_server() -> None:
    server, tests = (_pinned(ROOT / name) for name in ("requirements.lock", "tests/requirements.lock"))
    assert "django" in server
    assert server.items() <= tests.items()


@pytest.mark.parametrize("folder", [ROOT, ROOT / "tests"], ids=["server", "tests"])
def test_all_that_is_required_is_locked(folder: Path) -> None:
    lines = (folder / "requirements.txt").read_text().splitlines()
    required = {re.split(r"[\[~;\s]", line)[0] for line in lines if line[:1].isalpha()}
    assert required
    assert required <= _pinned(folder / "requirements.lock").keys()


@pytest.mark.parametrize("name", ["requirements.lock", "tests/requirements.lock", "package-lock.json"])
def test_no_lock_names_a_registry(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


def _pinned(lock: Path) -> dict[str, set[str]]:
    """For each package of the lock its versions, each with the condition under which it is installed."""
    pinned: dict[str, set[str]] = {}
    for line in lock.read_text().splitlines():
        name, separator, version = line.rstrip(" \\").partition("==")
        if separator and line[0].isalnum():
            pinned.setdefault(name, set()).add(version)
    return pinned
