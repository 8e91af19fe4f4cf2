"""Repeats: a POST with an ``Idempotency-Key`` that was answered before is answered the same again.

The answer is stored sealed with the key that only its caller knows, since it may hold a token.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from rooms.addresses import address_of_request
from rooms.callers import Caller, Person
from rooms.errors import Invalid, Refusal, Stale
from rooms.models import Receipt

KEPT_FOR = timedelta(hours=24)
ABANDONED_AFTER = timedelta(seconds=60)
"""A first call that has not answered by then never will: its process died."""
LONGEST_KEY = 255


class Receipts:
    """Middleware that keeps the receipts of the API's POST calls."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method != "POST" or not request.path.startswith("/api/"):
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
        response = None
        try:
            response = self.get_response(request)
        finally:
            if response is None or response.status_code >= 500:
                receipt.delete()
        if response.status_code < 500:
            receipt.status = response.status_code
            receipt.sealed_body = seal.encrypt(response.content)
            receipt.save()
        return response


def _receipt(key_hash: str, request_hash: str) -> tuple[Receipt, bool]:
    """The receipt of that key, and whether it is new."""
    now = timezone.now()
    Receipt.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    Receipt.objects.filter(key_hash=key_hash, status=None, created_at__lt=now - ABANDONED_AFTER).delete()
    try:
        with transaction.atomic():
            return Receipt.objects.create(key_hash=key_hash, request_hash=request_hash), True
    except IntegrityError:
        return Receipt.objects.get(key_hash=key_hash), False


def _repeat(receipt: Receipt, request_hash: str, seal: Fernet) -> HttpResponse:
    if receipt.request_hash != request_hash:
        raise Invalid("That Idempotency-Key was used for a different request; send a new key.")
    if receipt.status is None:
        raise Stale("The first call with that Idempotency-Key is still at work; ask again.", retry_after_s=1)
    body = seal.decrypt(bytes(receipt.sealed_body))
    return HttpResponse(
        body, status=receipt.status, content_type="application/json; charset=utf-8", headers={"Idempotent-Replay": "1"}
    )


def _scope(request: HttpRequest) -> str:
    """Whose key it is: the token's, the person's, or, for a caller whom nobody knows, the address'."""
    if header := request.headers.get("Authorization"):
        return header
    caller = Caller(person=Person.of_cookies(request.COOKIES), user=request.user)
    return caller.key or address_of_request(request)


def _hash(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode(errors="replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
