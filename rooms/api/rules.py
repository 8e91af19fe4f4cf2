"""Rules of a room in bodies of requests."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictFloat, StrictInt

from rooms.api.schemas import Body, NotNull
from rooms.models.rules import BOUNDS, PRESETS
from rooms.shapes.words import AtEndWord, OrderWord, PresetWord, RoleWord, WhenEmptyWord, WithoutHostWord

Preset = Annotated[
    PresetWord | None, NotNull, Field(description="Sets all rules at once; rules that are given as well go before.")
]


LeastRole = Annotated[RoleWord | None, NotNull]


def _may(deed: str) -> Any:
    return Field(description=f"The least role that may {deed}.")


def _within(name: str) -> Any:
    least, most = BOUNDS[name]
    return Field(ge=least, le=most)


class Rules(Body):
    """Those that are given are set; a number that is null is no limit."""

    model_config = ConfigDict(json_schema_extra={"example": {"control": "host", "add": "member", "slow_mode_s": 10}})

    control: Annotated[LeastRole, _may("play, pause, seek and jump")] = None
    skip: Annotated[LeastRole, _may("skip")] = None
    add: Annotated[LeastRole, _may("add links")] = None
    reorder: Annotated[LeastRole, _may("move and trim entries, and remove what others added")] = None
    vote: Annotated[LeastRole, _may("vote")] = None
    chat: Annotated[LeastRole, _may("write in the chat")] = None
    react: Annotated[LeastRole, _may("react")] = None
    invite: Annotated[LeastRole, _may("hand out invitations")] = None
    moderate: Annotated[LeastRole, _may("mute and remove people")] = None
    order: Annotated[OrderWord | None, NotNull, Field(description="In which order the queue plays.")] = None
    at_end: Annotated[AtEndWord | None, NotNull, Field(description="What happens after the last track.")] = None
    when_empty: Annotated[WhenEmptyWord | None, NotNull, Field(description="What happens when nobody listens.")] = None
    without_host: Annotated[
        WithoutHostWord | None, NotNull, Field(description="Who takes over while no host is here.")
    ] = None
    skip_share: Annotated[
        StrictFloat | None,
        NotNull,
        _within("skip_share"),
        Field(description="Of those who hear an entry, the share whose voices skip it."),
    ] = None
    max_entries_a_person: Annotated[StrictInt | None, _within("max_entries_a_person")] = None
    max_length_ms: Annotated[StrictInt | None, _within("max_length_ms")] = None
    no_repeat_within: Annotated[
        StrictInt | None,
        _within("no_repeat_within"),
        Field(description="Tracks that play before the same one may come again."),
    ] = None
    slow_mode_s: Annotated[
        StrictInt | None, _within("slow_mode_s"), Field(description="Between two chat messages of one person.")
    ] = None

    autofill_from: Annotated[
        StrictInt | None,
        _within("autofill_from"),
        Field(description="A list of the room's owner that it goes on with; null for what played here before."),
    ] = None

    def changes(self, preset: PresetWord | None) -> dict[str, Any]:
        """The rules of ``preset`` and over them these, as far as they were given."""
        return {**(PRESETS[preset] if preset else {}), **self.model_dump(exclude_unset=True)}
