"""The operator's pages about what plays: they extend those about rooms."""

from players.admin.library import LibraryTrackAdmin
from players.admin.played import PlayedAdmin
from players.admin.queue import EntryAdmin
from players.admin.room import PlayingRoomAdmin
from players.admin.track import TrackAdmin
from players.admin.youtube import YouTubeDayAdmin

__all__ = ["EntryAdmin", "LibraryTrackAdmin", "PlayedAdmin", "PlayingRoomAdmin", "TrackAdmin", "YouTubeDayAdmin"]
