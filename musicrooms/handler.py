"""Django's ASGI handler, for a project whose views and middleware are all synchronous."""

from __future__ import annotations

from typing import IO, Any, cast

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from musicrooms.middleware.health_probes import PROBES
from rooms.core.one_at_a_time import OneAtATime

_requests = OneAtATime("request")
_probes = OneAtATime("probe")
"""Threads of their own: a probe is answered whatever all the others wait for."""


class OneHopHandler(ASGIHandler):
    """Does all of a request, from its first signal to its last, in one visit to a lasting thread.

    Django's own starts a thread for each request, visits it six times, and has a task wait for the caller to hang up:
    together they cost more than the view. A view that has begun cannot be stopped, so hanging up is not watched for.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def handle(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        threads = _probes if scope["path"] in PROBES else _requests
        response = await threads.run(self._respond, scope, body)
        try:
            await self.send_response(response, send)
        finally:
            if response.streaming:
                await threads.run(response.close)

    def _respond(self, scope: dict[str, Any], body: IO[bytes]) -> HttpResponseBase:
        with body:
            set_script_prefix(get_script_prefix(scope))
            signals.request_started.send(sender=self.__class__, scope=scope)
            request, refusal = self.create_request(scope, body)
            response = refusal or self.get_response(cast(HttpRequest, request))
        # It holds all that will be sent, and closing it ends the request: its signal gives the connection back.
        if not response.streaming:
            response.close()
        return response
