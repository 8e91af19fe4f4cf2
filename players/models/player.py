"""The playback state of a room, and the verbs a host would say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from players.models import follow, moves
from players.models.entry import Entry
from players.models.played import Outcome, Played, left
from players.timeline import LEAD_MS, MAX_POSITION_MS, RATES, TRACK_LEAD_MS, Timeline
from rooms.models import AtEnd, Room
from rooms.models.compiled_query import CompiledUpdate, Parameter
from rooms.shapes import PlayerJson

STATE = ("entry_id", "playing", "position_ms", "rate", "effective_at_ms", "ended", "began_at_ms")
"""The columns that verbs change."""

MOST_LEFT = 20
"""Of the tracks that a room passed while nobody looked, so many are told by its history."""


class Player(models.Model):
    """What plays in a room: which entry, where it was, and since when.

    Its verbs are called on a room that ``rooms.core.change.change`` lends; they only change this object, and ``change``
    saves and publishes the result. ``now_ms`` is the one instant of the whole operation.
    """

    room = models.OneToOneField(Room, models.CASCADE, related_name="player", verbose_name=_("room"))
    entry = models.ForeignKey(Entry, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("entry"))
    playing = models.BooleanField(_("playing"), default=False)
    position_ms = models.PositiveBigIntegerField(_("position ms"), default=0)
    rate = models.FloatField(_("rate"), default=1.0)
    effective_at_ms = models.PositiveBigIntegerField(_("effective at ms"), default=0)
    ended = models.BooleanField(
        _("ended"), default=False, help_text="The queue came to its end: what is added next plays by itself."
    )

    began_at_ms = models.PositiveBigIntegerField(_("began at ms"), null=True, blank=True, editable=False)

    left: list[Played] | None = None
    """What it left behind in this change, for the room's history."""
    outcome: str = Outcome.ENDED
    """How the entry ends that is left next."""
    chose = False
    """Whether somebody chose the entry in this change."""

    class Meta:
        verbose_name = _("player")
        verbose_name_plural = _("players")
        constraints = (
            models.CheckConstraint(condition=Q(playing=False) | Q(entry__isnull=False), name="something_plays"),
            models.CheckConstraint(condition=Q(position_ms__lte=MAX_POSITION_MS), name="position_is_possible"),
            models.CheckConstraint(condition=Q(rate__gte=min(RATES), rate__lte=max(RATES)), name="rate_is_possible"),
            models.CheckConstraint(condition=Q(playing=False) | Q(ended=False), name="what_ended_is_silent"),
        )

    def __str__(self) -> str:
        return f"player of {self.room}"

    def set(
        self,
        now_ms: int,
        *,
        entry: Entry | None = None,
        position_ms: int | None = None,
        rate: float | None = None,
        playing: bool | None = None,
    ) -> None:
        """Several verbs as one change: jump, then seek, then rate, then play or pause."""
        if entry is not None:
            self.jump(entry, now_ms)
        if position_ms is not None:
            self.seek(position_ms, now_ms)
        if rate is not None:
            self.change_rate(rate, now_ms)
        if playing is not None:
            (self.play if playing else self.pause)(now_ms)

    def play(self, now_ms: int) -> None:
        """Play on from where it was paused; from the next entry if this one had ended, from the first if none is left.

        Where the queue holds nothing playable, it has ended: what is added next plays. Does nothing in an empty queue.
        """
        if self.playing:
            return
        if self.entry is None or self.ended or self._is_at_end:
            entry = self._following() or self.room.queue.first_playable()
            if entry is None:
                self.ended = self.room.queue.length() > 0
                return
            self._load(entry, now_ms)
        self.playing, self.ended = True, False
        self._start_no_earlier_than(now_ms + LEAD_MS)

    def pause(self, now_ms: int) -> None:
        """Stand still where the music is now; a queue that had ended does not go on by itself any more."""
        self.ended = False
        if self.playing:
            self.position_ms = self._position_at(now_ms)
            self.playing = False
            self.effective_at_ms = now_ms

    def seek(self, position_ms: int, now_ms: int) -> None:
        """Go to ``position_ms``, or to the nearest bound of the entry."""
        if self.entry is None:
            return
        position_ms = max(position_ms, self.entry.first_ms)
        if self.entry.last_ms is not None:
            position_ms = min(position_ms, self.entry.last_ms)
        if self.playing:
            self.position_ms = position_ms
            self._start_no_earlier_than(now_ms + LEAD_MS)
        elif position_ms != self.position_ms:
            self.position_ms, self.ended = position_ms, False
            self.effective_at_ms = max(self.effective_at_ms, now_ms)

    def change_rate(self, rate: float, now_ms: int) -> None:
        """Play at ``rate`` times the normal speed from here on."""
        if rate == self.rate:
            return
        if self.playing:
            self.position_ms = self._position_at(now_ms)
            self._start_no_earlier_than(now_ms)
        self.rate = rate

    def jump(self, entry: Entry, now_ms: int) -> None:
        """Go to another entry of the queue; playing or paused, it stays so."""
        if entry != self.entry:
            moves.pull(self.room.queue, entry)
            self.outcome, self.chose = Outcome.SKIPPED, True
            self._load(entry, now_ms)

    def return_to(self, entry: Entry, position_ms: int, playing: bool, now_ms: int) -> None:
        """Play ``entry`` on from where it was left, or stand still there."""
        if entry != self.entry:
            self.outcome = Outcome.SKIPPED
            self._load(entry, now_ms)
        self.set(now_ms, position_ms=position_ms, playing=playing)

    def next(self, now_ms: int) -> None:
        """Skip to the next playable entry; at the end of the queue do what the room's rules say."""
        self.go_past(Outcome.SKIPPED, now_ms)

    def go_past(self, outcome: Outcome, now_ms: int) -> None:
        """Go to the next playable entry from the current one, which came to this ``outcome``."""
        entry = self._following() or self._first_if_repeating()
        self.outcome = outcome
        if entry is not None:
            self._load(entry, now_ms)
        else:
            self._stop(now_ms)

    def previous(self, now_ms: int) -> None:
        """Go back to the playable entry before this one, or to the start of this one if it is the first."""
        if self.entry is None:
            return
        before = self.room.queue.playable_before(self.entry)
        if before is not None:
            self.outcome = Outcome.SKIPPED
            self._load(before, now_ms)
        else:
            self.seek(self.entry.first_ms, now_ms)

    def leave(self, entry: Entry, now_ms: int) -> None:
        """Let go of ``entry``, which is about to vanish."""
        if self.entry == entry:
            following = self._following() or self._first_if_repeating()
            self.outcome = Outcome.REMOVED
            if following is None or following == entry:
                self.unload(now_ms, ended=self.playing or self.ended)
            else:
                self._load(following, now_ms)

    def fit(self, entry: Entry, now_ms: int) -> None:
        """Go on within the bounds of ``entry``, which have changed, if it is the current one."""
        if self.entry == entry:
            at_ms = self._position_at(now_ms)
            if self.position_ms < entry.first_ms or at_ms == entry.last_ms:
                self.seek(at_ms, now_ms)

    def unload(self, now_ms: int, *, ended: bool = False) -> None:
        """Play nothing; until something is added, if the queue ``ended`` by that."""
        if self.entry is not None:
            self.outcome = Outcome.REMOVED
            self._leave_behind()
            self.entry, self.playing, self.position_ms, self.effective_at_ms = None, False, 0, now_ms
        self.ended = ended

    def go_on(self, added: list[Entry], now_ms: int) -> None:
        """Play on with what was ``added`` behind the end of a queue that had come to it."""
        if not self.ended:
            return
        playable = (entry for entry in added if not entry.track.problem)
        entry = next(playable, None) if self.entry is None else self._following()
        if entry is not None:
            self._load(entry, now_ms)
            self.playing = True

    def keep_up(self, before: tuple[Any, ...], rules: Mapping[str, Any], now_ms: int) -> None:
        """Do what follows from a change: what is left behind, what the log says, the queue's order and its end."""
        follow.follow(self, dict(zip(STATE, before, strict=True)), rules, now_ms)

    def settle(self, now_ms: int) -> None:
        """Walk the queue forward over every track that has ended by ``now_ms``."""
        walked: dict[int, int] = {}
        while (ends_at_ms := self.timeline.ends_at_ms) is not None and ends_at_ms <= now_ms:
            entry = self._following() or self._first_if_repeating()
            grace_ms = self._grace_ms(entry)
            due_ms = ends_at_ms + grace_ms
            if due_ms > now_ms:
                return
            if entry is None:
                self._stop(due_ms)
                return
            if entry.pk in walked:
                # A whole round of a repeating queue: skip as many more as fit, however long nobody looked.
                round_ms = due_ms - walked[entry.pk]
                due_ms += (now_ms - due_ms) // round_ms * round_ms
                walked.clear()
            walked[entry.pk] = due_ms
            self._load(entry, due_ms, lead_ms=TRACK_LEAD_MS if grace_ms else 0)

    @property
    def timeline(self) -> Timeline:
        entry = self.entry
        return Timeline(
            playing=self.playing,
            position_ms=self.position_ms,
            rate=self.rate,
            effective_at_ms=self.effective_at_ms,
            first_ms=entry.first_ms if entry else 0,
            last_ms=entry.last_ms if entry else None,
        )

    @property
    def advance_at_ms(self) -> int | None:
        """The instant at which the server moves on by itself, the end of the entry and its provider's grace.

        There is no grace, and no lead, where the next track follows without a gap.
        """
        ends_at_ms = self.timeline.ends_at_ms
        if ends_at_ms is None or self.entry is None:
            return None
        if not self.entry.provider.is_gapless:  # whatever follows, which then need not be looked up
            return ends_at_ms + self.entry.provider.grace_ms
        return ends_at_ms + self._grace_ms(self._following() or self._first_if_repeating())

    def is_due(self, now_ms: int) -> bool:
        """Whether the server has to move on; what comes next is looked up once the track is over, and not before."""
        ends_at_ms = self.timeline.ends_at_ms
        if ends_at_ms is None or ends_at_ms > now_ms:
            return False
        advance_at_ms = self.advance_at_ms
        return advance_at_ms is not None and advance_at_ms <= now_ms

    @property
    def state(self) -> tuple[Any, ...]:
        """What decides whether a verb changed anything."""
        return tuple(getattr(self, name) for name in STATE)

    def save_since(self, before: tuple[Any, ...]) -> None:
        """Save what is no longer as it was in the state ``before``, one thing at least."""
        columns = zip(STATE, before, self.state, strict=True)
        _BY_PK.run({name: new for name, old, new in columns if new != old}, pk=self.pk)

    def as_json(self) -> PlayerJson:
        return {
            "version": self.room.version,
            "entry_id": self.entry_id,
            "playing": self.playing,
            "position_ms": self.position_ms,
            "rate": self.rate,
            "effective_at_ms": self.effective_at_ms,
            "entry": self.entry.as_json() if self.entry else None,
            "ended": self.ended,
        }

    def _load(self, entry: Entry, now_ms: int, *, lead_ms: int = TRACK_LEAD_MS) -> None:
        self._leave_behind()
        self.entry, self.ended = entry, False
        self.position_ms = entry.first_ms
        self.effective_at_ms = now_ms + lead_ms
        self.began_at_ms = self.effective_at_ms if self.playing else None

    def _leave_behind(self) -> None:
        """Note the entry that is left for the history, if it played."""
        if self.entry is not None and self.began_at_ms is not None:
            self.left = [*(self.left or []), left(self.room, self.entry, self.began_at_ms, self.outcome)][-MOST_LEFT:]
        self.outcome, self.began_at_ms = Outcome.ENDED, None

    def _grace_ms(self, following: Entry | None) -> int:
        """How long the current entry may go on after its end, when ``following`` comes next."""
        if self.entry is None:
            return 0
        if following is None or following.last_ms is None or following.last_ms <= following.first_ms:
            return self.entry.provider.grace_ms
        is_gapless = self.entry.provider.is_gapless and following.provider.is_gapless
        return 0 if is_gapless else self.entry.provider.grace_ms

    def _stop(self, now_ms: int) -> None:
        if self.playing and self.entry is not None:
            at_ms = self._position_at(now_ms)
            self._leave_behind()
            self.playing, self.ended = False, True
            self.position_ms = self.entry.last_ms if self.entry.last_ms is not None else at_ms
            self.effective_at_ms = now_ms

    def _position_at(self, now_ms: int) -> int:
        """Where it is now, as it can be kept: without a known end the line goes on for ever, a number does not."""
        return min(self.timeline.position_at(now_ms), MAX_POSITION_MS)

    def _start_no_earlier_than(self, instant_ms: int) -> None:
        self.effective_at_ms = max(self.effective_at_ms, instant_ms)

    @property
    def _is_at_end(self) -> bool:
        return self.entry is not None and self.entry.last_ms is not None and self.position_ms >= self.entry.last_ms

    def _following(self) -> Entry | None:
        queue = self.room.queue
        return queue.first_playable() if self.entry is None else queue.playable_after(self.entry)

    def _first_if_repeating(self) -> Entry | None:
        if self.room.at_end == AtEnd.REPEAT_ONE and self.entry is not None and not self.entry.track.problem:
            return self.entry
        return self.room.queue.first_playable() if self.room.at_end == AtEnd.REPEAT else None


_BY_PK = CompiledUpdate(lambda: Player.objects.filter(pk=Parameter("pk", models.BigIntegerField())))
