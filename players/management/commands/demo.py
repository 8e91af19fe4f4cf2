"""``manage.py demo``: a room with music that comes with the code."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from players.links import Link, parse
from players.models import Track
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.models import AtEnd, Room, Visibility

ARTIST = "The Lamplight Trio"
PIECES = (
    ("last-light", "Last Light", 75_000),
    ("the-long-way-home", "The Long Way Home", 95_100),
    ("open-window", "Open Window", 110_900),
)
"""Name of the files below ``DEMO_ROOT``, title, and length in ms, without the samples that the encoder added."""

YOUTUBE_ID, YOUTUBE_LENGTH_MS = "dQw4w9WgXcQ", 213_000


class Command(BaseCommand):
    help = "Makes the room “Lounge” with three pieces of music and a YouTube link, playing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="only if there is no room yet")

    def handle(self, *args: Any, if_empty: bool, verbosity: int, **options: Any) -> None:
        if if_empty and Room.objects.exists():
            return
        with transaction.atomic():
            room, _owner = make_room("Lounge", Caller(), Visibility.PUBLIC)
            now = now_ms()
            with change(room, now) as lent:
                lent.set_rules(at_end=AtEnd.REPEAT)
                lent.queue.add(_links(), now, after=None, at_end=True, member=None)
                lent.player.play(now)
        if verbosity:
            self.stdout.write(f"Made the room “{room.name}” at {room.get_absolute_url()}.")


def _links() -> list[Link]:
    """Links to the pieces and to one video, with their facts already known, so that no provider has to be asked."""
    links = []
    for name, title, length_ms in PIECES:
        base = f"{settings.DEMO_URL}{name}"
        links.append(parse(f"{base}.mp3", own_media=True))
        _know(links[-1], title=title, artist=ARTIST, length_ms=length_ms, artwork_url=f"{base}.svg")
    links.append(parse(f"https://www.youtube.com/watch?v={YOUTUBE_ID}"))
    _know(
        links[-1],
        title="Never Gonna Give You Up",
        artist="Rick Astley",
        length_ms=YOUTUBE_LENGTH_MS,
        artwork_url=f"https://i.ytimg.com/vi/{YOUTUBE_ID}/hqdefault.jpg",
    )
    return [link for link in links if isinstance(link, Link)]


def _know(link: Any, **facts: Any) -> None:
    Track.objects.update_or_create(provider=link.provider, media_id=link.media_id, defaults=facts)
