"""Django's ASGI handler, for a project whose views and middleware are all synchronous."""

from __future__ import annotations

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneHopHandler(ASGIHandler):
    """Runs middleware and view together in one visit to the request's thread.

    Django's own enters the event loop again between synchronous middleware and a synchronous view, and hops back to
    the thread for it: three hops a request, which cost as much as the view itself.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


def application() -> OneHopHandler:
    """The handler, with Django set up."""
    django.setup(set_prefix=False)
    return OneHopHandler()
