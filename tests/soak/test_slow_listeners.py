"""One stream to one peer: driven directly, slow, or gone; and what it costs."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from itertools import cycle
from pathlib import Path

from tests.support.raw import Raw
from tools.people import Lounge
from tools.server import Server

# With a server


def memory_of(server: Server) -> int:
    """Bytes that the server's process holds in memory."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def test_a_listener_that_never_reads_costs_others_nothing_and_the_server_little(any_server: Server) -> None:
    lounge = Lounge.open(any_server)
    people = [lounge.person() for _ in range(10)]
    for number, person in enumerate(people):
        links = " ".join(f"https://media.example.org/{number}/{n}/{'x' * 1_000}.mp3" for n in range(9))
        assert person.post(f"/api/v1{lounge.path}/queue", json={"url": links}).status_code == 201

    def change_all(times: int) -> None:
        """Each new name of who added the links is told with the whole queue, some 190 kB."""
        for n, person in zip(range(times), cycle(people)):  # nobody may do so often
            assert person.post(f"/r/{lounge.slug}/name", data={"name": f"Charlie {n}"}).status_code in (200, 302)

    with Raw(any_server.url, receive_buffer=4_096) as deaf, lounge.bob() as bob:
        deaf.get(f"/api/v1{lounge.path}/events")
        change_all(60)  # what the kernel takes for itself, and the process to get going
        before = memory_of(any_server)
        change_all(130)
        last = str(lounge.snapshot()["version"])
        bob.wait_for(lambda event: event.id == last)
        grown = memory_of(any_server) - before
        told = [event for event in bob.events if "prev" in event.data]
        # On a busy machine this takes more than the 20 s after which the kernel gives a deaf peer up.
        with suppress(ConnectionResetError):
            while f"id: {last}\n".encode() not in deaf.chunk():
                pass
        heard = [event for event in deaf.events() if "id" in event]
    assert len(told) == 191
    assert len(heard) < 110
    assert grown < sum(len(str(event.data)) for event in told[61:]) * 2 / 3  # as much was not taken


def threads_of(server: Server) -> int:
    return int(Path(f"/proc/{server.pid}/status").read_text().split("Threads:")[1].split()[0])


def descriptors_of(server: Server) -> int:
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


def test_two_hundred_streams_take_no_thread_and_give_their_descriptors_back(any_server: Server) -> None:
    lounge = Lounge.open(any_server)
    path = f"/api/v1{lounge.path}/events"
    with lounge.bob():
        lounge.add("https://media.example.org/a.mp3")
        threads, descriptors = threads_of(any_server), descriptors_of(any_server)
        with ExitStack() as stack:
            crowd = [stack.enter_context(Raw(any_server.url)) for _ in range(200)]
            for raw in crowd:
                raw.get(path)
                raw.read_until(b"event: snapshot")
            assert descriptors_of(any_server) >= 200
            lounge.add("https://media.example.org/b.mp3")
            for raw in crowd:
                raw.read_until(b"event: queue")
            assert threads_of(any_server) <= threads + 10  # what the pools may still take, however many listen
            for raw in crowd[::2]:
                raw.reset()
        lounge.add("https://media.example.org/c.mp3")
        deadline = time.monotonic() + 20
        while descriptors_of(any_server) > descriptors + 10 or lounge.snapshot()["people"]["listeners"] > 1:
            assert time.monotonic() < deadline, (descriptors, descriptors_of(any_server))
            time.sleep(0.1)
