"""Ten thousand listeners say at the same moment that a track has ended."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from bench.laboratory.lab import COLUMNS, NONE, Finding, Lab
from bench.output.result import Bar, Row

HINTS = 10_000
OPENING = 200
"""So many connections are opened at once; all are open before the first hint is sent."""
ANSWERED_WITHIN_S = 400
TRACKS = ("a", "b", "c")
MOST_LOST = HINTS // 10
"""The kernel's loopback holds 1,000 packets at a time, and forgets what comes beyond that: whoever loses too many in a
row is hung up on."""


def hints(lab: Lab) -> Finding:
    """In a room of its own with one listener, the host, so that each hint alone could be believed."""
    host = lab.studio.host
    made = host.post("/rooms", json={"name": "Hints", "visibility": "public"}).json()
    token, path = made["host_token"], f"/rooms/{made['slug']}"
    own = {"Authorization": f"Bearer {token}"}
    ids = [
        host.post(f"{path}/queue", json={"url": f"https://media.example.org/{name}.mp3"}, headers=own).json()["id"]
        for name in TRACKS
    ]
    before = host.patch(f"{path}/player", json={"playing": True}, headers=own).json()
    where = urlsplit(lab.studio.server.url)
    request = _request(f"/api/v1{path}/player/hints", where.netloc, token, {"kind": "ended", "entry_id": ids[0]})
    with (
        host.stream("GET", f"{path}/events", headers=own, timeout=None) as stream,  # who does not listen has no voice
        ThreadPoolExecutor(1) as thread,  # the one that drives browsers has an event loop already
    ):
        next(stream.iter_lines())
        began = time.perf_counter()
        answers = thread.submit(asyncio.run, _send(str(where.hostname), int(where.port or 0), request)).result()
        took_s = time.perf_counter() - began
    after = host.get(f"{path}/player", headers=own).json()
    print(f"  answers: {dict(answers)} in {took_s:.1f} s", flush=True)
    row: Row = {"case": "hints", **dict.fromkeys(COLUMNS[1:], NONE), "seconds": round(took_s)}
    bars = [
        Bar("hints: tracks advanced, less the one", abs(ids.index(after["entry_id"]) - 1), 0),
        Bar("hints: versions of the room, less the one", abs(after["version"] - before["version"] - 1), 0),
        Bar("hints: lost before they were answered", HINTS - answers["202"], MOST_LOST),
    ]
    return Finding([row], bars)


def _request(target: str, host: str, token: str, body: dict[str, object]) -> bytes:
    text = json.dumps(body)
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(text)}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", text]).encode()


async def _send(host: str, port: int, request: bytes) -> Counter[str]:
    """Send the request over as many connections at once; the answers by their status."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    opening = asyncio.Semaphore(OPENING)
    are_open = asyncio.Barrier(HINTS)

    async def tell() -> str:
        async with opening:
            reader, writer = await asyncio.open_connection(host, port)
        try:
            await are_open.wait()
            writer.write(request)
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                return (await reader.read(12)).decode()[9:12]
        except (OSError, TimeoutError) as error:
            return type(error).__name__
        finally:
            writer.close()

    return Counter(await asyncio.gather(*(tell() for _ in range(HINTS))))
