"""Prometheus metrics of the streams, as ``/metrics`` shows them."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

LISTENERS = Gauge("musicrooms_listeners", "Streams that are open.", multiprocess_mode="livesum")
LIVE_ROOMS = Gauge("musicrooms_live_rooms", "Rooms with open streams.", multiprocess_mode="livesum")
SLOW = Gauge("musicrooms_slow_streams", "Streams whose peer does not read fast enough.", multiprocess_mode="livesum")
TASKS = Gauge("musicrooms_tasks", "Tasks of the event loop: one a stream, and some.", multiprocess_mode="livesum")
DELIVERIES = Counter("musicrooms_deliveries_total", "Events that were written to listeners.")
PUSH = Histogram(
    "musicrooms_push_seconds",
    "From the commit of a change until its event was handed over for the last listener.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RECONCILED = Counter(
    "musicrooms_reconciled_total", "Changes that the bus lost or delayed, and the comparison with the database found."
)
DROPPED = Counter("musicrooms_dropped_streams_total", "Streams that the server ended.", ["reason"])
REFUSED = Counter("musicrooms_refused_streams_total", "Streams that were refused.", ["limit"])
