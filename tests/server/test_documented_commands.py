"""Every command of the README and the docs does what it says there, word for word."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.unit.test_docs import PAGES
from tools.server import ROOT, Server
from tools.services import reserved_port

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(bin/manage [^`]+)`")

ELSEWHERE = {
    "git clone <this repository>": "it needs the repository's address",
    "bin/run": "tests/unit/test_up.py starts what it starts",
    "bin/test": "it is what runs this test",
    "bin/bench": "it takes half an hour",
    "lock() {": "it asks the network",
    "sed '/": "it takes over a package of npm, at which tests/unit/test_vendored.py looks",
}
"""How blocks begin that are not run here, and why."""

VARIABLE = tuple(f"bin/manage {name}" for name in ("serve", "backup", "restore", "changepassword", "library"))
"""Commands that serve, ask on a terminal, or have tests of their own: here they only have to exist."""

IN_ONE_PROCESS = """
from django.core.management import execute_from_command_line
for words in {calls}:
    try:
        execute_from_command_line(["manage.py", *words])
    except SystemExit as ended:
        assert not ended.code, words
print("All of them exist.")
"""


def blocks(beginning: str = "") -> list[str]:
    found = [block for page in PAGES for block in BLOCK.findall(page.read_text())]
    return [block for block in found if block.startswith(beginning)]


def run(code: str, server: Server, timeout_s: float = 100) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a shell as in the repository's folder, on the server's data and address."""
    for name, own in (("http://127.0.0.1:8000", server.url), ("https://rooms.example.org", server.url)):
        code = code.replace(name, own).replace(quote(name, safe=""), quote(own, safe=""))
    code = code.replace("curl -N", "curl -N -s --max-time 8")
    return subprocess.run(
        ["/bin/sh", "-ec", code], cwd=ROOT, env={**server.env, "VENV": sys.prefix},
        capture_output=True, text=True, timeout=timeout_s, check=False,
    )  # fmt: skip


def test_every_block_is_run_here_or_is_known_not_to_be() -> None:
    here = (*blocks("API="), *blocks("curl"), *blocks("HTTPS=1"))
    left = [block for block in blocks() if block not in here and not block.startswith(tuple(ELSEWHERE))]
    assert left == []


def test_the_tour_of_the_api_plays_music_in_a_room_that_exists(demo: Server) -> None:
    (tour,) = blocks("API=")
    calls = tour.replace("curl -s ", "curl -s --fail-with-body -w '\\n%{http_code}\\n' ")
    # The stream is left by its time limit, which is an error to curl.
    done = run(re.sub(r"(curl -N .*)", r"\1 || true", calls), demo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "event: snapshot" in done.stdout
    statuses = re.findall(r"^(\d{3})$", done.stdout, re.MULTILINE)
    assert statuses == ["201", "200", "200", "200", "201", "202", "201", "201"]


@pytest.mark.parametrize("block", blocks("curl"), ids=lambda block: block[:30])
def test_a_call_of_the_docs_is_answered(demo: Server, block: str) -> None:
    done = run(block, demo)
    assert done.returncode in (0, 28), done.stderr
    assert '"Lounge"' in done.stdout


@pytest.mark.parametrize("block", blocks("HTTPS=1"), ids=lambda block: block[:20])
def test_links_of_a_server_behind_tls_name_https(block: str, prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    env = {**Server(tmp_path).env, "VENV": sys.prefix}
    with reserved_port() as port:
        code = f"{block.strip().replace('bin/run', 'exec bin/run')} {port}"
        process = subprocess.Popen(
            ["/bin/sh", "-ec", code], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Admin:"):
                break
        process.terminate()
        process.communicate(timeout=30)
    assert re.findall(r"^(\w+): +(https?://[^/]+)", said, re.MULTILINE) == [
        ("Room", "https://rooms.example.org"),
        ("Host", "https://rooms.example.org"),
        ("Admin", "https://rooms.example.org"),
    ]


def test_every_management_command_that_is_named_exists(demo: Server) -> None:
    named = {command for page in PAGES for command in INLINE.findall(page.read_text())}
    assert "bin/manage help" in named
    calls = []
    for command in sorted(named):
        _, *words = shlex.split(command.replace("SLUG", "lounge"))
        calls.append([words[0], "--help"] if command.startswith(VARIABLE) else words)
    assert demo.shell(IN_ONE_PROCESS.format(calls=calls)).endswith("\nAll of them exist.\n")


def test_the_token_alone_is_on_standard_output_and_its_call_works(demo: Server) -> None:
    done = run("bin/manage token lounge --name Bee", demo)
    token = done.stdout.strip()
    assert demo.client(token).patch("/rooms/lounge/player", json={"playing": True}).status_code == 200
    assert "Bee" in demo.client().get("/rooms/lounge").json()["room"]["hosts"]
    call = re.search(r"^curl .*$", done.stderr, re.MULTILINE)
    assert call
    assert demo.url in call[0]
    assert '"playing":true' in run(call[0], demo).stdout.replace(" ", "")


def test_a_token_for_a_room_that_is_not_there_is_refused_with_the_rooms_that_are(demo: Server) -> None:
    done = run("bin/manage token lunge", demo)
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no open room “lunge”; open are " in done.stderr
    assert "lounge" in done.stderr
