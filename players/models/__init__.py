"""What plays, and since when: tracks, the queue of a room, and its player."""

from players.models.player import Player
from players.models.playlist import Entry, Playlist
from players.models.track import Provider, Track
from players.models.voice import Voice, VoiceKind

__all__ = ["Entry", "Player", "Playlist", "Provider", "Track", "Voice", "VoiceKind"]
