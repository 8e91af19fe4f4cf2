"""Idempotency keys: a repeated POST with the ``Idempotency-Key`` of one that succeeded gets the stored response.

Refusals are not stored: they changed nothing, and their cause may be gone by the repeat. The body is encrypted with a
key derived from the Idempotency-Key, which only the caller knows, since it may contain a token.
"""

from __future__ import annotations

import hashlib
import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import is_valid_path
from django.utils import timezone

from rooms.clock import now_ms
from rooms.core import rate_limit
from rooms.core.caller import Caller
from rooms.core.client_address import address_of_request
from rooms.core.database_errors import is_away
from rooms.core.person import Person
from rooms.errors import Invalid, Refusal, Stale
from rooms.models import StoredAnswer

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)
ABANDONED_AFTER = timedelta(seconds=60)
"""Lock timeout: a first call without an answer by then never will have one, as its process died."""
LONGEST_KEY = 255
DATABASE_ERRORS = (DatabaseError, InterfaceError)


class Idempotency:
    """Middleware that stores the responses of POST calls below ``/api/`` and replays them.

    422 for a key that is too long or was used for another request, 409 while the first call is still running.
    """

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
            return self.get_response(request)  # the view refuses it
        stored, is_first = _get_or_create(_hash(_scope(request), request.path, key), request_hash)
        cipher = Fernet(urlsafe_b64encode(hashlib.sha256(f"{settings.SECRET_KEY}\0{key}".encode()).digest()))
        if not is_first:
            return _replay(stored, request_hash, cipher)
        scope, caller = _scope(request), Caller(address=address_of_request(request))
        try:
            rate_limit.check_answer(scope, caller, now_ms())
        except (Refusal, *DATABASE_ERRORS):  # nothing was done, so that the repeat is a first call again
            _forget(stored)
            raise
        response, kept_kib = self.get_response(request), 0
        if not 200 <= response.status_code < 300:
            _forget(stored)
        else:
            stored.status = response.status_code
            stored.content_type = response.get("Content-Type", "")
            stored.sealed_body = cipher.encrypt(response.content)
            kept_kib = len(stored.sealed_body) // 1_024 + 1
            _keep(stored)
        _count(scope, caller, kept_kib)
        return response


_undeleted: set[str] = set()
"""Hashes of keys whose call failed, and whose record could not be deleted in an outage of the database."""


def _forget(stored: StoredAnswer) -> None:
    """Delete the record of a call that was refused or failed, so that it may be repeated."""
    try:
        stored.delete()
    except DATABASE_ERRORS as error:
        if not is_away(error):
            raise
        _undeleted.add(stored.key_hash)


def _keep(stored: StoredAnswer) -> None:
    """Store the answer. If the database is unreachable by now, it is still sent: the call's effect is committed."""
    answer = {"status": stored.status, "content_type": stored.content_type, "sealed_body": stored.sealed_body}
    try:
        # Never made anew: it was given up if the call took longer than any, and its key may be a repeat's by now.
        StoredAnswer.objects.filter(pk=stored.pk).update(**answer)
    except DATABASE_ERRORS as error:
        if not is_away(error):
            raise
        logger.warning("An answer could not be kept for repeats of its call: %s", " ".join(str(error).split()))


def _count(scope: str, caller: Caller, kept_kib: int) -> None:
    """Count what was kept. In an outage it stays counted as the most that it could be."""
    try:
        rate_limit.forget_answer(scope, caller, kept_kib)
    except DATABASE_ERRORS as error:
        if not is_away(error):
            raise


def _get_or_create(key_hash: str, request_hash: str) -> tuple[StoredAnswer, bool]:
    """The record of a key, and whether it is new; raises Stale while another call creates or deletes it."""
    now = timezone.now()
    StoredAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    unanswered = StoredAnswer.objects.filter(key_hash=key_hash, status=None)
    if key_hash in _undeleted:
        unanswered.delete()
        _undeleted.discard(key_hash)
    else:
        unanswered.filter(created_at__lt=now - ABANDONED_AFTER).delete()
    try:
        with transaction.atomic():
            return StoredAnswer.objects.create(key_hash=key_hash, request_hash=request_hash), True
    except IntegrityError:
        stored = StoredAnswer.objects.filter(key_hash=key_hash).first()
        if stored is None:  # its call failed just now
            raise _still_running() from None
        return stored, False


def _replay(stored: StoredAnswer, request_hash: str, cipher: Fernet) -> HttpResponse:
    if stored.request_hash != request_hash:
        raise Invalid("That Idempotency-Key was used for a different request; send a new key.")
    if stored.status is None:
        raise _still_running()
    try:
        body = cipher.decrypt(bytes(stored.sealed_body))
    except InvalidToken:  # of a former secret key
        raise Stale(
            "The first call with that Idempotency-Key succeeded, and its answer can no longer be read; send a new key "
            "to do it once more."
        ) from None
    response = HttpResponse(body, status=stored.status, headers={"Idempotent-Replay": "1"})
    response["Content-Type"] = stored.content_type
    return response


def _still_running() -> Stale:
    return Stale("The first call with that Idempotency-Key is still at work; ask again.", retry_after_s=1)


def _scope(request: HttpRequest) -> str:
    """Namespace of a key: the token, the person, or, for an unidentified caller, the client's address."""
    if header := request.headers.get("Authorization"):
        return header
    caller = Caller.by_browser(Person.of_cookies(request.COOKIES), request.user)
    return caller.key or address_of_request(request)


def _hash(*parts: str | bytes) -> str:
    """SHA-256 of length-prefixed parts, so that no other split gives the same."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode(errors="replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
