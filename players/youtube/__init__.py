"""What YouTube says of a video or a playlist, asked without a key.

Both questions can take seconds: they are asked outside of any transaction.
"""

from players.youtube.feed import MAX_ENTRIES, PLAYLIST_FEED_URL, playlist
from players.youtube.fetch import TIMEOUT_S, Unavailable
from players.youtube.video import OEMBED_URL, Facts, look_up

__all__ = ["MAX_ENTRIES", "OEMBED_URL", "PLAYLIST_FEED_URL", "TIMEOUT_S", "Facts", "Unavailable", "look_up", "playlist"]
