"""Name resolution with a bound on its time, which the system's resolver has not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread

from rooms.outgoing.budget import Unanswered

Resolve = Callable[[str, int, float], list[str]]
"""From host, port and the seconds that it may take to addresses."""

MOST_AT_ONCE = 8
"""Late ones that nobody waits for any more included: each has a thread, which its resolver's own timeouts end."""

MOST_ADDRESSES = 4
"""Of one name, in the resolver's order."""

_places = BoundedSemaphore(MOST_AT_ONCE)


def resolve(host: str, port: int, timeout_s: float) -> list[str]:
    """The first addresses of ``host``; Unanswered if there is none, or none in time."""
    if not _places.acquire(timeout=timeout_s):
        raise Unanswered(f"{MOST_AT_ONCE} names wait to be resolved, so {host} was not.")
    answer: Future[list[str]] = Future()
    Thread(target=_settle, args=(answer, host, port), name="resolver", daemon=True).start()
    try:
        return answer.result(timeout_s)[:MOST_ADDRESSES]
    except TimeoutError:
        raise Unanswered(f"{host} was not resolved in time.") from None
    except (OSError, UnicodeError) as error:
        raise Unanswered(f"{host} could not be resolved: {error}.") from None


def _settle(answer: Future[list[str]], host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answer.set_result(list(dict.fromkeys(str(one[4][0]) for one in found)))
    except BaseException as error:  # noqa: BLE001 - the waiting thread must hear of it
        answer.set_exception(error)
    finally:
        _places.release()
