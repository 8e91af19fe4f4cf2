"""Publishing by ``send_event``."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django_eventstream import send_event

from bench.servers.padding import padded
from rooms.clock import now_ms

_versions: defaultdict[str, itertools.count[int]] = defaultdict(lambda: itertools.count(1))


@csrf_exempt
def publish(request: HttpRequest, channel: str) -> JsonResponse:
    """Tell every listener of ``channel`` an event of ``bytes`` bytes."""
    version = next(_versions[channel])
    send_event(channel, "player", padded(version, json.loads(request.body)["bytes"]), json_encode=False)
    return JsonResponse({"version": version})


def server_time(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"server_now_ms": now_ms()})
