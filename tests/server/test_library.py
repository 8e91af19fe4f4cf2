"""Files of the library over HTTP: in parts, to whom a room plays them, by links that end, and nothing else."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support import tones
from tests.support.music import mp3, picture
from tests.support.servers import two_servers
from tools.patience import PATIENCE_S, until
from tools.people import Lounge
from tools.processes import children_of, is_alive
from tools.server import Server

SONG = mp3("Night Train", "The Commuters", cover=picture(1_200, noise=True))
LONG = tones.tone(60 * 40)
"""Nineteen megabytes, far more than the kernel takes for a peer that reads nothing."""


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for name, data in {"song.mp3": SONG, "long.wav": LONG, "swapped.mp3": mp3("Swapped")}.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def servers(prepared: Path, music: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    with two_servers(prepared, tmp_path_factory.mktemp("library"), MUSIC_DIR=str(music)) as servers:
        keepers = [child for server in servers for child in children_of(server.pid)]
        assert len(keepers) == 2
        yield servers
    until(lambda: not any(map(is_alive, keepers)), "a process that keeps the library outlived its server")


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def server(servers: list[Server], request: pytest.FixtureRequest) -> Server:
    return next(server for server in servers if server.server == request.param)


@pytest.fixture(scope="module")
def lounge(server: Server) -> Lounge:
    """A room whose queue has the song and the long one."""
    lounge = Lounge.open(server)
    until(lambda: len(found(lounge)) == 3, "the folder is read when the server starts")
    for title in ("Night Train", "long"):
        lounge.add(found(lounge)[title])
    return lounge


def found(lounge: Lounge) -> dict[str, str]:
    """The links of all tracks in the library, by their titles."""
    return {one["title"]: one["url"] for one in lounge.alice.get("/library").json()["items"]}


def file_of(lounge: Lounge, title: str) -> httpx.URL:
    """The link that ends, to which the room leads whoever may listen."""
    led = lounge.charlie.get(f"{lounge.server.url}/r/{lounge.slug}{found(lounge)[title]}")
    assert led.status_code == 302, led.text
    return httpx.URL(lounge.server.url).join(led.headers["location"])


def test_a_file_is_served_whole_and_in_parts(lounge: Lounge) -> None:
    ask, url, size = lounge.charlie, file_of(lounge, "Night Train"), len(SONG)
    whole = ask.get(url)
    assert (whole.status_code, whole.content) == (200, SONG)
    told = {name: whole.headers[name] for name in ("content-type", "accept-ranges", "cache-control")}
    assert told == {"content-type": "audio/mpeg", "accept-ranges": "bytes", "cache-control": "private, max-age=3600"}
    part = ask.get(url, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, SONG[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{size}"
    assert ask.get(url, headers={"Range": "bytes=-7"}).content == SONG[-7:]
    etag = whole.headers["etag"]
    assert ask.get(url, headers={"Range": "bytes=1-2", "If-Range": etag}).status_code == 206
    assert ask.get(url, headers={"Range": "bytes=1-2", "If-Range": '"another"'}).content == SONG
    beyond = ask.get(url, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    head = ask.head(url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")
    known = ask.get(url, headers={"If-None-Match": etag})
    assert (known.status_code, known.content) == (304, b"")
    assert ask.post(url).status_code == 405


def test_its_cover_is_served_small(lounge: Lounge) -> None:
    (song,) = lounge.alice.get("/library", params={"q": "night train"}).json()["items"]
    cover = lounge.charlie.get(lounge.server.url + song["artwork_url"])
    assert (cover.status_code, cover.headers["content-type"]) == (200, "image/jpeg")
    assert "immutable" in cover.headers["cache-control"]
    assert 0 < len(cover.content) <= 200 * 1024
    assert lounge.charlie.get(f"{lounge.server.url}/media/library/covers/{'0' * 64}").status_code == 404


def test_who_may_not_listen_gets_no_link_and_a_link_ends(lounge: Lounge) -> None:
    song = found(lounge)["Night Train"]
    private = Lounge.open(lounge.server, name="Cellar", visibility="private")
    private.add(song)
    path = f"{private.server.url}/r/{private.slug}{song}"
    assert private.charlie.get(path).status_code == 404
    assert private.alice.get(path).status_code == 302
    assert lounge.charlie.get(lounge.server.url + song).status_code == 401
    assert lounge.charlie.get(lounge.server.url + f"/r/{lounge.slug}{found(lounge)['Swapped']}").status_code == 404
    number = song.rpartition("/")[2]
    now_ms = lounge.charlie.get("/time").json()["server_now_ms"]
    # As it was made eight hours ago, and as it is made in this moment.
    made = "; ".join(f"print(link_to({number}, 1000, {at_ms}))" for at_ms in (now_ms - 8 * 3_600_000, now_ms))
    ended, holds = lounge.server.shell(f"from players.library.signed import link_to; {made}").split()[-2:]
    assert lounge.charlie.get(lounge.server.url + ended).status_code == 403
    assert lounge.charlie.get(lounge.server.url + holds).status_code == 200


def test_nothing_outside_of_the_folder_is_served(lounge: Lounge, music: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp3"
    secret.write_bytes(mp3("Secret"))
    url = httpx.URL(lounge.server.url).join(
        lounge.alice.get(lounge.server.url + found(lounge)["Swapped"]).headers["location"]
    )
    assert lounge.charlie.get(url).status_code == 200
    swapped = music / "swapped.mp3"
    before = swapped.read_bytes()
    try:
        swapped.unlink()
        swapped.symlink_to(secret)
        assert lounge.charlie.get(url).status_code == 404
    finally:
        swapped.unlink()
        swapped.write_bytes(before)
    for path in (
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "covers/../../server.log",
        "covers/..%2f..%2fsecret.key",
    ):
        assert asked(lounge.server, f"/media/library/{path}")[9:12] in (b"403", b"404"), path


def asked(server: Server, target: str) -> bytes:
    """What is answered to a path that no client would send."""
    with connected(server) as peer:
        peer.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        return peer.recv(1_000)


def connected(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)


def test_those_who_read_slowly_hold_up_nobody_and_cost_no_memory(lounge: Lounge, music: Path) -> None:
    server, target = lounge.server, file_of(lounge, "long").raw_path.decode()
    before = resident_kb(server)
    with ExitStack() as stack:
        for _number in range(20):
            peer = stack.enter_context(connected(server))
            peer.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            assert peer.recv(20).startswith(b"HTTP/1.1 200")
        assert open_files(server, music) == 20
        assert lounge.control(rate=1.5)["rate"] == 1.5
        assert lounge.charlie.get(file_of(lounge, "Night Train")).content == SONG
        # All of it for all of them would be 380 MB.
        assert resident_kb(server) - before < 60_000
    until(lambda: open_files(server, music) == 0, "a file stays open though its peer is gone")


def test_a_file_that_cannot_be_read_on_breaks_its_answer_off(lounge: Lounge, music: Path) -> None:
    url, file = file_of(lounge, "long"), music / "long.wav"
    status = file.stat()
    address = urlsplit(lounge.server.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE_S) as peer:
        peer.sendall(b"GET %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (url.raw_path, address.netloc.encode()))
        assert peer.recv(12) == b"HTTP/1.1 200"
        os.truncate(file, 1_000)
        try:
            with suppress(ConnectionError):
                while peer.recv(1 << 20):  # a player would wait for what is announced
                    pass
        finally:
            file.write_bytes(LONG)
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_scan_that_the_operator_asks_for_finds_what_is_new(lounge: Lounge, music: Path) -> None:
    added = music / "added.mp3"
    added.write_bytes(mp3("Just Added"))
    ask = "UPDATE players_libraryscan SET asked_at = CURRENT_TIMESTAMP"
    lounge.server.sql(ask)
    until(lambda: "Just Added" in found(lounge), "the new file is not found")
    added.unlink()
    lounge.server.sql(ask)
    until(lambda: "Just Added" not in found(lounge), "the file that is gone is found")


def resident_kb(server: Server) -> int:
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def open_files(server: Server, folder: Path) -> int:
    links = []
    for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
        try:
            links.append(os.readlink(descriptor))
        except OSError:  # closed meanwhile
            continue
    return sum(link.startswith(f"{folder}/") for link in links)
