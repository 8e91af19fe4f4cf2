"""Health endpoints: liveness (``/healthz``), readiness (``/readyz``) and Prometheus metrics (``/metrics``)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

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

from musicrooms.serving.dependencies import PATIENCE_S, answering, single_flight
from musicrooms.serving.readiness import readiness
from players.models import YouTubeDay
from rooms.clock import now_ms
from rooms.core.client_address import client_address

PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")

UNITS_LEFT = ("musicrooms_youtube_units_left", "Units of YouTube's Data API that are left today.")

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class HealthProbes:
    """Outermost middleware, which answers probes before any other may refuse or redirect them.

    Probes use plain HTTP and IP addresses: they are neither redirected to https nor checked for their ``Host``.
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
    """Liveness: 200 while this process answers."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: 200 if a load balancer may route here, else 503; the state of each dependency is in the body.

    Without Redis the state is ``degraded``, with 200: events arrive late, but without any ready process none would.
    """
    readiness.note_question()
    parts = {name: "ok" if answers else "away" for name, answers in answering().items()}
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
    """Prometheus metrics, summed over all workers. Http404 unless the request is the operator's."""
    if not _is_operators(request):
        raise Http404
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry) + _of_youtube(), content_type=CONTENT_TYPE_LATEST)


def _of_youtube() -> bytes:
    """The gauge UNITS_LEFT, from the database; empty without an API key, and while the database is unreachable."""
    if not settings.YOUTUBE_API_KEY:
        return b""
    try:
        left = single_flight("units", _units_left).result(PATIENCE_S)
    except Exception:  # noqa: BLE001  # the other metrics are exported without it
        return b""
    registry = CollectorRegistry()
    registry.register(_OneSample(GaugeMetricFamily(*UNITS_LEFT, value=left)))
    return generate_latest(registry)


class _OneSample(Collector):
    """Collector of an installation-wide metric: in multiprocess mode a Gauge has one sample per process."""

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
    """Whether the request comes from a network in METRICS_FROM, or directly (not by a proxy) from this machine."""
    peer = _peer(request)
    if peer is None or any(peer in network for network in settings.METRICS_FROM):
        return peer is not None
    if not peer.is_loopback or any(name in request.headers for name in PROXY_HEADERS):
        return False
    # DNS rebinding: another site's page may resolve its own name to this machine, but cannot send these hosts.
    domain, _port = split_domain_port(request.headers.get("Host", "localhost"))
    return validate_host(domain, [*LOOPBACK_HOSTS, *settings.ALLOWED_HOSTS])


def _peer(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """Address of the client's end of the connection; None for a Unix socket."""
    try:
        return ip_address(client_address(request.META.get("REMOTE_ADDR") or "", ""))
    except ValueError:
        return None
