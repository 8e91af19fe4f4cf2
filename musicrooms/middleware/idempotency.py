"""Repeats: a POST with an ``Idempotency-Key`` that succeeded before is answered the same again.

A refusal is not kept: it changed nothing, and what it was refused for may be otherwise by the time of the repeat. The
answer is stored sealed with the key that only its caller knows, since it may hold a token.
"""

from __future__ import annotations

import hashlib
import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import is_valid_path
from django.utils import timezone

from rooms.core.caller import Caller
from rooms.core.client_address import address_of_request
from rooms.core.database_errors import is_away
from rooms.core.person import Person
from rooms.errors import Invalid, Refusal, Stale
from rooms.models import StoredAnswer

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)
ABANDONED_AFTER = timedelta(seconds=60)
"""A first call that has not answered by then never will: its process died."""
LONGEST_KEY = 255
DATABASE_ERRORS = (DatabaseError, InterfaceError)


class Idempotency:
    """Middleware that keeps the receipts of the API's POST calls."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        is_kept = key and request.method == "POST" and request.path.startswith("/api/")
        if not is_kept or not is_valid_path(request.path_info):
            return self.get_response(request)
        try:
            return self._answer(request, key)
        except Refusal as refusal:
            headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s is not None else {}
            return JsonResponse(refusal.as_json(), status=refusal.status, headers=headers)

    def _answer(self, request: HttpRequest, key: str) -> HttpResponse:
        if len(key) > LONGEST_KEY:
            raise Invalid(f"An Idempotency-Key has at most {LONGEST_KEY} characters, this one has {len(key)}.")
        try:
            request_hash = _hash(request.path, request.body)
        except RequestDataTooBig:
            return self.get_response(request)  # the call itself refuses it
        receipt, is_first = _receipt(_hash(_scope(request), request.path, key), request_hash)
        seal = Fernet(urlsafe_b64encode(hashlib.sha256(f"{settings.SECRET_KEY}\0{key}".encode()).digest()))
        if not is_first:
            return _repeat(receipt, request_hash, seal)
        response = self.get_response(request)
        if not 200 <= response.status_code < 300:
            _forget(receipt)
        else:
            receipt.status = response.status_code
            receipt.content_type = response.get("Content-Type", "")
            receipt.sealed_body = seal.encrypt(response.content)
            _keep(receipt)
        return response


_unforgotten: set[str] = set()
"""Hashes of keys whose call failed while the database could not be told."""


def _forget(receipt: StoredAnswer) -> None:
    """Let a call that was refused, or failed, be made again."""
    try:
        receipt.delete()
    except DATABASE_ERRORS as error:
        if not is_away(error):
            raise
        _unforgotten.add(receipt.key_hash)


def _keep(receipt: StoredAnswer) -> None:
    """Keep what was answered. If the database is away by now, the answer stands: what the call did is done."""
    try:
        receipt.save()
    except DATABASE_ERRORS as error:
        if not is_away(error):
            raise
        logger.warning("An answer could not be kept for repeats of its call: %s", " ".join(str(error).split()))


def _receipt(key_hash: str, request_hash: str) -> tuple[StoredAnswer, bool]:
    """The receipt of that key, and whether it is new."""
    now = timezone.now()
    StoredAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    unanswered = StoredAnswer.objects.filter(key_hash=key_hash, status=None)
    if key_hash in _unforgotten:
        unanswered.delete()
        _unforgotten.discard(key_hash)
    else:
        unanswered.filter(created_at__lt=now - ABANDONED_AFTER).delete()
    try:
        with transaction.atomic():
            return StoredAnswer.objects.create(key_hash=key_hash, request_hash=request_hash), True
    except IntegrityError:
        receipt = StoredAnswer.objects.filter(key_hash=key_hash).first()
        if receipt is None:  # its call failed just now
            raise _at_work() from None
        return receipt, False


def _repeat(receipt: StoredAnswer, request_hash: str, seal: Fernet) -> HttpResponse:
    if receipt.request_hash != request_hash:
        raise Invalid("That Idempotency-Key was used for a different request; send a new key.")
    if receipt.status is None:
        raise _at_work()
    body = seal.decrypt(bytes(receipt.sealed_body))
    response = HttpResponse(body, status=receipt.status, headers={"Idempotent-Replay": "1"})
    response["Content-Type"] = receipt.content_type
    return response


def _at_work() -> Stale:
    return Stale("The first call with that Idempotency-Key is still at work; ask again.", retry_after_s=1)


def _scope(request: HttpRequest) -> str:
    """Whose key it is: the token's, the person's, or, for an unidentified caller, the address'."""
    if header := request.headers.get("Authorization"):
        return header
    caller = Caller.by_browser(Person.of_cookies(request.COOKIES), request.user)
    return caller.key or address_of_request(request)


def _hash(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode(errors="replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
