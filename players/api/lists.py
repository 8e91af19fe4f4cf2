"""An account's own lists by REST."""

from __future__ import annotations

from typing import Annotated, Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext
from ninja import Router, Status
from pydantic import ConfigDict, Field, PlainValidator, StrictInt, StrictStr, StringConstraints, WithJsonSchema

from players.adding import add_links, look_ups
from players.library import access as library_access
from players.models import OwnEntry, OwnList
from players.models.own_list import link_of
from rooms.api import examples
from rooms.api.authentication import ApiRequest, Identify
from rooms.api.openapi import CHANGING, answers
from rooms.api.schemas import Body, NotNull
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.change import change, current
from rooms.core.find_room import open_room
from rooms.errors import Invalid, Unidentified, Unknown
from rooms.models import Scope
from rooms.models.ids import LARGEST_ID
from rooms.shapes.playlists import AddedToPlaylistJson, PlaylistJson, PlaylistListJson, WholePlaylistJson
from rooms.shapes.queue import AddedListJson, RefusedJson

router = Router(tags=["lists"], auth=Identify(Scope.QUEUE))

FAVOURITES = "favourites"
"""Stands for the id of the account's favourites, which are made with the first of them."""

REFUSALS = (401, 403, 404, 413, 429)

Name = Annotated[StrictStr, StringConstraints(max_length=1_000)]


class NewPlaylist(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"name": "Late night", "from_room": "lounge"}})

    name: Name
    from_room: Annotated[
        StrictStr | None, NotNull, Field(description="The slug of the room whose queue it starts with.")
    ] = None


class PlaylistChange(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"name": "Late night"}})

    name: Annotated[Name | None, NotNull] = None


class NewPlaylistEntry(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"url": "https://media.example.org/night-train.mp3"}})

    url: Annotated[
        Annotated[StrictStr, StringConstraints(max_length=100_000)] | None,
        NotNull,
        Field(description="A link, several, a YouTube playlist, or any text that holds such links."),
    ] = None
    from_room: Annotated[
        StrictStr | None, NotNull, Field(description="In its place: the slug of the room whose `entries` are added.")
    ] = None
    entries: Annotated[
        list[Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]] | None, NotNull, Field(min_length=1, max_length=10_000)
    ] = None


def _list_id(given: object) -> object:
    if given == FAVOURITES or (type(given) is int and 1 <= given <= LARGEST_ID):
        return given
    raise ValueError(f"it is the number of a list, or “{FAVOURITES}”")


class Loading(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"playlist_id": 3}})

    playlist_id: Annotated[
        int | str,
        PlainValidator(_list_id),
        WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "const": FAVOURITES}]}),
    ]


@router.get("/playlists", openapi_extra=answers(200, PlaylistListJson, examples.PLAYLISTS, refusals=(401,)))
def list_playlists(request: ApiRequest) -> dict[str, Any]:
    """The account's lists, favourites first, then those that changed last."""
    found = OwnList.objects.filter(owner__pk=_account(request).pk).annotate(length=Count("entries"))
    items = [own.as_json(own.length) for own in found.order_by("-is_favourites", "-changed_at", "-pk")]
    return {"items": items, "next": None}


@router.post(
    "/playlists",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, WholePlaylistJson, examples.PLAYLIST, refusals=REFUSALS),
)
def make_playlist(request: ApiRequest, body: NewPlaylist) -> Status[WholePlaylistJson]:
    """Make a list, empty or from the queue of a room."""
    account, links = _account(request), []
    if body.from_room is not None:
        room = current(open_room(body.from_room, request.auth), now_ms())
        links = [link_of(entry) for entry in room.queue.listed()]
    with transaction.atomic():
        own = OwnList.make(account, body.name)
        own.add(links)
    return Status(201, _whole(own))


@router.get(
    "/playlists/{playlist_id}",
    openapi_extra=answers(200, WholePlaylistJson, examples.PLAYLIST, refusals=(401, 404)),
)
def read_playlist(request: ApiRequest, playlist_id: str) -> WholePlaylistJson:
    """A list with its entries. `favourites` stands for the id of the favourites, once there are some."""
    return _whole(_own(request, playlist_id))


@router.patch(
    "/playlists/{playlist_id}", openapi_extra=answers(200, PlaylistJson, examples.LISTED_PLAYLIST, refusals=REFUSALS)
)
def change_playlist(request: ApiRequest, playlist_id: str, body: PlaylistChange) -> PlaylistJson:
    """Rename a list."""
    own = _own(request, playlist_id)
    if body.name is not None:
        own.rename(body.name)
    return own.as_json(own.entries.count())


@router.delete("/playlists/{playlist_id}", response={204: None}, openapi_extra=answers(204, None, refusals=REFUSALS))
def delete_playlist(request: ApiRequest, playlist_id: str) -> Status[None]:
    """Delete a list; rooms keep what was loaded from it."""
    _own(request, playlist_id).remove()
    return Status(204, None)


@router.post(
    "/playlists/{playlist_id}/entries",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, AddedToPlaylistJson, examples.ADDED_TO_PLAYLIST, refusals=REFUSALS),
)
def add_to_playlist(request: ApiRequest, playlist_id: str, body: NewPlaylistEntry) -> Status[dict[str, Any]]:
    """Add what a text holds, or entries of a room's queue, to the end of a list; to `favourites`, what is none yet."""
    account = _account(request)
    own = None if playlist_id == FAVOURITES else _own(request, playlist_id)
    pasted = _pasted(request, body)
    links = library_access.allowed(pasted.links, request.auth, pasted.refused)
    with transaction.atomic():
        own = own or OwnList.favourites(account)
        entries = own.add(links)
        look_ups.follow_up_on_commit(entry.track for entry in entries)
    told = [entry.as_json() for entry in entries]
    return Status(201, {"items": told, "refused": pasted.refused, "next": None})


@router.delete(
    "/playlists/{playlist_id}/entries/{entry_id}",
    response={204: None},
    openapi_extra=answers(204, None, refusals=REFUSALS),
)
def remove_from_playlist(request: ApiRequest, playlist_id: str, entry_id: int) -> Status[None]:
    """Remove an entry of a list."""
    own = _own(request, playlist_id)
    if not 0 < entry_id <= LARGEST_ID or not own.take_out(entry_id):
        raise Unknown(gettext("There is no entry %(entry)s in “%(list)s”.") % {"entry": entry_id, "list": own.name})
    return Status(204, None)


@router.post(
    "/rooms/{slug}/queue/load",
    response={201: dict[str, Any]},
    openapi_extra=answers(201, AddedListJson, examples.ADDED, refusals=CHANGING),
)
def load(request: ApiRequest, slug: str, body: Loading) -> Status[dict[str, Any]]:
    """Add all of a list of one's own to the end of a room's queue."""
    room, caller, now = open_room(slug, request.auth), request.auth, now_ms()
    own = _own(request, str(body.playlist_id))
    caller.place_in(room).check_may(Action.ADD)
    links = [link_of(entry) for entry in own.listed()]
    refused: list[RefusedJson] = []
    with change(room, now, by=caller) as lent:
        caller.place_in(lent).check_may(Action.ADD)
        entries = []
        if links:
            entries = add_links.add(lent, links, now, after=None, at_end=True, caller=caller, refused=refused)
    told = [entry.as_json() for entry in entries]
    return Status(201, {"items": told, "refused": refused, "next": None, "version": lent.version})


def _pasted(request: ApiRequest, body: NewPlaylistEntry) -> add_links.Pasted:
    if (body.url is None) == (body.from_room is None) or (body.from_room is None) != (body.entries is None):
        raise Invalid(gettext("Allowed is either a url, or from_room with entries."))
    if body.url is not None:
        return add_links.read(body.url, site=request.get_host())
    room, wanted = current(open_room(body.from_room or "", request.auth), now_ms()), set(body.entries or ())
    found = [entry for entry in room.queue.listed() if entry.pk in wanted]
    if gone := wanted - {entry.pk for entry in found}:
        message = gettext("There is no entry %(entry)s in the queue of “%(room)s”.")
        raise Unknown(message % {"entry": min(gone), "room": room.slug})
    return add_links.Pasted([link_of(entry) for entry in found], [], is_one=False)


def _account(request: ApiRequest) -> AbstractBaseUser:
    """The caller's account; raises Unidentified for who has none."""
    if not request.auth.has_account:
        raise Unidentified(gettext("Lists belong to accounts: sign in first."))
    return cast(AbstractBaseUser, request.auth.user)


def _own(request: ApiRequest, playlist_id: str) -> OwnList:
    """The account's list of that id; raises Unknown for others' as for none."""
    mine = OwnList.objects.filter(owner__pk=_account(request).pk)
    found = None
    if playlist_id == FAVOURITES:
        found = mine.filter(is_favourites=True).first()
    elif playlist_id.isascii() and playlist_id.isdigit() and 0 < int(playlist_id[:20]) <= LARGEST_ID:
        found = mine.filter(pk=int(playlist_id[:20])).first()
    if found is None:
        raise Unknown(gettext("You have no list “%(list)s”.") % {"list": playlist_id[:40]})
    return found


def _whole(own: OwnList) -> WholePlaylistJson:
    entries: list[OwnEntry] = own.listed()
    return {**own.as_json(len(entries)), "entries": [entry.as_json() for entry in entries]}
