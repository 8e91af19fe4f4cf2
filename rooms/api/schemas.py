"""What bodies of requests have in common."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, StrictStr, StringConstraints


class Body(Schema):
    """A request's body: a field that is not known is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid")


def _not_null(value: Any) -> Any:
    if value is None:
        raise ValueError("it may be left out, but it may not be null")
    return value


NotNull = BeforeValidator(_not_null)
"""For a field that may be left out, which is None here, where null would mean nothing."""

PersonId = Annotated[StrictStr, StringConstraints(max_length=100)]
"""What may be the id by which a room knows a person."""
