"""The pure parts of the browser's engine, each held to a table, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine import engine

TIMELINES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "timeline_cases.json").read_text())

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    """Call ``function`` of a module below /static/ with arguments that JSON can carry."""
    with engine() as started:
        page = started.page()

        def call(module: str, function: str, *arguments: Any) -> Any:
            script = "async ([module, name, args]) => (await import(module))[name](...args)"
            return page.evaluate(script, [f"/static/{module}", function, list(arguments)])

        call.page = page  # type: ignore[attr-defined]
        yield call


def in_page(call: Call, script: str, *arguments: Any) -> Any:
    return call.page.evaluate(script, list(arguments))  # type: ignore[attr-defined]


# The timeline


@pytest.mark.parametrize("case", TIMELINES, ids=[case["name"] for case in TIMELINES])
def test_the_browser_computes_the_positions_and_ends_of_the_servers_table(call: Call, case: dict[str, Any]) -> None:
    computed = [[now, call("players/timeline.js", "positionAt", case["timeline"], now)] for now, _ in case["positions"]]
    assert computed == case["positions"]
    assert call("players/timeline.js", "endsAtMs", case["timeline"]) == case["ends_at_ms"]


@pytest.mark.parametrize(
    ("entry", "first_ms", "last_ms"),
    [
        ({"length_ms": 200_000, "start_ms": None, "end_ms": None}, 0, 200_000),
        ({"length_ms": None, "start_ms": None, "end_ms": None}, 0, None),
        ({"length_ms": None, "start_ms": 10_000, "end_ms": 30_000}, 10_000, 30_000),
        ({"length_ms": 200_000, "start_ms": 10_000, "end_ms": 30_000}, 10_000, 30_000),
        ({"length_ms": 20_000, "start_ms": 10_000, "end_ms": 30_000}, 10_000, 20_000),
        ({"length_ms": 9_000, "start_ms": 10_000, "end_ms": None}, 0, 9_000),
        (None, 0, None),
    ],
)
def test_the_bounds_of_a_player_are_the_trims_within_the_length(
    call: Call, entry: dict[str, Any] | None, first_ms: int, last_ms: int | None
) -> None:
    player = {"playing": True, "position_ms": 1, "rate": 1, "effective_at_ms": 2, "entry": entry}
    line = call("players/timeline.js", "timelineOf", player)
    assert (line["first_ms"], line["last_ms"]) == (first_ms, last_ms)


# The server's clock


@pytest.mark.parametrize(
    ("claim", "probes", "offset_ms"),
    [
        ("nothing is known before the first probe", [], None),
        ("the first probe is believed", [(500, 80)], 500),
        ("the smallest round trip wins", [(540, 82), (505, 12), (490, 60)], 505),
        ("each way counts for itself: the quickest there, the quickest back", [(540, 82), (460, 82)], 500),
        ("what leaves more room adds nothing", [(505, 12), (540, 100)], 505),
        ("a round trip above a second is thrown away", [(500, 80), (900, 1_001)], 500),
        ("a round trip of a second is not", [(500, 1_000)], 500),
        ("the best of eight is forgotten after eight more", [(500, 5)] + [(510, 50)] * 8, 510),
        ("but not before", [(500, 5)] + [(510, 50)] * 7, 500),
        ("a jump seen once is an accident", [(500, 50), (900, 10)], 500),
        ("a jump seen twice may be one", [(500, 50), (900, 10), (900, 10)], 500),
        ("a jump seen three times is one", [(500, 50), (900, 30), (901, 10), (902, 20)], 901),
        ("what returns in between was no jump", [(500, 50), (900, 10), (900, 10), (500, 50), (900, 10)], 500),
        ("three different jumps are none", [(500, 50), (900, 10), (-900, 10), (900, 10)], 500),
        ("a route that became lopsided does not unsay what was known", [(500, 50)] + [(900, 890)] * 3, 500),
        ("a change of a quarter second is followed at once", [(500, 50), (750, 10)], 750),
        ("and what was known before it is given up", [(500, 50), (500, 8), (750, 90), (790, 90)], 770),
        ("a negative round trip is no round trip", [(500, 80), (900, -1)], 500),
    ],
)
def test_the_offset_of_the_clock(call: Call, claim: str, probes: list[tuple[int, int]], offset_ms: int | None) -> None:
    script = """async ([probes]) => {
        const { OffsetEstimator } = await import('/static/rooms/clock/offset_estimator.js');
        const estimator = new OffsetEstimator();
        for (const [offsetMs, roundTripMs] of probes) {
            // At the same time, so that nothing drifts; the server tells half a millisecond less than it means.
            const [askedAt, answeredAt] = [-roundTripMs / 2, roundTripMs / 2];
            estimator.add({ askedAt, answeredAt, serverNowMs: offsetMs - 0.5 });
        }
        return estimator.offsetMs === null ? null : Math.round(100 * estimator.offsetMs) / 100;
    }"""
    assert in_page(call, script, probes) == offset_ms, claim


@pytest.mark.parametrize(
    ("claim", "minutes", "offset_ms"),
    [("what was known a minute ago still counts", 1, 500.4), ("what was known long ago does not", 60, 510)],
)
def test_the_older_a_probe_the_less_it_says_since_clocks_drift_apart(
    call: Call, claim: str, minutes: int, offset_ms: float
) -> None:
    script = """async ([minutes]) => {
        const { OffsetEstimator } = await import('/static/rooms/clock/offset_estimator.js');
        const estimator = new OffsetEstimator();
        const at = (now, offsetMs, roundTripMs) => estimator.add({
            askedAt: now - roundTripMs / 2, answeredAt: now + roundTripMs / 2, serverNowMs: now + offsetMs - 0.5,
        });
        at(0, 500, 0);
        at(60000 * minutes, 510, 22);
        return estimator.offsetMs;
    }"""
    assert in_page(call, script, minutes) == pytest.approx(offset_ms, abs=0.1), claim


def test_after_a_sleep_the_offset_is_shifted_and_the_next_probe_believed_at_once(call: Call) -> None:
    script = """async () => {
        const { OffsetEstimator } = await import('/static/rooms/clock/offset_estimator.js');
        const estimator = new OffsetEstimator();
        estimator.add({ askedAt: 0, answeredAt: 10, serverNowMs: 504.5 });
        estimator.shift(3600000);
        const shifted = estimator.offsetMs;
        estimator.add({ askedAt: 100, answeredAt: 190, serverNowMs: 3601144.5 });
        return [shifted, estimator.offsetMs];
    }"""
    assert in_page(call, script) == [3_600_500, 3_601_000]


# What to do about an error

PLAYING = {
    "errorsMs": [0, 0, 0],
    "playingForMs": 60_000,
    "sinceSeekMs": 60_000,
    "seeksInMinute": 0,
    "roomRate": 1,
    "canNudge": True,
    "nudgeCostMs": 0,
}
DIRECT = {"deadBandMs": 10, "seekBeyondMs": 200, "unnudgedBeyondMs": 150}
NONE = {"action": "none"}
SEEK = {"action": "seek"}


def nudge(rate: float, for_ms: float, gain_ms: float) -> dict[str, Any]:
    return {"action": "nudge", "nudge": {"rate": rate, "forMs": for_ms, "gainMs": gain_ms}}


@pytest.mark.parametrize(
    ("claim", "readings", "expected"),
    [
        ("in step nothing is done", {}, NONE),
        ("within the dead band nothing is done", {"errorsMs": [10, -10, 10]}, NONE),
        ("two readings are not enough", {"errorsMs": [900, 900]}, NONE),
        ("the start of playing is no time to correct", {"errorsMs": [900] * 3, "playingForMs": 499}, NONE),
        ("one wild reading of three is no error", {"errorsMs": [0, 900, 0]}, NONE),
        ("only the last three count", {"errorsMs": [900, 900, 900, 0, 0, 0]}, NONE),
        ("ahead it slows down", {"errorsMs": [20] * 3}, nudge(0.98, 1_000, -20)),
        ("behind it speeds up", {"errorsMs": [-20] * 3}, nudge(1.02, 1_000, 20)),
        ("never by more than three per cent", {"errorsMs": [-90] * 3}, nudge(1.03, 3_000, 90)),
        ("a nudge is a part of the room's rate", {"errorsMs": [-90] * 3, "roomRate": 2}, nudge(2.06, 1_500, 90)),
        ("what a nudge costs is gained too", {"errorsMs": [-10.5] * 3, "nudgeCostMs": 20}, nudge(1.03, 1_016.7, 30.5)),
        ("or needs no gaining", {"errorsMs": [25] * 3, "nudgeCostMs": 20}, nudge(0.995, 1_000, -5)),
        ("a nudge is not too short to be one", {"errorsMs": [20.1] * 3, "nudgeCostMs": 20}, nudge(0.995, 100, -0.1)),
        ("a player that does not obey is not nudged", {"errorsMs": [-150] * 3, "canNudge": False}, NONE),
        ("it seeks earlier", {"errorsMs": [-151] * 3, "canNudge": False}, SEEK),
        ("far off it seeks", {"errorsMs": [-201] * 3}, SEEK),
        ("far ahead too", {"errorsMs": [5_000] * 3}, SEEK),
        ("but not within five seconds of the last seek", {"errorsMs": [-900] * 3, "sinceSeekMs": 4_999}, NONE),
        ("three seeks a minute are in order", {"errorsMs": [-300] * 3, "seeksInMinute": 3}, SEEK),
        ("a fourth doubles the threshold", {"errorsMs": [-400] * 3, "seeksInMinute": 4, "canNudge": False}, SEEK),
        ("a fifth again", {"errorsMs": [-500] * 3, "seeksInMinute": 5, "canNudge": False}, NONE),
        ("which does not grow beyond three seconds", {"errorsMs": [-3_001] * 3, "seeksInMinute": 50}, SEEK),
    ],
)
def test_the_correction_of_an_error(call: Call, claim: str, readings: dict[str, Any], expected: dict[str, Any]) -> None:
    decided = call("players/follow/correction.js", "correction", {**PLAYING, **readings}, DIRECT)
    if "nudge" in decided:
        decided["nudge"] = {name: round(value, 3 if name == "rate" else 1) for name, value in decided["nudge"].items()}
    assert decided == expected, claim


@pytest.mark.parametrize("provider", ["direct", "youtube"])
def test_a_tighter_listener_is_corrected_no_later_than_a_looser_one_and_never_when_off(
    call: Call, provider: str
) -> None:
    tight, normal, loose, off = (
        call("players/follow/correction.js", "configFor", provider, tightness)
        for tightness in ("tight", "normal", "loose", "off")
    )
    for name in ("deadBandMs", "seekBeyondMs", "unnudgedBeyondMs"):
        assert tight[name] <= normal[name] <= loose[name]
    assert tight != loose
    assert off is None


# Reading a player


def test_a_position_told_in_steps_is_read_between_them(call: Call) -> None:
    script = """async () => {
        const { SteppedTime } = await import('/static/players/media/stepped_time.js');
        const time = new SteppedTime();
        const errors = [];
        for (let now = 0; now <= 3000; now += 50) {
            const told = Math.floor(now / 265) * 265;
            time.tell(5000 + 1.5 * told, now, 1.5);
            if (now >= 300) errors.push(time.at(now, 1.5) - (5000 + 1.5 * now));
        }
        return [Math.min(...errors), Math.max(...errors)];
    }"""
    least, most = in_page(call, script)
    assert least > -75
    assert most <= 0.001


def test_a_position_that_stands_still_is_not_carried_on(call: Call) -> None:
    script = """async () => {
        const { SteppedTime } = await import('/static/players/media/stepped_time.js');
        const time = new SteppedTime();
        for (let now = 0; now <= 2000; now += 50) time.tell(5000, now, 1);
        return [time.at(2000, 1), (time.forget(), time.at(2000, 1))];
    }"""
    assert in_page(call, script) == [5_600, None]


@pytest.mark.parametrize(
    ("claim", "positions", "is_moving", "is_held"),
    [
        ("one reading says nothing", [0], False, False),
        ("what moves is not held", [250 * n for n in range(12)], True, False),
        ("what stopped just now does not move, and is not held yet", [0, 250, 500, 500, 500, 500], False, False),
        ("what stood for two seconds is held", [500] * 9, False, True),
        ("a crawl is a hold too", [500 + 50 * n for n in range(9)], False, True),
        ("what moves again is held no more", [500] * 9 + [750, 1_000], True, False),
    ],
)
def test_whether_a_player_moves(call: Call, claim: str, positions: list[int], is_moving: bool, is_held: bool) -> None:
    script = """async ([positions]) => {
        const { StallDetector } = await import('/static/players/follow/stall_detector.js');
        const stalls = new StallDetector();
        positions.forEach((position, number) => stalls.see(250 * number, position, 1));
        return [stalls.isMoving(1), stalls.isHeld];
    }"""
    assert in_page(call, script, positions) == [is_moving, is_held], claim


def test_a_latency_is_learned_by_thirds_and_outlives_the_page(call: Call) -> None:
    script = """async () => {
        const { Latency } = await import('/static/players/follow/latency.js');
        localStorage.clear();
        const learned = (latency) => ['start', 'seek'].map((kind) => latency.of('youtube', kind));
        const latency = new Latency(localStorage);
        const usual = learned(latency);
        latency.learn('youtube', 'seek', 1400);
        latency.learn('youtube', 'start', 5000);
        latency.learn('youtube', 'start', -5000);
        return [usual, learned(latency), learned(new Latency(localStorage)), learned(new Latency())];
    }"""
    usual, learned, remembered, elsewhere = in_page(call, script)
    assert learned == [pytest.approx((usual[0] + 0.3 * 250) * 0.7), pytest.approx(usual[1] + 0.3 * (1_400 - usual[1]))]
    assert remembered == learned
    assert elsewhere == usual


def test_a_browser_that_keeps_nothing_still_listens(call: Call) -> None:
    script = """async () => {
        const { Latency } = await import('/static/players/follow/latency.js');
        const { preferences } = await import('/static/players/preferences.js');
        const broken = { getItem: () => { throw new Error('no') }, setItem: () => { throw new Error('no') } };
        new Latency(broken).learn('direct', 'seek', 100);
        const mine = preferences(broken);
        mine.volume = 0.5;
        return mine.volume;
    }"""
    assert in_page(call, script) == 0.5


# What the server is told


def test_a_hint_is_given_once_and_only_if_the_server_may_not_know(call: Call) -> None:
    script = """async () => {
        const { ListenerReports } = await import('/static/players/follow/reports.js');
        const told = [];
        const reports = new ListenerReports((report) => told.push(report));
        const unknown = { id: 1, length_ms: null };
        reports.length(unknown, 60000);
        reports.length(unknown, 60001);
        reports.length({ id: 2, length_ms: 60000 }, 61000);
        reports.ended(unknown, Infinity);
        reports.ended({ id: 2, length_ms: 60000 }, 200);
        reports.ended({ id: 2, length_ms: 60000 }, 9000);
        reports.failed({ id: 3, length_ms: null }, 0);
        reports.failed({ id: 3, length_ms: null }, 150);
        return told;
    }"""
    assert in_page(call, script) == [
        {"kind": "length", "entry_id": 1, "length_ms": 60_000},
        {"kind": "ended", "entry_id": 1},
        {"kind": "ended", "entry_id": 2},
        {"kind": "failed", "entry_id": 3, "code": 150},
    ]


# Coming back


def test_attempts_grow_further_apart_with_a_jitter_and_an_end(call: Call) -> None:
    def wait(failures: int, random: float) -> Any:
        return call("rooms/page/lib/backoff.js", "reopenAfterMs", failures, random)

    assert [wait(n, 0.5) for n in range(4)] == [1_000, 3_000, 5_000, 7_000]
    assert [wait(2, random) for random in (0, 1)] == [2_500, 7_500]
    assert wait(1_000, 0) == 30_000
