"""Types of the fields in bodies, with their bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictFloat, StrictInt, StrictStr, StringConstraints

from players.timeline import MAX_POSITION_MS, RATES
from rooms.models.ids import LARGEST_ID

Id = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]
EntryIds = Annotated[list[Id], Field(min_length=1, max_length=10_000)]
PositionMs = Annotated[StrictInt, Field(ge=0, le=MAX_POSITION_MS)]
LengthMs = Annotated[StrictInt, Field(ge=1, le=MAX_POSITION_MS)]
ErrorCode = Annotated[StrictInt, Field(ge=-10_000, le=10_000)]
EntryText = Annotated[StrictStr, StringConstraints(max_length=1_000)]
PersonText = Annotated[StrictStr, StringConstraints(max_length=100)]
Rate = Annotated[StrictFloat, Field(ge=min(RATES), le=max(RATES), allow_inf_nan=False)]
