"""Errors of the contract: an HTTP status, a code, and a sentence for the caller."""

from __future__ import annotations


class Refusal(Exception):
    """A call that is refused. ``message`` is a sentence with the bad value and what is allowed."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, fields: dict[str, str] | None = None, retry_after_s: int | None = None):
        super().__init__(message)
        self.message = message
        self.fields = fields
        self.retry_after_s = retry_after_s

    def as_json(self) -> dict[str, object]:
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.fields:
            error["fields"] = self.fields
        return {"error": error}


class Unidentified(Refusal):
    status, code = 401, "unidentified"


class Forbidden(Refusal):
    status, code = 403, "forbidden"


class PasswordNeeded(Forbidden):
    code = "password_needed"


class WrongPassword(Forbidden):
    code = "wrong_password"


class Unknown(Refusal):
    status, code = 404, "unknown"


class SearchIsOff(Unknown):
    code = "search_is_off"


class Stale(Refusal):
    status, code = 409, "stale"


class TooLarge(Refusal):
    status, code = 413, "too-large"


class Invalid(Refusal):
    status, code = 422, "invalid"


class TooMany(Refusal):
    status, code = 429, "too-many"


class Unavailable(Refusal):
    status, code = 503, "unavailable"
