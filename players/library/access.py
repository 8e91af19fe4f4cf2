"""Who may look into the library, and what of it may be added to a queue."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from players.links import Link
from players.models import LibraryTrack, Played, Provider
from rooms.core.access import Audience
from rooms.core.caller import Caller
from rooms.errors import Forbidden, Invalid, Refusal, Unidentified, Unknown
from rooms.models import Room
from rooms.shapes.queue import RefusedJson

_FOR = {
    Audience.ACCOUNTS: gettext_noop("The library of this server is for people with an account; sign in first."),
    Audience.HOSTS: gettext_noop("The library of this server is for people who host a room here."),
}


class LibraryOff(Unknown):
    code = "library_is_off"


def is_on() -> bool:
    """Whether the operator named a folder of music."""
    return settings.MUSIC_DIR is not None


def root() -> Path:
    """The folder of music; raises LibraryOff if none was named."""
    if settings.MUSIC_DIR is None:
        raise LibraryOff(gettext("This server has no library of music: MUSIC_DIR is not set."))
    return Path(settings.MUSIC_DIR)


def may_see(caller: Caller) -> bool:
    """Whether there is a library and ``caller`` may look into it."""
    return is_on() and caller.is_in_audience(settings.MUSIC_FOR)


def check_may_see(caller: Caller) -> None:
    """Raise LibraryOff, Unidentified or Forbidden unless ``caller`` may look into the library."""
    root()
    if not caller.is_in_audience(settings.MUSIC_FOR):
        message = gettext(_FOR[Audience(settings.MUSIC_FOR)])
        raise Forbidden(message) if caller.is_identified else Unidentified(message)


def allowed(
    links: list[Link], caller: Caller, refused: list[RefusedJson] | None = None, room: Room | None = None
) -> list[Link]:
    """Those of ``links`` that ``caller`` may add: of the library what is there, if they may look into it.

    What ``room`` has played may be added there once more by everybody. The others go to ``refused``; raises the first
    reason if none is left.
    """
    own = [link.media_id for link in links if link.provider == Provider.LIBRARY]
    if not own:
        return links
    try:
        check_may_see(caller)
    except Refusal as refusal:
        unheard = set(own) - (_heard_in(room, own) if room is not None and is_on() else set())
        if unheard:
            links = _without(links, unheard, refusal, refused)
    known = LibraryTrack.known(own)
    away = {one for one in own if one not in known or known[one].gone_at or known[one].problem}
    if not away:
        return links
    message = gettext("There is no track %(id)s in the library of this server, or it is gone.")
    return _without(links, away, Invalid(message % {"id": min(away, key=int)}), refused)


def _heard_in(room: Room, media_ids: list[str]) -> set[str]:
    """Those of the library's tracks that played in the room."""
    played = Played.objects.filter(room=room, track__provider=Provider.LIBRARY, track__media_id__in=media_ids)
    return set(played.values_list("track__media_id", flat=True))


def _without(links: list[Link], ids: set[str], refusal: Refusal, refused: list[RefusedJson] | None) -> list[Link]:
    left = [link for link in links if link.provider != Provider.LIBRARY or link.media_id not in ids]
    if not left:
        raise refusal
    if refused is not None:
        taken_out = (link for link in links if link.provider == Provider.LIBRARY and link.media_id in ids)
        refused += [{"text": link.url, "reason": refusal.message} for link in taken_out]
    return left
