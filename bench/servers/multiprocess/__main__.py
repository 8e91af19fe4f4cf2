"""The project on uvicorn's own supervisor, behind the project's listening socket.

Prints the port as soon as all of its workers serve.
"""

from __future__ import annotations

import sys

import django
from uvicorn import Config
from uvicorn.supervisors import Multiprocess

APPLICATION = "musicrooms.asgi:application"
START_S = 60


class Supervisor(Multiprocess):
    """Says that it serves once all of its workers do."""

    def init_processes(self) -> None:
        super().init_processes()
        if not all(process.wait_until_ready(START_S) for process in self.processes):
            raise SystemExit("Not all workers came to serve.")
        print(self.sockets[0].getsockname()[1], flush=True)


def main() -> None:
    django.setup()
    from musicrooms.serving.sockets import BACKLOG, listen
    from rooms.live import file_limit

    file_limit.raise_limit()  # its workers inherit it
    config = Config(
        APPLICATION,
        workers=int(sys.argv[1]),
        lifespan="off",
        backlog=BACKLOG,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        # So long a worker may take to start, and so long one that hangs is kept. With the 5 s that are the default no
        # new worker of a busy machine came to serve.
        timeout_worker_healthcheck=START_S,
    )
    Supervisor(config, [listen("127.0.0.1", 0)]).run()


if __name__ == "__main__":  # each worker imports this module as well
    main()
