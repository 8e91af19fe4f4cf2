"""What plays, and since when: tracks, the queue of a room, and its player."""

from players.models.cover import Cover
from players.models.entry import Entry, check_part
from players.models.library_track import LibraryScan, LibraryTrack
from players.models.listener_report import ListenerReport, ReportKind
from players.models.own_list import OwnEntry, OwnList
from players.models.played import Outcome, Played
from players.models.player import Player
from players.models.playlist import Playlist
from players.models.title_report import TitleReport
from players.models.track import Problem, Provider, Track
from players.models.youtube_day import YouTubeDay
from players.models.youtube_search import YouTubeSearch

__all__ = [
    "Cover",
    "Entry",
    "LibraryScan",
    "LibraryTrack",
    "ListenerReport",
    "Outcome",
    "OwnEntry",
    "OwnList",
    "Played",
    "Player",
    "Playlist",
    "Problem",
    "Provider",
    "ReportKind",
    "TitleReport",
    "Track",
    "YouTubeDay",
    "YouTubeSearch",
    "check_part",
]
