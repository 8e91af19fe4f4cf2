"""What bodies of requests have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from django.utils.translation import gettext
from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StrictInt, StrictStr, StringConstraints

from rooms.errors import Invalid

LATEST_MS = 253_402_300_799_000
"""The end of the year 9999."""


class Body(Schema):
    """A request's body: a field that is not known is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid")


def _not_null(value: Any) -> Any:
    if value is None:
        raise ValueError("it may be left out, but it may not be null")
    return value


NotNull = BeforeValidator(_not_null)
"""For a field that may be left out, which is None here, where null would mean nothing."""

ExpiresAtMs = Annotated[Annotated[StrictInt, Field(ge=1, le=LATEST_MS)] | None, Field(description="Null for no end.")]
"""When something ends by itself."""


def expiry(expires_at_ms: int | None, now_ms: int) -> datetime | None:
    """``expires_at_ms`` as an instant; raises Invalid if that has passed."""
    if expires_at_ms is None:
        return None
    if expires_at_ms <= now_ms:
        message = gettext("expires_at_ms %(value)s has passed; the server's clock says %(now)s.")
        message %= {"value": expires_at_ms, "now": now_ms}
        raise Invalid(message, fields={"expires_at_ms": message})
    return datetime.fromtimestamp(expires_at_ms / 1000, UTC)


PersonId = Annotated[StrictStr, StringConstraints(max_length=100)]
"""What may be the id by which a room knows a person."""
