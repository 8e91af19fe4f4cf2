"""What probes and Prometheus ask: whether this process lives, whether it can work, and what it counted."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, TypeVar

import redis
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port, validate_host
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from musicrooms.serving.readiness import readiness
from players.models import YouTubeDay
from rooms.clock import now_ms
from rooms.core.client_address import client_address

logger = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S = 1.0
"""So long a part that this server needs may take to answer."""

MARKS_OF_A_PROXY = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")

UNITS_LEFT = ("musicrooms_youtube_units_left", "Units of YouTube's Data API that are left today.")

NAMES_OF_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")

_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health")
_asking = threading.Lock()
_asked: dict[str, Future[Any]] = {}
_away: set[str] = set()


class HealthProbes:
    """Middleware that answers them before any other has a look.

    They ask by plain HTTP and by address, so that they are neither sent to https nor refused for their ``Host``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = PROBES.get(request.path_info)
        if view is None:
            return self.get_response(request)
        response = view(request)
        response["Content-Length"] = str(len(response.content))
        return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether a load balancer may send requests here.

    Without Redis rooms go on, only later; that is told, but taking every process out for it would end them.
    """
    readiness.note_question()
    asked = {name: _ask(name, check) for name, check in _checks().items()}
    parts = {name: "ok" if _answers(name, answer) else "away" for name, answer in asked.items()}
    state = _state(parts)
    is_ready = state in ("ready", "degraded")
    return JsonResponse({"ok": is_ready, "state": state, "parts": parts}, status=200 if is_ready else 503)


def _state(parts: dict[str, str]) -> str:
    if readiness.is_stopping:
        return "stopping"
    if parts["database"] == "away":
        return "away"
    return "degraded" if "away" in parts.values() else "ready"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers of all processes that serve this socket, for Prometheus. Others than the operator find nothing."""
    if not _is_operators(request):
        raise Http404
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry) + _of_youtube(), content_type=CONTENT_TYPE_LATEST)


def _of_youtube() -> bytes:
    """What is left of the day's units of YouTube's API, which the database counts; nothing while it is away."""
    if not settings.YOUTUBE_API_KEY:
        return b""
    try:
        left = _ask("units", _units_left).result(PATIENCE_S)
    except Exception:  # noqa: BLE001  # the other numbers are told all the same
        return b""
    registry = CollectorRegistry()
    registry.register(_Told(GaugeMetricFamily(*UNITS_LEFT, value=left)))
    return generate_latest(registry)


class _Told(Collector):
    """A number that is the same whichever process is asked: a Gauge would be told once for each of them."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def collect(self) -> Iterable[Metric]:
        return [self._metric]


def _units_left() -> int:
    try:
        return YouTubeDay.left_at(now_ms())
    finally:
        connection.close()


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}


def _is_operators(request: HttpRequest) -> bool:
    """Whether the request came straight from this machine, or from where METRICS_FROM says."""
    peer = _peer(request)
    if peer is None or any(peer in network for network in settings.METRICS_FROM):
        return peer is not None
    if not peer.is_loopback or any(name in request.headers for name in MARKS_OF_A_PROXY):
        return False
    # A page of another site can have its own name lead a browser here, but not take one of these.
    domain, _port = split_domain_port(request.headers.get("Host", "localhost"))
    return validate_host(domain, [*NAMES_OF_THIS_MACHINE, *settings.ALLOWED_HOSTS])


def _peer(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """Who sits at the other end; None for a socket without addresses."""
    try:
        return ip_address(client_address(request.META.get("REMOTE_ADDR") or "", ""))
    except ValueError:
        return None


def _ask(name: str, check: Callable[[], T]) -> Future[T]:
    """Ask a part, unless it has not answered the last time yet: one that hangs holds one thread."""
    with _asking:
        if name not in _asked or _asked[name].done():
            _asked[name] = _threads.submit(check)
        return _asked[name]


def answers_redis() -> bool:
    """Whether Redis answers within a second; the log is told when it no longer does."""
    return _answers("redis", _ask("redis", _ask_redis))


def _answers(name: str, answer: Future[None]) -> bool:
    try:
        answer.result(PATIENCE_S)
    except Exception as error:  # noqa: BLE001  # whatever it is, that part is away
        if name not in _away:
            _away.add(name)
            reason = " ".join(str(error).split()) or f"nothing within {PATIENCE_S:g} s"
            state = "Degraded" if name == "redis" else "Not ready"
            logger.warning("%s, since the %s does not answer: %s", state, name, reason)
        return False
    _away.discard(name)
    return True


def _checks() -> dict[str, Callable[[], None]]:
    return {"database": _ask_database} | ({"redis": _ask_redis} if settings.REDIS_URL else {})


def _ask_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def _ask_redis() -> None:
    for url in settings.REDIS_URL.split(","):
        with redis.Redis.from_url(url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S) as client:
            client.ping()
