"""Authentication of API calls, by cookie with a CSRF token or by bearer token."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from rooms.core.caller import Caller, caller_of
from rooms.errors import Forbidden
from rooms.models import Scope

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class ApiRequest(HttpRequest):
    """A request that ``Identify`` has seen."""

    auth: Caller


class Identify(AuthBase):
    """Puts a ``Caller`` into ``request.auth``; an unidentified caller is one too, and each call decides.

    A caller whom the browser identified by its cookie shows the CSRF token with every change: without it any page of
    another site could act in the caller's name. A token is never sent by itself, so it needs no such proof. It needs
    one of ``scopes`` to change anything, and the scope “read” to read.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self._scopes = scopes

    def scopes(self, method: str) -> tuple[Scope, ...]:
        """The scopes of which a token needs one for calls by this method."""
        return (Scope.READ,) if method in SAFE_METHODS else self._scopes

    def __call__(self, request: HttpRequest) -> Caller:
        caller = caller_of(request)
        method = request.method or ""
        caller.check_scope(*self.scopes(method))
        if method in SAFE_METHODS or not caller.by_cookie:
            return caller
        _ = request.body  # kept from here on: the check would look for a form in it, and a stream is read once
        if check_csrf(request) is not None:
            raise Forbidden("The X-CSRFToken header is missing or not the one of the csrftoken cookie.")
        return caller
