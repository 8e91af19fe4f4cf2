"""The playback state of a room, and the verbs a host would say."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from players.models import follow, moves
from players.models.entry import Entry
from players.models.played import Outcome, Played, left
from players.models.track import MAX_TITLE_LENGTH, Problem, Provider, Track
from players.models.walk import MOST_PASSED, Part, grace_ms, walk
from players.timeline import LEAD_MS, MAX_POSITION_MS, MOST_AHEAD_MS, RATES, TRACK_LEAD_MS, Timeline
from rooms.models import AtEnd, Room
from rooms.models.compiled_query import CompiledUpdate, Parameter
from rooms.models.from_rows import FromRows
from rooms.shapes.player import PlayerJson

STATE = (
    "entry_id",
    "playing",
    "position_ms",
    "rate",
    "effective_at_ms",
    "ended",
    "skip_voters",
    "skip_needed",
    "began_at_ms",
    "failures",
    "gives_up_at_ms",
    "now_playing",
)
"""The columns that verbs change."""

_state_of: attrgetter[tuple[Any, ...]] = attrgetter(*STATE)

STEPS_AT_ONCE = 2
"""So many entries that ended are passed over one by one, as it happens every day; more, by reading the whole queue."""

QUICK_FAILURES = 3
"""So many entries in a row may fail one after the other at once; what fails so often may fail for want of a network."""

BRIEF_MS = 30_000
"""An end that players report sooner may be invented: so many in a row count as failures do."""

FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 10_000, 300_000
"""How long the next one that fails is given, doubling from one to the next: a queue is not burnt while nobody looks."""


class Player(FromRows):
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
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    gives_up_at_ms = models.PositiveBigIntegerField(_("gives up at ms"), null=True, blank=True, editable=False)
    ended = models.BooleanField(
        _("ended"), default=False, help_text="The queue came to its end: what is added next plays by itself."
    )

    skip_voters = models.JSONField(_("voices for skipping"), default=list, blank=True, editable=False)
    skip_needed = models.PositiveIntegerField(_("voices that skip"), default=1, editable=False)
    now_playing = models.CharField(_("now playing"), max_length=MAX_TITLE_LENGTH, blank=True, editable=False)
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
        entry = self.entry
        if entry is None or entry.is_live:
            return
        first_ms, last_ms = entry.bounds
        # Without a known end it goes on for longer than can be kept, and an undo may lead back to there.
        position_ms = min(max(position_ms, first_ms), MAX_POSITION_MS if last_ms is None else last_ms)
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
            moves.pull(self.room, entry)
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

    def vote_to_skip(self, voters: list[str], needed: int, now_ms: int) -> None:
        """Keep who wants to skip the current entry; ``needed`` of them at least do so. Another entry begins without."""
        if self.entry is None:
            return
        if len(voters) >= needed:
            self.skip(now_ms)
        # A queue that repeats its only entry, or ends, goes on with the same: its voices were heard.
        self.skip_voters, self.skip_needed = (voters if len(voters) < needed else []), needed

    def skip(self, now_ms: int) -> None:
        """Go to the next entry because somebody wants to; who hears it is told what was skipped."""
        if self.entry is not None:
            self.room.announce("skipped", entry=self.entry.named())
        self.next(now_ms)

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

    def fail(self, now_ms: int, problem: Problem = Problem.FAILED) -> None:
        """Nobody can play the current entry: mark it, and go on; after several in a row, not at once."""
        if self.entry is None or self.gives_up_at_ms is not None:
            return
        failed = self.room.queue.own(self.entry)
        failed.mark(problem)
        self.room.announce("passed-over", entry=failed.named(), reason=problem.sentence)
        self.room.did("passed-over", entry_id=failed.pk, title=str(failed), reason=problem.sentence)
        self._go_on_in_a_while(now_ms, LONGEST_PAUSE_MS)

    def end(self, now_ms: int) -> None:
        """Its players came to an end, whatever its length says; after several in a row that came soon, not at once."""
        if self.entry is None or now_ms - self.effective_at_ms >= BRIEF_MS:
            self.go_past(Outcome.ENDED, now_ms)
        elif self.gives_up_at_ms is None:
            self._go_on_in_a_while(now_ms, BRIEF_MS)

    def hear_station(self, track: Track, title: str) -> None:
        """Tell what the station ``track`` says it plays, if that is what plays here."""
        if self.entry is not None and self.entry.track_id == track.pk and self.playing:
            self.now_playing = title

    def retry(self, entry: Entry, now_ms: int) -> None:
        """Begin ``entry`` anew, of which a mark was taken, if it is the current one."""
        if self.entry == entry:
            self.outcome = Outcome.FAILED
            self._load(entry, now_ms)

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
            self.failures, self.gives_up_at_ms, self.now_playing = 0, None, ""
        self.ended = ended

    def go_on(self, added: list[Entry], now_ms: int) -> None:
        """Play on with what was ``added`` behind the end of a queue that had come to it."""
        if not self.ended:
            return
        playable = (entry for entry in added if entry.is_playable)
        entry = next(playable, None) if self.entry is None else self._following()
        if entry is not None:
            self._load(entry, now_ms)
            self.playing = True

    def keep_up(self, before: tuple[Any, ...], rules: Mapping[str, Any], now_ms: int) -> None:
        """Do what follows from a change: what is left behind, what the log says, the queue's order and its end."""
        follow.follow(self.room, dict(zip(STATE, before, strict=True)), rules, now_ms)

    def settle(self, now_ms: int, *, only_near: bool = False, late_ms: int = 0) -> None:
        """Walk the queue forward over every track that has ended by ``now_ms``; ``only_near`` reads no long queue.

        What another call began within the ``late_ms`` for which this one waited is no clock that was set back.
        """
        if self.timeline.is_adrift(now_ms + late_ms):
            self.effective_at_ms = now_ms  # it would stand still until the clock is there again
            self.began_at_ms = None if self.began_at_ms is None else min(self.began_at_ms, now_ms)
        self._give_up(now_ms)
        for _step in range(STEPS_AT_ONCE):
            if not self._has_ended_by(now_ms):
                return
            following = self._following() or self._first_if_repeating()
            walked = walk(
                self._ends_at_ms, self._provider, [following.part] if following else [], [], self.rate, now_ms
            )
            if walked.part is None and walked.stopped_at_ms is None:
                return
            if walked.part is None or following is None:
                self._stop(walked.stopped_at_ms or now_ms)
                return
            self._begin(following, walked.effective_at_ms)
        if not only_near and self._has_ended_by(now_ms):
            self._walk(now_ms)

    def be(self, other: Player) -> None:
        """Take over the state of ``other``, which is the same player read at the same version."""
        self.entry = self.room.queue.own(other.entry)
        for name in STATE[1:]:
            setattr(self, name, getattr(other, name))
        self.left = other.left

    @property
    def timeline(self) -> Timeline:
        first_ms, last_ms = self.entry.bounds if self.entry else (0, None)
        return Timeline(
            playing=self.playing,
            position_ms=self.position_ms,
            rate=self.rate,
            effective_at_ms=self.effective_at_ms,
            first_ms=first_ms,
            last_ms=last_ms,
        )

    @property
    def advance_at_ms(self) -> int | None:
        """The instant at which the server moves on by itself, the end of the entry and its provider's grace.

        There is no grace, and no lead, where the next track follows without a gap.
        """
        ends_at_ms = self._ends_at_ms
        if self.gives_up_at_ms is not None and self.playing:
            return self.gives_up_at_ms
        if ends_at_ms is None:
            return None
        if not self._provider.is_gapless:  # whatever follows, which then need not be looked up
            return ends_at_ms + self._provider.grace_ms
        following = self._following() or self._first_if_repeating()
        return ends_at_ms + grace_ms(self._provider, following.part if following else None)

    def is_due(self, now_ms: int) -> bool:
        """Whether the server has to move on; what comes next is looked up once the track is over, and not before."""
        if self.timeline.is_adrift(now_ms):
            return True
        if self.gives_up_at_ms is None and not self._has_ended_by(now_ms):
            return False
        advance_at_ms = self.advance_at_ms
        return advance_at_ms is not None and advance_at_ms <= now_ms

    @property
    def state(self) -> tuple[Any, ...]:
        """What decides whether a verb changed anything."""
        return _state_of(self)

    def save_since(self, before: tuple[Any, ...]) -> None:
        """Save what is no longer as it was in the state ``before``, one thing at least."""
        columns = zip(STATE, before, self.state, strict=True)
        _BY_PK.run({name: new for name, old, new in columns if new != old}, pk=self.pk)

    def as_json(self) -> PlayerJson:
        told: PlayerJson = {
            "version": self.room.version,
            "entry_id": self.entry_id,
            "playing": self.playing,
            "position_ms": self.position_ms,
            "rate": self.rate,
            "effective_at_ms": self.effective_at_ms,
            "entry": self.entry.as_json(self.room.slug) if self.entry else None,
            "ended": self.ended,
            "skip": {"votes": len(self.skip_voters), "needed": self.skip_needed},
        }
        return {**told, "now_playing": self.now_playing} if self.now_playing else told

    def _load(self, entry: Entry, now_ms: int) -> None:
        self._begin(entry, now_ms + TRACK_LEAD_MS)
        self.failures = 0

    def _begin(self, entry: Entry, effective_at_ms: int) -> None:
        self._leave_behind()
        self.failures = 0 if self.gives_up_at_ms is None else self.failures + 1
        self.entry, self.ended, self.skip_voters, self.now_playing = entry, False, [], ""
        self.position_ms = entry.first_ms
        self.effective_at_ms = effective_at_ms
        self.began_at_ms = effective_at_ms if self.playing else None
        self.gives_up_at_ms = None

    def _leave_behind(self) -> None:
        """Note the entry that is left for the history, if it played."""
        if self.entry is not None and self.began_at_ms is not None:
            self._note_left(self.entry, self.began_at_ms, self.outcome)
        self.outcome, self.began_at_ms = Outcome.ENDED, None

    def _note_left(self, entry: Entry, began_at_ms: int, outcome: str) -> None:
        self.left = [*(self.left or []), left(self.room, entry, began_at_ms, outcome)][-MOST_PASSED:]

    def _go_on_in_a_while(self, now_ms: int, longest_ms: int) -> None:
        """Go on from an entry that failed or ended too soon: at once, or later if it is one in a series."""
        self.gives_up_at_ms = now_ms
        if self.failures >= QUICK_FAILURES:
            pause_ms = FIRST_PAUSE_MS << min(self.failures - QUICK_FAILURES, 10)
            self.gives_up_at_ms = max(now_ms, self.effective_at_ms + min(pause_ms, longest_ms))
        self.settle(now_ms)

    def _give_up(self, now_ms: int) -> None:
        """Go on from an entry that failed or ended too soon, if that is due."""
        if self.gives_up_at_ms is None or not self.playing or self.gives_up_at_ms > now_ms:
            return
        has_failed = self.entry is not None and not self.entry.is_playable
        entry = self._following() or self._first_if_repeating()
        self.outcome = Outcome.FAILED if has_failed else Outcome.ENDED
        if entry is not None:
            self._begin(entry, self.gives_up_at_ms + TRACK_LEAD_MS)
        else:
            self._stop(self.gives_up_at_ms)

    def _walk(self, now_ms: int) -> None:
        """Settle by arithmetic on the whole queue, read once."""
        order = self.room.queue.order_of(self.entry)
        parts = self.room.queue.parts()
        behind = [part for place, part in parts if order is None or place > order]
        lap = self._lap([part for _place, part in parts], behind)
        walked = walk(self._ends_at_ms, self._provider, behind, lap, self.rate, now_ms)
        entry = self.room.queue.entry(walked.part.entry_id) if walked.part else None
        if entry is not None:
            self._begin(entry, walked.effective_at_ms)
            passed = self.room.queue.entries_of(entry_id for entry_id, _began_at_ms in walked.passed)
            for entry_id, began_at_ms in walked.passed:
                if entry_id in passed:
                    self._note_left(passed[entry_id], began_at_ms, Outcome.ENDED)
        if walked.stopped_at_ms is not None:
            self._stop(walked.stopped_at_ms)

    def _lap(self, parts: list[Part], behind: list[Part]) -> list[Part]:
        """What repeats at the end of the queue, which has these ``parts``, those ``behind`` the current one."""
        if self.room.at_end == AtEnd.REPEAT_ONE:
            return behind[-1:] or ([self.entry.part] if self.entry is not None and self.entry.is_playable else [])
        return parts if self.room.at_end == AtEnd.REPEAT else []

    @property
    def _provider(self) -> Provider:
        return self.entry.provider if self.entry else Provider.DIRECT

    @property
    def _ends_at_ms(self) -> int | None:
        return self.timeline.ends_at_ms if self.entry else None

    def _has_ended_by(self, now_ms: int) -> bool:
        ends_at_ms = self._ends_at_ms
        return ends_at_ms is not None and ends_at_ms <= now_ms

    def _stop(self, now_ms: int) -> None:
        if self.playing and self.entry is not None:
            at_ms = self._position_at(now_ms)
            self._leave_behind()
            self.playing, self.ended = False, True
            self.position_ms = self.entry.last_ms if self.entry.last_ms is not None else at_ms
            self.effective_at_ms = now_ms
            self.failures, self.gives_up_at_ms = 0, None

    def _position_at(self, now_ms: int) -> int:
        """Where it is now, as it can be kept: without a known end the line goes on for ever, a number does not."""
        return min(self.timeline.position_at(now_ms), MAX_POSITION_MS)

    def _start_no_earlier_than(self, instant_ms: int) -> None:
        # A start in a while is a track's lead; one in an hour is what a clock left that was set back since.
        is_lead = self.effective_at_ms <= instant_ms + MOST_AHEAD_MS
        self.effective_at_ms = max(self.effective_at_ms, instant_ms) if is_lead else instant_ms

    @property
    def _is_at_end(self) -> bool:
        return self.entry is not None and self.entry.last_ms is not None and self.position_ms >= self.entry.last_ms

    def _following(self) -> Entry | None:
        queue = self.room.queue
        return queue.first_playable() if self.entry is None else queue.playable_after(self.entry)

    def _first_if_repeating(self) -> Entry | None:
        if self.room.at_end == AtEnd.REPEAT_ONE and self.entry is not None and self.entry.is_playable:
            return self.entry
        return self.room.queue.first_playable() if self.room.at_end == AtEnd.REPEAT else None


_BY_PK = CompiledUpdate(lambda: Player.objects.filter(pk=Parameter("pk", models.BigIntegerField())))
