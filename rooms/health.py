"""What probes and Prometheus ask: whether this process lives, whether it can work, and what it counted."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import redis
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

PATIENCE_S = 1.0
"""So long a part that this server needs may take to answer."""

_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"ok": True})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether everything that this process needs answers it, each part within a second."""
    asked = {name: _threads.submit(check) for name, check in _checks().items()}
    problems = {}
    for name, answer in asked.items():
        try:
            answer.result(PATIENCE_S)
        except Exception as error:  # noqa: BLE001  # whatever it is, that part is away
            problems[name] = f"{type(error).__name__}: {error}".strip(": ")
    told = {"ok": not problems, "parts": {name: problems.get(name, "ok") for name in asked}}
    return JsonResponse(told, status=503 if problems else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers of all processes that serve this socket, for Prometheus. Others than the operator find nothing."""
    if not _is_operators(request):
        raise Http404
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_operators(request: HttpRequest) -> bool:
    """Whether the request came straight from this machine, or from where METRICS_FROM says."""
    peer = ip_address(request.META.get("REMOTE_ADDR") or "::")
    if any(peer in network for network in settings.METRICS_FROM):
        return True
    return peer.is_loopback and not {"X-Forwarded-For", "Forwarded"} & set(request.headers)


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
